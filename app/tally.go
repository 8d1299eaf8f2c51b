package app

import (
	"math/bits"

	"blink/coin"
	"blink/genesis"
	"blink/store"
	"blink/tx"
)

// endVoting counts the proposals whose time is up. It comes before the transactions of the block: their votes are too
// late. The cost grows with the number of validators, not of voters.
func (s *state) endVoting() {
	now, open := s.time.UnixNano(), s.voting[:0:0]
	for _, b := range s.voting {
		if b.ends <= now {
			s.count(b)
		} else {
			open = append(open, b)
		}
	}
	s.voting = open
}

// count decides one proposal, settles its deposit and queues what it is to do.
func (s *state) count(b ballot) {
	p := mustProposal(s.o, b.id)
	p.tally = countVotes(s.o, b.id)
	p.status = p.tally.verdict(s.params)
	p.counted = s.height
	s.o.Delete(votingKey(b.ends, b.id))
	returned := s.settleDeposit(p)
	if p.status == Passed {
		s.plan(b.id, &p)
	}
	s.o.Set(proposalKey(b.id), p.encode())
	s.emit(Event{Type: EventTally, Proposal: b.id, Status: p.status, Reason: p.reason, Account: p.proposer, Amount: returned, Height: p.effect})
}

// settleDeposit burns the deposit of a proposal that wasted everyone's time, and returns that of the others to the
// proposer, with the amount.
func (s *state) settleDeposit(p proposal) coin.Amount {
	s.totals.deposits = mustSub(s.totals.deposits, p.deposit)
	if p.status == NoQuorum || p.status == Vetoed {
		s.totals.burned = mustAdd(s.totals.burned, p.deposit)
		return 0
	}
	s.credit(p.proposer, p.deposit)
	return p.deposit
}

// plan queues what a passed proposal does. Parameters change in the next block at the earliest, so that a block that
// counts and one that changes are never the same; an upgrade whose height has come cannot happen any more, because
// nodes of the old version have executed that block.
func (s *state) plan(id uint64, p *proposal) {
	switch c := p.decoded().(type) {
	case tx.ParamsProposal:
		p.effect = max(c.Height, s.height+1)
	case tx.UpgradeProposal:
		if c.Height <= s.height {
			p.status, p.reason = Failed, UpgradeTooLate
			return
		}
		p.effect = c.Height
	default:
		return
	}
	s.o.Set(planKey(p.effect, id), mark)
}

// countVotes adds up the stake behind each option: of the validators in the set that consensus was last told, as far as
// they are still active. Delegators who voted count for themselves; the rest of a validator's stake, what rounding
// left over included, follows its operator's vote if there is one.
func countVotes(r store.Reader, id uint64) (t tally) {
	for _, m := range lastSent(r) {
		v := mustValidator(r, m.operator)
		if v.status != Active { // jailed in this very block
			continue
		}
		t.stake = mustAdd(t.stake, v.tokens)
		rest := v.tokens
		voted := decodeVotedShares(r.Get(votedSharesKey(id, m.operator)))
		for o := tx.VoteYes; o <= tx.VoteVeto; o++ {
			own := v.value(*voted.of(o))
			t.add(o, own)
			rest = mustSub(rest, own)
		}
		if option, operatorVoted := readVote(r, id, m.operator); operatorVoted {
			t.add(option, rest)
		}
	}
	return t
}

// verdict applies the thresholds. All comparisons are exact.
func (t tally) verdict(p *genesis.Params) ProposalStatus {
	switch {
	case less(t.cast(), tx.MaxBasisPoints, t.stake, p.Quorum):
		return NoQuorum
	case less(t.cast(), p.VetoThreshold, t.veto, tx.MaxBasisPoints):
		return Vetoed
	case less(t.yes+t.no+t.veto, p.Threshold, t.yes, tx.MaxBasisPoints):
		return Passed
	}
	return Rejected
}

// less is a*x < b*y with 128-bit products.
func less(a coin.Amount, x uint32, b coin.Amount, y uint32) bool {
	aHi, aLo := bits.Mul64(uint64(a), uint64(x))
	bHi, bLo := bits.Mul64(uint64(b), uint64(y))
	return aHi < bHi || aHi == bHi && aLo < bLo
}
