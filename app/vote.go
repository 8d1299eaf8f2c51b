package app

import (
	"blink/coin"
	"blink/crypto"
	"blink/store"
	"blink/tx"
)

// Votes are weighed by stake at the tally, so stake may move after a vote. To count without walking the voters, the
// state keeps for each open proposal and validator how many of its shares have voted which way: at the vote for all
// shares of the voter, and from then on at each change of them (setShares is the one place). Slashing changes what a
// share is worth and not the shares, so it needs nothing. What does not vote goes where the operator's vote goes: tally.

// votedShares are the shares of one validator whose holders voted on one proposal.
type votedShares [tx.VoteVeto]uint64 // by option, from VoteYes

func (x *votedShares) of(o tx.VoteOption) *uint64 { return &x[o-tx.VoteYes] }

func (x votedShares) encode() []byte {
	e := encoder{make([]byte, 0, 16)}
	for i, n := range x {
		e.uint(i+1, n)
	}
	return e.buf
}

func decodeVotedShares(b []byte) (x votedShares) {
	for d := (decoder{rest: b}); d.next(); {
		if d.field < 1 || d.field > len(x) {
			d.unknown()
		}
		x[d.field-1] = d.num
	}
	return x
}

// vote notes what the sender wants to become of a proposal, in place of what it wanted before. Anyone may vote: stake
// that the sender gets later counts, too.
func (s *state) vote(sender crypto.Address, m tx.Vote) *refusal {
	p, known := readProposal(s.o, m.Proposal)
	switch {
	case !known:
		return refuse(tx.UnknownProposal, "proposal", "there is no proposal %d", m.Proposal).hint("GET /v1/proposals lists them")
	case p.status != Voting:
		return refuse(tx.VotingEnded, "proposal", "the voting on proposal %d has ended: %s", m.Proposal, p.status)
	}
	before, voted := readVote(s.o, m.Proposal, sender)
	if !voted || before != m.Option {
		for _, d := range delegations(s.o, sender) {
			if voted {
				s.moveVoted(m.Proposal, d.operator, before, d.shares, 0)
			}
			s.moveVoted(m.Proposal, d.operator, m.Option, 0, d.shares)
		}
		s.o.Set(voteKey(m.Proposal, sender), encodeVote(m.Option))
	}
	s.emit(Event{Type: EventVote, Account: sender, Proposal: m.Proposal, Option: m.Option})
	return nil
}

// sharesMoved keeps the votes of a delegator in step with its shares.
func (s *state) sharesMoved(delegator, op crypto.Address, before, after uint64) {
	if before == after {
		return
	}
	for _, b := range s.voting {
		if option, voted := readVote(s.o, b.id, delegator); voted {
			s.moveVoted(b.id, op, option, before, after)
		}
	}
}

func (s *state) moveVoted(id uint64, op crypto.Address, option tx.VoteOption, before, after uint64) {
	was := decodeVotedShares(s.o.Get(votedSharesKey(id, op)))
	x := was
	*x.of(option) += after - before // wraps around to the right number
	switch x {
	case was:
	case votedShares{}:
		s.o.Delete(votedSharesKey(id, op))
	default:
		s.o.Set(votedSharesKey(id, op), x.encode())
	}
}

// stakeOf is a delegator's shares of one validator.
type stakeOf struct {
	operator crypto.Address
	shares   uint64
}

func delegations(r store.Reader, delegator crypto.Address) []stakeOf {
	var all []stakeOf
	scan(r, key(prefixDelegation, delegator[:]), func(k, b []byte) bool {
		_, op := parseDelegationKey(k)
		all = append(all, stakeOf{op, decodeDelegation(b).shares})
		return true
	})
	return all
}

func readVote(r store.Reader, id uint64, voter crypto.Address) (tx.VoteOption, bool) {
	b := r.Get(voteKey(id, voter))
	if b == nil {
		return 0, false
	}
	return decodeVote(b), true
}

func encodeVote(o tx.VoteOption) []byte {
	var e encoder
	e.uint(1, uint64(o))
	return e.buf
}

func decodeVote(b []byte) (o tx.VoteOption) {
	for d := (decoder{rest: b}); d.next(); {
		switch d.field {
		case 1:
			o = tx.VoteOption(d.num)
		default:
			d.unknown()
		}
	}
	return o
}

// tally is stake by vote, in ublink.
type tally struct {
	yes, no, abstain, veto coin.Amount
	stake                  coin.Amount // of all active validators, whether it voted or not
}

func (t tally) cast() coin.Amount { return t.yes + t.no + t.abstain + t.veto }

func (t *tally) add(o tx.VoteOption, amount coin.Amount) {
	switch o {
	case tx.VoteYes:
		t.yes = mustAdd(t.yes, amount)
	case tx.VoteNo:
		t.no = mustAdd(t.no, amount)
	case tx.VoteAbstain:
		t.abstain = mustAdd(t.abstain, amount)
	case tx.VoteVeto:
		t.veto = mustAdd(t.veto, amount)
	}
}
