package tx

import (
	"encoding/json"

	"google.golang.org/protobuf/encoding/protowire"

	"blink/coin"
	"blink/crypto"
)

// Delegate bonds coins of the sender to a validator, in exchange for shares of its stake.
type Delegate struct {
	Validator crypto.Address `json:"validator"` // operator address
	Amount    coin.Amount    `json:"amount"`    // ublink, more than 0
}

// Type is "delegate".
func (Delegate) Type() string { return "delegate" }

func (Delegate) number() protowire.Number { return 4 }

// Outgoing is the amount.
func (m Delegate) Outgoing() coin.Amount { return m.Amount }

// MarshalJSON writes {"type":"delegate","validator":...,"amount":...}.
func (m Delegate) MarshalJSON() ([]byte, error) {
	type fields Delegate
	return json.Marshal(struct {
		Type string `json:"type"`
		fields
	}{m.Type(), fields(m)})
}

func (m Delegate) appendFields(buf []byte) []byte {
	buf = appendBytes(buf, 1, m.Validator[:])
	return appendUint(buf, 2, uint64(m.Amount))
}

func (m Delegate) check() *Refusal {
	return firstOf(
		checkAddress("validator", m.Validator),
		checkPositive("amount", m.Amount),
	)
}

func readDelegate(r *wireReader) Msg {
	var m Delegate
	for r.next() {
		switch r.number {
		case 1:
			m.Validator = r.address("validator")
		case 2:
			m.Amount = r.amount("amount")
		default:
			r.unknown()
		}
	}
	return m
}

func parseDelegate(r *jsonReader) Msg {
	return Delegate{Validator: r.address("validator"), Amount: r.amount("amount")}
}
