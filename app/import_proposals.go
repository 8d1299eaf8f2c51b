package app

import (
	"encoding/binary"

	"blink/genesis"
	"blink/tx"
)

// restoreProposals puts each proposal where its status says that it waits.
func (s *state) restoreProposals(all []genesis.ProposalState) {
	for _, g := range all {
		p := restoredProposal(g)
		s.o.Set(proposalKey(g.ID), p.encode())
		switch {
		case p.status == Voting:
			s.totals.deposits = mustAdd(s.totals.deposits, p.deposit)
			s.o.Set(votingKey(p.ends, g.ID), mark)
		case p.status == Passed && p.effect > 0:
			s.o.Set(planKey(p.effect, g.ID), mark)
		}
		for _, v := range g.Votes {
			s.o.Set(voteKey(g.ID, v.Voter), encodeVote(v.Option))
		}
		for _, x := range g.VotedShares {
			s.o.Set(votedSharesKey(g.ID, x.Validator), votedShares{x.Yes, x.No, x.Abstain, x.Veto}.encode())
		}
	}
	if len(all) > 0 {
		s.o.Set([]byte{prefixProposal}, binary.AppendUvarint(nil, uint64(len(all))))
	}
}

func restoredProposal(g genesis.ProposalState) proposal {
	c, err := g.Content()
	if err != nil {
		panic("app: " + err.Error())
	}
	kind, content := tx.EncodeContent(c)
	p := proposal{
		proposer: g.Proposer, title: g.Title, summary: g.Summary, deposit: g.Deposit, kind: kind, content: string(content),
		height: g.SubmittedHeight, submitted: g.SubmittedTime.UnixNano(), ends: g.VotingEnds.UnixNano(),
		status:  ProposalStatus(wordNumber(proposalStatusNames[:], g.Status)),
		counted: g.CountedHeight, effect: g.EffectHeight, reason: FailReason(wordNumber(failReasonNames[:], g.Reason)),
	}
	if t := g.Tally; t != nil {
		p.tally = tally{yes: t.Yes, no: t.No, abstain: t.Abstain, veto: t.Veto, stake: t.Stake}
	}
	return p
}
