package tx

import (
	"encoding/json"

	"google.golang.org/protobuf/encoding/protowire"

	"blink/coin"
	"blink/crypto"
)

// WithdrawRewards pays out what the sender has earned: with one validator, or with all. Where the sender operates the
// validator, its commission comes, too.
type WithdrawRewards struct {
	Validator crypto.Address `json:"validator,omitzero"` // operator address; zero exactly when All is set
	All       bool           `json:"all,omitempty"`      // with every validator that the sender has stake with
}

// Type is "withdraw_rewards".
func (WithdrawRewards) Type() string { return "withdraw_rewards" }

func (WithdrawRewards) number() protowire.Number { return 6 }

// Outgoing is 0: rewards come in, nothing leaves.
func (WithdrawRewards) Outgoing() coin.Amount { return 0 }

// MarshalJSON writes {"type":"withdraw_rewards"} with either "validator" or "all":true.
func (m WithdrawRewards) MarshalJSON() ([]byte, error) {
	type fields WithdrawRewards
	return json.Marshal(struct {
		Type string `json:"type"`
		fields
	}{m.Type(), fields(m)})
}

func (m WithdrawRewards) appendFields(buf []byte) []byte {
	if !m.Validator.IsZero() {
		buf = appendBytes(buf, 1, m.Validator[:])
	}
	return appendBool(buf, 2, m.All)
}

func (m WithdrawRewards) check() *Refusal {
	if !m.All {
		r := checkAddress("validator", m.Validator)
		if r != nil {
			r.Hint = "set all to withdraw from every validator"
		}
		return r
	}
	if !m.Validator.IsZero() {
		return refuse(InvalidField, "validator", "must be absent when all is set, was %s", m.Validator)
	}
	return nil
}

func readWithdrawRewards(r *wireReader) Msg {
	var m WithdrawRewards
	for r.next() {
		switch r.number {
		case 1:
			m.Validator = r.address("validator")
			if m.Validator.IsZero() { // beside all it would be a second way to write the same
				r.fail(NonCanonical, "validator", "must be left out when it is empty")
			}
		case 2:
			m.All = r.bool("all")
		default:
			r.unknown()
		}
	}
	return m
}

func parseWithdrawRewards(r *jsonReader) Msg {
	var m WithdrawRewards
	if r.has("validator") {
		m.Validator = r.address("validator")
	}
	if r.has("all") {
		m.All = r.bool("all")
	}
	return m
}
