package tx

import (
	"encoding/json"

	"google.golang.org/protobuf/encoding/protowire"

	"blink/coin"
	"blink/crypto"
)

// Undelegate takes the sender's stake back from a validator, after the unbonding time: an amount, or all of it.
//
// All exists because the exchange rate of shares moves with rewards and slashing: whoever wants everything back cannot
// know the exact amount beforehand, and an amount that leaves a grain behind would lock the rest of the entry.
type Undelegate struct {
	Validator crypto.Address `json:"validator"`        // operator address
	Amount    coin.Amount    `json:"amount,omitempty"` // ublink; 0 exactly when All is set
	All       bool           `json:"all,omitempty"`    // every share that the sender holds
}

// Type is "undelegate".
func (Undelegate) Type() string { return "undelegate" }

func (Undelegate) number() protowire.Number { return 5 }

// Outgoing is 0: stake comes back, nothing leaves.
func (m Undelegate) Outgoing() coin.Amount { return 0 }

// MarshalJSON writes {"type":"undelegate","validator":...} with either "amount" or "all":true.
func (m Undelegate) MarshalJSON() ([]byte, error) {
	type fields Undelegate
	return json.Marshal(struct {
		Type string `json:"type"`
		fields
	}{m.Type(), fields(m)})
}

func (m Undelegate) appendFields(buf []byte) []byte {
	buf = appendBytes(buf, 1, m.Validator[:])
	buf = appendUint(buf, 2, uint64(m.Amount))
	return appendBool(buf, 3, m.All)
}

func (m Undelegate) check() *Refusal {
	return firstOf(
		checkAddress("validator", m.Validator),
		checkAmountOrAll(m.Amount, m.All, "set all to take back the whole delegation"),
	)
}

func readUndelegate(r *wireReader) Msg {
	var m Undelegate
	for r.next() {
		switch r.number {
		case 1:
			m.Validator = r.address("validator")
		case 2:
			m.Amount = r.amount("amount")
		case 3:
			m.All = r.bool("all")
		default:
			r.unknown()
		}
	}
	return m
}

func parseUndelegate(r *jsonReader) Msg {
	m := Undelegate{Validator: r.address("validator")}
	m.Amount, m.All = r.amountOrAll()
	return m
}
