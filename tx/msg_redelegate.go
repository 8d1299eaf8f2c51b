package tx

import (
	"encoding/json"

	"google.golang.org/protobuf/encoding/protowire"

	"blink/coin"
	"blink/crypto"
)

// Redelegate moves the sender's stake from one validator to another at once, without the unbonding time. For that time
// it still answers for what the first validator did, and cannot move on.
type Redelegate struct {
	From   crypto.Address `json:"from"`             // operator address
	To     crypto.Address `json:"to"`               // operator address, another one
	Amount coin.Amount    `json:"amount,omitempty"` // ublink; 0 exactly when All is set
	All    bool           `json:"all,omitempty"`    // every share that the sender holds, see Undelegate
}

// Type is "redelegate".
func (Redelegate) Type() string { return "redelegate" }

func (Redelegate) number() protowire.Number { return 8 }

// Outgoing is 0: stake moves, the balance stays.
func (Redelegate) Outgoing() coin.Amount { return 0 }

// MarshalJSON writes {"type":"redelegate","from":...,"to":...} with either "amount" or "all":true.
func (m Redelegate) MarshalJSON() ([]byte, error) {
	type fields Redelegate
	return json.Marshal(struct {
		Type string `json:"type"`
		fields
	}{m.Type(), fields(m)})
}

func (m Redelegate) appendFields(buf []byte) []byte {
	buf = appendBytes(buf, 1, m.From[:])
	buf = appendBytes(buf, 2, m.To[:])
	buf = appendUint(buf, 3, uint64(m.Amount))
	return appendBool(buf, 4, m.All)
}

func (m Redelegate) check() *Refusal {
	if r := firstOf(checkAddress("from", m.From), checkAddress("to", m.To)); r != nil {
		return r
	}
	if m.From == m.To {
		return refuse(SelfRedelegation, "to", "must be another validator than from, was %s", m.To)
	}
	return checkAmountOrAll(m.Amount, m.All, "set all to move the whole delegation")
}

func readRedelegate(r *wireReader) Msg {
	var m Redelegate
	for r.next() {
		switch r.number {
		case 1:
			m.From = r.address("from")
		case 2:
			m.To = r.address("to")
		case 3:
			m.Amount = r.amount("amount")
		case 4:
			m.All = r.bool("all")
		default:
			r.unknown()
		}
	}
	return m
}

func parseRedelegate(r *jsonReader) Msg {
	m := Redelegate{From: r.address("from"), To: r.address("to")}
	m.Amount, m.All = r.amountOrAll()
	return m
}
