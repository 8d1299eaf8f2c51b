package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"blink/app"
	"blink/coin"
	"blink/crypto"
	"blink/store"
	"blink/tx"
)

func (s *Server) proposalRoutes() []route {
	return []route{
		get("/v1/proposals", s.getProposals, "status", "height", "cursor", "limit"),
		get("/v1/proposals/{id}", s.getProposal, "height"),
		get("/v1/proposals/{id}/votes", s.getVotes, "height", "cursor", "limit"),
		get("/v1/upgrade", s.getUpgrade, "height"),
	}
}

// proposalAnswer shows title, summary and names as the proposer wrote them: whoever displays them must escape them. Its
// content is under the name of its type, as in the message that submitted it.
type proposalAnswer struct {
	ID              uint64              `json:"id"`
	Type            string              `json:"type"`
	Title           string              `json:"title"`
	Status          app.ProposalStatus  `json:"status"`
	Reason          string              `json:"reason,omitempty"` // of one that failed
	Proposer        crypto.Address      `json:"proposer"`
	Deposit         coin.Amount         `json:"deposit"`
	SubmittedHeight int64               `json:"submitted_height"`
	SubmittedTime   time.Time           `json:"submitted_time"`
	VotingEnds      time.Time           `json:"voting_ends"`             // the first block at or after this time counts the votes
	TallyHeight     int64               `json:"tally_height,omitempty"`  // of that block
	EffectHeight    int64               `json:"effect_height,omitempty"` // at which it takes, or took, effect
	Summary         string              `json:"summary"`
	Text            *tx.TextProposal    `json:"text,omitempty"`
	Params          *tx.ParamsProposal  `json:"params,omitempty"`
	Upgrade         *tx.UpgradeProposal `json:"upgrade,omitempty"`
	Tally           tallyAnswer         `json:"tally"`
	Rules           *tallyRules         `json:"rules,omitempty"` // of the count, while it is voted on: they may change until then
}

// tallyAnswer is stake by vote. While a proposal is voted on, it is as if it were counted now.
type tallyAnswer struct {
	Yes     coin.Amount `json:"yes"`
	No      coin.Amount `json:"no"`
	Abstain coin.Amount `json:"abstain"`
	Veto    coin.Amount `json:"veto"`
	Cast    coin.Amount `json:"cast"`   // all of these
	Active  coin.Amount `json:"active"` // all stake that could vote
}

// tallyRules are in basis points; see genesis.Params.
type tallyRules struct {
	Quorum        uint32 `json:"quorum"`
	Threshold     uint32 `json:"threshold"`
	VetoThreshold uint32 `json:"veto_threshold"`
}

func describeProposal(p app.Proposal, rules tallyRules) proposalAnswer {
	a := proposalAnswer{
		ID: p.ID, Type: p.Content.Type(), Title: p.Title, Status: p.Status, Reason: p.Reason.String(), Proposer: p.Proposer,
		Deposit: p.Deposit, SubmittedHeight: p.SubmittedHeight, SubmittedTime: p.SubmittedTime, VotingEnds: p.VotingEnds,
		TallyHeight: p.TallyHeight, EffectHeight: p.EffectHeight, Summary: p.Summary, Tally: tallyAnswer(p.Tally),
	}
	switch c := p.Content.(type) {
	case tx.TextProposal:
		a.Text = &c
	case tx.ParamsProposal:
		a.Params = &c
	case tx.UpgradeProposal:
		a.Upgrade = &c
	}
	if p.Status == app.Voting {
		a.Rules = &rules
	}
	return a
}

func rulesOf(state store.View) tallyRules {
	p := app.ParamsOf(state)
	return tallyRules{Quorum: p.Quorum, Threshold: p.Threshold, VetoThreshold: p.VetoThreshold}
}

// getProposals lists proposals, newest first, a page at a time. A page of one status may be short, even empty, and have
// a next one.
func (s *Server) getProposals(w http.ResponseWriter, r *request) error {
	state, err := s.view(r)
	if err != nil {
		return err
	}
	limit, err := r.number("limit", 1, 100, 20)
	if err != nil {
		return err
	}
	before, err := r.proposalCursor()
	if err != nil {
		return err
	}
	var status *app.ProposalStatus
	if text := r.param("status"); text != "" {
		parsed, err := app.ParseProposalStatus(text)
		if err != nil {
			return invalid("status", "must be voting, passed, rejected, vetoed, no_quorum, executed or failed, was %q", printable(text))
		}
		status = &parsed
	}
	page, next := app.Proposals(state, status, before, int(limit))
	answer := struct {
		Height    int64            `json:"height"`
		Proposals []proposalAnswer `json:"proposals"`
		Next      string           `json:"next_cursor,omitempty"`
	}{Height: state.Height(), Proposals: make([]proposalAnswer, len(page))}
	rules := rulesOf(state)
	for i, p := range page {
		answer.Proposals[i] = describeProposal(p, rules)
	}
	if next != 0 {
		answer.Next = strconv.FormatUint(next, 10)
	}
	return writeJSON(w, http.StatusOK, answer)
}

// proposalCursor reads the cursor of a list of proposals: the id below which the next page begins.
func (r *request) proposalCursor() (before uint64, err error) {
	text := r.param("cursor")
	if text == "" {
		return 0, nil
	}
	before, err = strconv.ParseUint(text, 10, 64)
	if err != nil || before == 0 {
		return 0, invalid("cursor", "must be what next_cursor of an earlier page was")
	}
	return before, nil
}

func (s *Server) getProposal(w http.ResponseWriter, r *request) error {
	state, p, err := s.proposal(r)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, describeProposal(p, rulesOf(state)))
}

// proposal finds the proposal of the path, in the state that the request asks for.
func (s *Server) proposal(r *request) (store.View, app.Proposal, error) {
	text := mux.Vars(r.Request)["id"]
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil || id == 0 {
		return nil, app.Proposal{}, invalid("id", "must be the number of a proposal, from 1, was %q", printable(text))
	}
	state, err := s.view(r)
	if err != nil {
		return nil, app.Proposal{}, err
	}
	p, ok := app.ProposalOf(state, id)
	if !ok {
		return nil, p, problem(codeNotFound, "there is no proposal "+strconv.FormatUint(id, 10), "GET /v1/proposals lists them").at("id")
	}
	return state, p, nil
}
