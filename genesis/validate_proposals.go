package genesis

import (
	"fmt"

	"blink/tx"
)

// What the words of a proposal may be.
var (
	proposalStatuses = []string{"voting", "passed", "rejected", "vetoed", "no_quorum", "executed", "failed"}
	failReasons      = []string{"params_invalid", "upgrade_too_late", "version_passed"}
)

func (c *stateCheck) proposals() {
	for i, p := range c.Proposals {
		field := fmt.Sprintf("state.proposals[%d]", i)
		if p.ID != uint64(i+1) {
			c.add(field+".id", "must be %d, was %d", i+1, p.ID)
		}
		checkAddress(&c.problems, field+".proposer", p.Proposer)
		if content, err := p.Content(); err != nil {
			c.add(field, "%v", err)
		} else {
			c.check(field+".", tx.CheckProposal(p.Title, p.Summary, content))
		}
		within(&c.problems, field+".submitted_height", p.SubmittedHeight, 1, c.last)
		c.time(field+".submitted_time", p.SubmittedTime)
		c.since1970(field+".voting_ends", p.VotingEnds)
		c.proposalStatus(field, p)
		c.votes(field, p)
	}
}

func (c *stateCheck) proposalStatus(field string, p ProposalState) {
	c.word(field+".status", p.Status, proposalStatuses)
	if p.Status == "failed" {
		c.word(field+".reason", p.Reason, failReasons)
	} else if p.Reason != "" {
		c.add(field+".reason", "must be left out unless status is failed")
	}
	if p.Status == "voting" {
		if p.Tally != nil || p.CountedHeight != 0 || p.EffectHeight != 0 {
			c.add(field, "must have no tally, counted_height and effect_height while status is voting")
		}
		return
	}
	if p.Tally == nil {
		c.add(field+".tally", "must be there unless status is voting")
	}
	within(&c.problems, field+".counted_height", p.CountedHeight, p.SubmittedHeight, c.last)
	if p.EffectHeight != 0 {
		within(&c.problems, field+".effect_height", p.EffectHeight, p.CountedHeight, tx.MaxHeight)
	}
}

func (c *stateCheck) votes(field string, p ProposalState) {
	for i, v := range p.Votes {
		field := fmt.Sprintf("%s.votes[%d]", field, i)
		checkAddress(&c.problems, field+".voter", v.Voter)
		c.unique(field+".voter", fmt.Sprintf("vote on %d", p.ID), v.Voter.String())
		if v.Option < tx.VoteYes || v.Option > tx.VoteVeto {
			c.add(field+".option", "must be yes, no, abstain or veto")
		}
	}
	for i, s := range p.VotedShares {
		field := fmt.Sprintf("%s.voted_shares[%d]", field, i)
		c.known(field+".validator", s.Validator)
		c.unique(field+".validator", fmt.Sprintf("shares that voted on %d", p.ID), s.Validator.String())
		if s == (VotedSharesState{Validator: s.Validator}) {
			c.add(field, "must have shares")
		}
	}
}
