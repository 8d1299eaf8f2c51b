package tx

import (
	"encoding/json"

	"google.golang.org/protobuf/encoding/protowire"

	"blink/coin"
	"blink/crypto"
)

// SetWithdrawAddress says which account the sender's rewards are paid to from now on. The sender's own address sets it
// back.
type SetWithdrawAddress struct {
	Address crypto.Address `json:"address"` // need not exist yet
}

// Type is "set_withdraw_address".
func (SetWithdrawAddress) Type() string { return "set_withdraw_address" }

func (SetWithdrawAddress) number() protowire.Number { return 10 }

// Outgoing is 0.
func (SetWithdrawAddress) Outgoing() coin.Amount { return 0 }

// MarshalJSON writes {"type":"set_withdraw_address","address":...}.
func (m SetWithdrawAddress) MarshalJSON() ([]byte, error) {
	type fields SetWithdrawAddress
	return json.Marshal(struct {
		Type string `json:"type"`
		fields
	}{m.Type(), fields(m)})
}

func (m SetWithdrawAddress) appendFields(buf []byte) []byte { return appendBytes(buf, 1, m.Address[:]) }

func (m SetWithdrawAddress) check() *Refusal { return checkAddress("address", m.Address) }

func readSetWithdrawAddress(r *wireReader) Msg {
	var m SetWithdrawAddress
	for r.next() {
		if r.number == 1 {
			m.Address = r.address("address")
		} else {
			r.unknown()
		}
	}
	return m
}

func parseSetWithdrawAddress(r *jsonReader) Msg {
	return SetWithdrawAddress{Address: r.address("address")}
}
