package tx

import (
	"encoding/json"

	"google.golang.org/protobuf/encoding/protowire"

	"blink/coin"
)

// EditValidator changes what the sender's own validator says about itself and asks for. What is left out stays as it
// is; at least one thing must change. The consensus key and the commission's bounds can never be changed.
type EditValidator struct {
	Moniker        string      `json:"moniker,omitempty"`         // at most MaxMonikerBytes; empty: unchanged
	Details        *string     `json:"details,omitempty"`         // at most MaxDetailsBytes, may be empty; nil: unchanged
	CommissionRate *uint32     `json:"commission_rate,omitempty"` // basis points, may be 0; nil: unchanged
	MinSelfBond    coin.Amount `json:"min_self_bond,omitempty"`   // ublink, may only rise; 0: unchanged
}

// Type is "edit_validator".
func (EditValidator) Type() string { return "edit_validator" }

func (EditValidator) number() protowire.Number { return 3 }

// Outgoing is 0.
func (EditValidator) Outgoing() coin.Amount { return 0 }

// MarshalJSON writes {"type":"edit_validator",...} with the fields that change.
func (m EditValidator) MarshalJSON() ([]byte, error) {
	type fields EditValidator
	return json.Marshal(struct {
		Type string `json:"type"`
		fields
	}{m.Type(), fields(m)})
}

// appendFields writes details and commission rate as messages of one field: an empty text and a rate of 0 are changes,
// too, and only a message shows whether it is there.
func (m EditValidator) appendFields(buf []byte) []byte {
	buf = appendString(buf, 1, m.Moniker)
	if m.Details != nil {
		buf = appendMessage(buf, 2, func(inner []byte) []byte { return appendString(inner, 1, *m.Details) })
	}
	if m.CommissionRate != nil {
		buf = appendMessage(buf, 3, func(inner []byte) []byte { return appendUint(inner, 1, uint64(*m.CommissionRate)) })
	}
	return appendUint(buf, 4, uint64(m.MinSelfBond))
}

func (m EditValidator) check() *Refusal {
	if m == (EditValidator{}) {
		return refuse(InvalidField, "", "must change something: moniker, details, commission_rate or min_self_bond")
	}
	if m.Moniker != "" {
		if r := checkMoniker("moniker", m.Moniker); r != nil {
			return r
		}
	}
	if m.Details != nil {
		if r := checkLabel("details", *m.Details, 0, MaxDetailsBytes); r != nil {
			return r
		}
	}
	if m.CommissionRate != nil && *m.CommissionRate > MaxBasisPoints {
		return refuse(InvalidField, "commission_rate", "must be at most %d basis points, was %d", MaxBasisPoints, *m.CommissionRate)
	}
	return nil
}

func readEditValidator(r *wireReader) Msg {
	var m EditValidator
	for r.next() {
		switch r.number {
		case 1:
			m.Moniker = r.string("moniker")
		case 2:
			outer := r.enter("details")
			m.Details = new(readText(r))
			r.leave(outer)
		case 3:
			outer := r.enter("commission_rate")
			m.CommissionRate = new(readRate(r))
			r.leave(outer)
		case 4:
			m.MinSelfBond = r.amount("min_self_bond")
		default:
			r.unknown()
		}
	}
	return m
}

// readText reads the schema's Text.
func readText(r *wireReader) string {
	var text string
	for r.next() {
		if r.number == 1 {
			text = r.string("value")
		} else {
			r.unknown()
		}
	}
	return text
}

// readRate reads the schema's Rate.
func readRate(r *wireReader) uint32 {
	var rate uint32
	for r.next() {
		if r.number == 1 {
			rate = r.uint32("basis_points")
		} else {
			r.unknown()
		}
	}
	return rate
}

// parseEditValidator refuses values that would not say what they seem to: an empty moniker and a least self bond of 0
// mean "unchanged" in the bytes.
func parseEditValidator(r *jsonReader) Msg {
	var m EditValidator
	if r.has("moniker") {
		if m.Moniker = r.string("moniker"); m.Moniker == "" {
			r.fail("moniker", "must be left out to stay as it is, was empty")
		}
	}
	if r.has("details") {
		m.Details = new(r.string("details"))
	}
	if r.has("commission_rate") {
		m.CommissionRate = new(r.uint32("commission_rate"))
	}
	if r.has("min_self_bond") {
		if m.MinSelfBond = r.amount("min_self_bond"); m.MinSelfBond == 0 {
			r.fail("min_self_bond", "must be left out to stay as it is, was 0")
		}
	}
	return m
}
