package tx

import (
	"encoding/json"

	"google.golang.org/protobuf/encoding/protowire"

	"blink/coin"
	"blink/crypto"
)

// Transfer moves coins from the sender to an account, which need not exist yet. A transfer to oneself is allowed: it
// changes nothing but fee and nonce.
type Transfer struct {
	To     crypto.Address `json:"to"`
	Amount coin.Amount    `json:"amount"` // ublink, more than 0
}

// Type is "transfer".
func (Transfer) Type() string { return "transfer" }

func (Transfer) number() protowire.Number { return 1 }

// Outgoing is the amount.
func (m Transfer) Outgoing() coin.Amount { return m.Amount }

// MarshalJSON writes {"type":"transfer","to":...,"amount":...}.
func (m Transfer) MarshalJSON() ([]byte, error) {
	type fields Transfer
	return json.Marshal(struct {
		Type string `json:"type"`
		fields
	}{m.Type(), fields(m)})
}

func (m Transfer) appendFields(buf []byte) []byte {
	buf = appendBytes(buf, 1, m.To[:])
	return appendUint(buf, 2, uint64(m.Amount))
}

func (m Transfer) check() *Refusal {
	return firstOf(
		checkAddress("to", m.To),
		checkPositive("amount", m.Amount),
	)
}

func readTransfer(r *wireReader) Msg {
	var m Transfer
	for r.next() {
		switch r.number {
		case 1:
			m.To = r.address("to")
		case 2:
			m.Amount = r.amount("amount")
		default:
			r.unknown()
		}
	}
	return m
}

func parseTransfer(r *jsonReader) Msg {
	return Transfer{To: r.address("to"), Amount: r.amount("amount")}
}
