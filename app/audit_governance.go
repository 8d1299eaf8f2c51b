package app

import (
	"blink/crypto"
)

// proposals checks that the deposits are there, that each proposal waits where its status says, and that the shares which
// voted on the open ones are those of the voters.
func (a *audit) proposals() {
	var records uint64
	waiting := [...]int{plansVoting: 0, plansPassed: 0}
	scan(a.r, []byte{prefixProposal}, func(k, b []byte) bool {
		if len(k) == 1 {
			return true
		}
		id, p := parseProposalKey(k), decodeProposal(b)
		records++
		a.require(id == records, "proposal %d is the %dth", id, records)
		switch {
		case p.status == Voting:
			a.add(&a.sum.deposits, p.deposit)
			a.require(a.r.Get(votingKey(p.ends, id)) != nil, "proposal %d is not in the queue of the voting", id)
			waiting[plansVoting]++
			a.votes(id)
		case p.status == Passed && p.effect > 0:
			a.require(a.r.Get(planKey(p.effect, id)) != nil, "proposal %d is not in the queue of plans", id)
			waiting[plansPassed]++
		}
		a.require(p.status <= Failed && (p.status == Failed) == (p.reason != NoFailure), "proposal %d has status %d for reason %d", id, p.status, p.reason)
		p.decoded()
		return true
	})
	a.require(records == proposalCount(a.r), "%d proposals were counted, there are %d", proposalCount(a.r), records)
	for queue, n := range waiting {
		queued := 0
		scan(a.r, key(prefixPlans, []byte{byte(queue)}), func(_, _ []byte) bool { queued++; return true })
		a.require(queued == n, "%d proposals wait in queue %d, there should be %d", queued, queue, n)
	}
	a.require(waiting[plansVoting] <= MaxProposals, "%d proposals are voted on", waiting[plansVoting])
}

// votes recounts the shares that voted on an open proposal, from each voter's delegations.
func (a *audit) votes(id uint64) {
	real := make(map[crypto.Address]votedShares) // looked up only
	scan(a.r, key(prefixVote, ordered(id)), func(k, b []byte) bool {
		_, voter := parseVoteKey(k)
		for _, d := range delegations(a.r, voter) {
			x := real[d.operator]
			*x.of(decodeVote(b)) += d.shares
			real[d.operator] = x
		}
		return true
	})
	kept := 0
	scan(a.r, key(prefixVotedShares, ordered(id)), func(k, b []byte) bool {
		_, op := parseVoteKey(k)
		has := decodeVotedShares(b)
		a.require(has == real[op], "shares of %s that voted on proposal %d are %v, recounted %v", op, id, has, real[op])
		kept++
		return true
	})
	a.require(kept == len(real), "shares of %d validators voted on proposal %d, recounted %d", kept, id, len(real))
}
