package genesis

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// ProposalState is a proposal of any status, with its votes.
type ProposalState struct {
	ID              uint64         `json:"id"` // from 1, without gaps
	Proposer        crypto.Address `json:"proposer"`
	Title           string         `json:"title"`
	Summary         string         `json:"summary"`
	Deposit         coin.Amount    `json:"deposit"` // ublink; with the proposal while it is voted on
	ProposalContent                // exactly one
	SubmittedHeight int64          `json:"submitted_height"`
	SubmittedTime   time.Time      `json:"submitted_time"`
	VotingEnds      time.Time      `json:"voting_ends"`              // block time
	Status          string         `json:"status"`                   // voting, passed, rejected, vetoed, no_quorum, executed or failed
	Reason          string         `json:"reason,omitempty"`         // why it failed: params_invalid, upgrade_too_late or version_passed
	Tally           *TallyState    `json:"tally,omitempty"`          // once it is counted
	CountedHeight   int64          `json:"counted_height,omitempty"` // of the tally
	EffectHeight    int64          `json:"effect_height,omitempty"`  // at which it takes, or took, effect

	Votes       []VoteState        `json:"votes"`
	VotedShares []VotedSharesState `json:"voted_shares"`
}

// ProposalContent is what a proposal does, as in the message that submitted it.
type ProposalContent struct {
	Text    *struct{}           `json:"text,omitempty"`
	Params  *ParamsContent      `json:"params,omitempty"`
	Upgrade *tx.UpgradeProposal `json:"upgrade,omitempty"`
}

// ParamsContent changes parameters.
type ParamsContent struct {
	Changes map[string]string `json:"changes"` // from names to decimal numbers
	Height  int64             `json:"height"`
}

// TallyState is stake by vote, in ublink.
type TallyState struct {
	Yes     coin.Amount `json:"yes"`
	No      coin.Amount `json:"no"`
	Abstain coin.Amount `json:"abstain"`
	Veto    coin.Amount `json:"veto"`
	Stake   coin.Amount `json:"stake"` // of all active validators, whether it voted or not
}

// VoteState is what somebody voted.
type VoteState struct {
	Voter  crypto.Address `json:"voter"`
	Option tx.VoteOption  `json:"option"` // yes, no, abstain or veto
}

// VotedSharesState is how many shares of a validator belong to those who voted.
type VotedSharesState struct {
	Validator crypto.Address `json:"validator"`
	Yes       uint64         `json:"yes,string"`
	No        uint64         `json:"no,string"`
	Abstain   uint64         `json:"abstain,string"`
	Veto      uint64         `json:"veto,string"`
}

// NewProposalContent writes a content.
func NewProposalContent(c tx.ProposalContent) (out ProposalContent) {
	switch c := c.(type) {
	case tx.TextProposal:
		out.Text = new(struct{})
	case tx.ParamsProposal:
		out.Params = &ParamsContent{Changes: make(map[string]string, len(c.Changes)), Height: c.Height}
		for _, x := range c.Changes {
			out.Params.Changes[x.Name] = strconv.FormatUint(x.Value, 10)
		}
	case tx.UpgradeProposal:
		out.Upgrade = &c
	}
	return out
}

// Content reads it again. Bounds are for tx.CheckProposal.
func (p ProposalContent) Content() (tx.ProposalContent, error) {
	switch {
	case p.Text != nil && p.Params == nil && p.Upgrade == nil:
		return tx.TextProposal{}, nil
	case p.Params != nil && p.Text == nil && p.Upgrade == nil:
		out := tx.ParamsProposal{Height: p.Params.Height}
		for name, text := range p.Params.Changes {
			value, err := strconv.ParseUint(text, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("params.changes.%s must be a whole number of 64 bits, was %q", name, text)
			}
			out.Changes = append(out.Changes, tx.ParamChange{Name: name, Value: value})
		}
		slices.SortFunc(out.Changes, func(a, b tx.ParamChange) int { return cmp.Compare(a.Name, b.Name) })
		return out, nil
	case p.Upgrade != nil && p.Text == nil && p.Params == nil:
		return *p.Upgrade, nil
	}
	return nil, errors.New("must have exactly one of text, params and upgrade")
}
