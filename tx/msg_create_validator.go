package tx

import (
	"encoding/json"

	"google.golang.org/protobuf/encoding/protowire"

	"blink/coin"
)

// CreateValidator makes the sender the operator of a new validator and bonds its first stake.
type CreateValidator struct {
	ConsensusKey ConsensusKey `json:"consensus_key"` // signs votes; unique for ever
	SelfBond     coin.Amount  `json:"self_bond"`     // ublink, more than 0; leaves the sender's balance
	Commission   Commission   `json:"commission"`
	MinSelfBond  coin.Amount  `json:"min_self_bond"` // ublink, at most SelfBond: an operator who undelegates below it is jailed
	Moniker      string       `json:"moniker"`       // the operator's text: 1 to MaxMonikerBytes, never to be trusted as HTML
	Details      string       `json:"details,omitempty"`
}

// Type is "create_validator".
func (CreateValidator) Type() string { return "create_validator" }

func (CreateValidator) number() protowire.Number { return 2 }

// Outgoing is the self bond.
func (m CreateValidator) Outgoing() coin.Amount { return m.SelfBond }

// MarshalJSON writes {"type":"create_validator","consensus_key":{...},...}.
func (m CreateValidator) MarshalJSON() ([]byte, error) {
	type fields CreateValidator
	return json.Marshal(struct {
		Type string `json:"type"`
		fields
	}{m.Type(), fields(m)})
}

func (m CreateValidator) appendFields(buf []byte) []byte {
	buf = appendMessage(buf, 1, m.ConsensusKey.appendFields)
	buf = appendUint(buf, 2, uint64(m.SelfBond))
	buf = appendMessage(buf, 3, m.Commission.appendFields)
	buf = appendUint(buf, 4, uint64(m.MinSelfBond))
	buf = appendString(buf, 5, m.Moniker)
	return appendString(buf, 6, m.Details)
}

func (m CreateValidator) check() *Refusal {
	if r := m.ConsensusKey.check(); r != nil {
		return r.within("consensus_key")
	}
	if r := checkPositive("self_bond", m.SelfBond); r != nil {
		return r
	}
	if r := m.Commission.check(); r != nil {
		return r.within("commission")
	}
	if m.MinSelfBond > m.SelfBond {
		return refuse(InvalidField, "min_self_bond", "must be at most self_bond (%s), was %s", m.SelfBond, m.MinSelfBond)
	}
	return firstOf(
		checkMoniker("moniker", m.Moniker),
		checkLabel("details", m.Details, 0, MaxDetailsBytes),
	)
}

func readCreateValidator(r *wireReader) Msg {
	var m CreateValidator
	var key, commission bool
	for r.next() {
		switch r.number {
		case 1:
			outer := r.enter("consensus_key")
			m.ConsensusKey, key = readConsensusKey(r), true
			r.leave(outer)
		case 2:
			m.SelfBond = r.amount("self_bond")
		case 3:
			outer := r.enter("commission")
			m.Commission, commission = readCommission(r), true
			r.leave(outer)
		case 4:
			m.MinSelfBond = r.amount("min_self_bond")
		case 5:
			m.Moniker = r.string("moniker")
		case 6:
			m.Details = r.string("details")
		default:
			r.unknown()
		}
	}
	r.require("consensus_key", key)
	r.require("commission", commission)
	return m
}

func parseCreateValidator(r *jsonReader) Msg {
	m := CreateValidator{
		ConsensusKey: parseConsensusKey(r.object("consensus_key")),
		SelfBond:     r.amount("self_bond"),
		Commission:   parseCommission(r.object("commission")),
		MinSelfBond:  r.amount("min_self_bond"),
		Moniker:      r.string("moniker"),
	}
	if r.has("details") {
		m.Details = r.string("details")
	}
	return m
}
