package api

import (
	"net/http"

	"blink/app"
	"blink/crypto"
	"blink/tx"
)

type vote struct {
	Voter  crypto.Address `json:"voter"`
	Option tx.VoteOption  `json:"option"`
}

// getVotes lists who voted what on a proposal, by address, a page at a time. How much a vote counts its stake says: see
// the proposal's tally.
func (s *Server) getVotes(w http.ResponseWriter, r *request) error {
	state, p, err := s.proposal(r)
	if err != nil {
		return err
	}
	after, limit, err := r.addressPage()
	if err != nil {
		return err
	}
	answer := struct {
		Height   int64  `json:"height"`
		Proposal uint64 `json:"proposal"`
		Votes    []vote `json:"votes"`
		Next     string `json:"next_cursor,omitempty"`
	}{Height: state.Height(), Proposal: p.ID, Votes: []vote{}}
	for _, v := range app.VotesOf(state, p.ID, &after, limit) {
		answer.Votes = append(answer.Votes, vote{Voter: v.Voter, Option: v.Option})
		after = v.Voter
	}
	if len(app.VotesOf(state, p.ID, &after, 1)) > 0 {
		answer.Next = after.String()
	}
	return writeJSON(w, http.StatusOK, answer)
}
