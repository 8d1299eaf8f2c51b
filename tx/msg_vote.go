package tx

import (
	"encoding/json"

	"google.golang.org/protobuf/encoding/protowire"

	"blink/coin"
)

// Vote says what the sender's stake wants to become of a proposal. Until the voting ends, the last vote counts.
type Vote struct {
	Proposal uint64     `json:"proposal"` // its id, from 1
	Option   VoteOption `json:"option"`
}

// Type is "vote".
func (Vote) Type() string { return "vote" }

func (Vote) number() protowire.Number { return 12 }

// Outgoing is 0.
func (Vote) Outgoing() coin.Amount { return 0 }

// MarshalJSON writes {"type":"vote","proposal":3,"option":"yes"}.
func (m Vote) MarshalJSON() ([]byte, error) {
	type fields Vote
	return json.Marshal(struct {
		Type string `json:"type"`
		fields
	}{m.Type(), fields(m)})
}

func (m Vote) appendFields(buf []byte) []byte {
	buf = appendUint(buf, 1, m.Proposal)
	return appendUint(buf, 2, uint64(m.Option))
}

func (m Vote) check() *Refusal {
	if m.Proposal == 0 {
		return refuse(InvalidField, "proposal", "must be the id of a proposal, from 1, was 0")
	}
	return m.Option.check()
}

func readVote(r *wireReader) Msg {
	var m Vote
	for r.next() {
		switch r.number {
		case 1:
			m.Proposal = r.uint64("proposal")
		case 2:
			m.Option = r.voteOption("option")
		default:
			r.unknown()
		}
	}
	return m
}

func parseVote(r *jsonReader) Msg {
	return Vote{Proposal: r.uint64("proposal"), Option: r.voteOption("option")}
}
