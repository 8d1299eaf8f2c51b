package app

import (
	"fmt"
	"strings"

	"blink/tx"
)

// What transcripts say about governance. Messages:
//
//	propose DEPOSIT text
//	propose DEPOSIT params NAME=VALUE ... [height=N]
//	propose DEPOSIT upgrade VERSION HEIGHT
//	vote PROPOSAL yes|no|abstain|veto
//
// Commands: proposals [STATUS] | votes PROPOSAL | plans | rules

func (p *play) governanceMsg(w []string) (tx.Msg, bool) {
	switch w[0] {
	case "propose":
		return tx.SubmitProposal{Title: w[2], Deposit: p.amount(w[1]), Content: p.content(w[2], w[3:])}, true
	case "vote":
		option, err := tx.ParseVoteOption(w[2])
		if err != nil {
			p.t.Fatal(err)
		}
		return tx.Vote{Proposal: uint64(p.number(w[1])), Option: option}, true
	}
	return nil, false
}

func (p *play) content(kind string, w []string) tx.ProposalContent {
	switch kind {
	case "text":
		return tx.TextProposal{}
	case "upgrade":
		return tx.UpgradeProposal{AppVersion: uint64(p.number(w[0])), Name: "v" + w[0], Height: p.number(w[1])}
	}
	var c tx.ParamsProposal
	for _, change := range w {
		name, value, _ := strings.Cut(change, "=")
		if name == "height" {
			c.Height = p.number(value)
		} else {
			c.Changes = append(c.Changes, tx.ParamChange{Name: name, Value: uint64(p.number(value))})
		}
	}
	return c
}

func (p *play) governanceEvent(e Event) bool {
	switch e.Type {
	case EventProposal:
		p.say("proposal %d of %s, deposit %s, until %s", e.Proposal, p.name(e.Account), blinks(e.Amount), p.since(e.Time))
	case EventVote:
		p.say("vote %s on %d %s", p.name(e.Account), e.Proposal, e.Option)
	case EventTally:
		text := fmt.Sprintf("tally %d %s", e.Proposal, withReason(e.Status, e.Reason))
		if e.Amount > 0 {
			text += fmt.Sprintf(", %s back to %s", blinks(e.Amount), p.name(e.Account))
		} else {
			text += ", deposit burned"
		}
		if e.Height > 0 {
			text += fmt.Sprintf(", effect at height %d", e.Height)
		}
		p.say("%s", text)
	case EventParams:
		p.say("params of %d %s", e.Proposal, withReason(e.Status, e.Reason))
	case EventUpgrade:
		p.say("upgrade of %d to version %d %s", e.Proposal, e.AppVersion, withReason(e.Status, e.Reason))
	default:
		return false
	}
	return true
}

func withReason(s ProposalStatus, why FailReason) string {
	return strings.TrimSpace(s.String() + " " + why.String())
}

func (p *play) showGovernance(what string, args []string) bool {
	r := p.chain.state()
	switch what {
	case "proposals":
		var filter *ProposalStatus
		if len(args) > 0 {
			s, err := ParseProposalStatus(args[0])
			if err != nil {
				p.t.Fatal(err)
			}
			filter = &s
		}
		page, _ := Proposals(r, filter, 0, 100)
		for _, x := range page {
			p.say("%d %s %s: yes %s no %s abstain %s veto %s of %s", x.ID, x.Content.Type(), withReason(x.Status, x.Reason),
				blinks(x.Tally.Yes), blinks(x.Tally.No), blinks(x.Tally.Abstain), blinks(x.Tally.Veto), blinks(x.Tally.Active))
		}
	case "votes":
		for _, v := range VotesOf(r, uint64(p.number(args[0])), nil, 100) {
			p.say("%s %s", p.name(v.Voter), v.Option)
		}
	case "plans":
		for _, x := range Plans(r) {
			p.say("%d %s at height %d", x.Proposal, x.Content.Type(), x.Height)
		}
	case "rules":
		now := ParamsOf(r)
		p.say("version %d, max_validators %d, inflation %d, voting_seconds %d, evidence_max_age_seconds %d", AppVersionOf(r), now.MaxValidators, now.Inflation,
			now.VotingSeconds, now.EvidenceMaxAgeSeconds)
	default:
		return false
	}
	return true
}

// governanceParam sets a parameter that has the same name in genesis; amounts are in BLINK.
func (p *play) governanceParam(name, value string) bool {
	n := uint64(p.number(value))
	if name == "min_deposit" {
		n = uint64(p.amount(value))
	}
	changed, err := p.params.With(name, n)
	if err == nil {
		p.params = changed
	}
	return err == nil
}
