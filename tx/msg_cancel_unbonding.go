package tx

import (
	"encoding/json"

	"google.golang.org/protobuf/encoding/protowire"

	"blink/coin"
	"blink/crypto"
)

// CancelUnbonding takes back an undelegation that is not complete yet: the coins are bonded to the same validator again,
// at the present rate of its shares.
type CancelUnbonding struct {
	Validator     crypto.Address `json:"validator"`        // operator address
	CreatedHeight int64          `json:"created_height"`   // of the block that undelegated, which names the entry; 1 to MaxHeight
	Amount        coin.Amount    `json:"amount,omitempty"` // ublink; 0 exactly when All is set
	All           bool           `json:"all,omitempty"`    // whatever the entry still holds
}

// Type is "cancel_unbonding".
func (CancelUnbonding) Type() string { return "cancel_unbonding" }

func (CancelUnbonding) number() protowire.Number { return 9 }

// Outgoing is 0: what is unbonding has left the balance long ago.
func (CancelUnbonding) Outgoing() coin.Amount { return 0 }

// MarshalJSON writes {"type":"cancel_unbonding","validator":...,"created_height":...} with either "amount" or "all":true.
func (m CancelUnbonding) MarshalJSON() ([]byte, error) {
	type fields CancelUnbonding
	return json.Marshal(struct {
		Type string `json:"type"`
		fields
	}{m.Type(), fields(m)})
}

func (m CancelUnbonding) appendFields(buf []byte) []byte {
	buf = appendBytes(buf, 1, m.Validator[:])
	buf = appendUint(buf, 2, uint64(m.CreatedHeight))
	buf = appendUint(buf, 3, uint64(m.Amount))
	return appendBool(buf, 4, m.All)
}

func (m CancelUnbonding) check() *Refusal {
	return firstOf(
		checkAddress("validator", m.Validator),
		checkHeight("created_height", m.CreatedHeight, 1),
		checkAmountOrAll(m.Amount, m.All, "set all to cancel the whole entry"),
	)
}

func readCancelUnbonding(r *wireReader) Msg {
	var m CancelUnbonding
	for r.next() {
		switch r.number {
		case 1:
			m.Validator = r.address("validator")
		case 2:
			m.CreatedHeight = r.height("created_height")
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

func parseCancelUnbonding(r *jsonReader) Msg {
	m := CancelUnbonding{Validator: r.address("validator"), CreatedHeight: r.int64("created_height")}
	m.Amount, m.All = r.amountOrAll()
	return m
}
