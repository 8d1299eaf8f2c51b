package app

import (
	"blink/genesis"
	"blink/store"
	"blink/tx"
)

func exportProposals(r store.Reader) []genesis.ProposalState {
	all := []genesis.ProposalState{}
	for id := uint64(1); id <= proposalCount(r); id++ {
		p := mustProposal(r, id)
		out := genesis.ProposalState{
			ID: id, Proposer: p.proposer, Title: p.title, Summary: p.summary, Deposit: p.deposit,
			ProposalContent: genesis.NewProposalContent(p.decoded()), SubmittedHeight: p.height, SubmittedTime: fromNano(p.submitted),
			VotingEnds: fromNano(p.ends), Status: p.status.String(), Reason: p.reason.String(),
			CountedHeight: p.counted, EffectHeight: p.effect, Votes: exportVotes(r, id), VotedShares: exportVotedShares(r, id),
		}
		if p.status != Voting {
			out.Tally = &genesis.TallyState{Yes: p.tally.yes, No: p.tally.no, Abstain: p.tally.abstain, Veto: p.tally.veto, Stake: p.tally.stake}
		}
		all = append(all, out)
	}
	return all
}

func exportVotes(r store.Reader, id uint64) []genesis.VoteState {
	all := []genesis.VoteState{}
	scan(r, key(prefixVote, ordered(id)), func(k, b []byte) bool {
		_, voter := parseVoteKey(k)
		all = append(all, genesis.VoteState{Voter: voter, Option: decodeVote(b)})
		return true
	})
	return all
}

func exportVotedShares(r store.Reader, id uint64) []genesis.VotedSharesState {
	all := []genesis.VotedSharesState{}
	scan(r, key(prefixVotedShares, ordered(id)), func(k, b []byte) bool {
		_, op := parseVoteKey(k)
		x := decodeVotedShares(b)
		all = append(all, genesis.VotedSharesState{
			Validator: op, Yes: *x.of(tx.VoteYes), No: *x.of(tx.VoteNo), Abstain: *x.of(tx.VoteAbstain), Veto: *x.of(tx.VoteVeto),
		})
		return true
	})
	return all
}
