package tx

import (
	"encoding/json"

	"google.golang.org/protobuf/encoding/protowire"

	"blink/coin"
)

// Unjail returns the sender's own validator from jail, once its jail time is over.
type Unjail struct{}

// Type is "unjail".
func (Unjail) Type() string { return "unjail" }

func (Unjail) number() protowire.Number { return 7 }

// Outgoing is 0.
func (Unjail) Outgoing() coin.Amount { return 0 }

// MarshalJSON writes {"type":"unjail"}.
func (m Unjail) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Type string `json:"type"`
	}{m.Type()})
}

func (Unjail) appendFields(buf []byte) []byte { return buf }

func (Unjail) check() *Refusal { return nil }

func readUnjail(r *wireReader) Msg {
	for r.next() {
		r.unknown()
	}
	return Unjail{}
}

func parseUnjail(*jsonReader) Msg { return Unjail{} }
