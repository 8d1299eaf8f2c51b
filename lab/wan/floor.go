package wan

import (
	"cmp"
	"slices"
	"time"
)

// Floor is the shortest time that light needs for one transaction, from a client at its entry node until that node can
// know that it is final. Which proposer's turn it is decides how long; in the long run each has its turn as often as
// its share of the voting power.
type Floor struct {
	Mean time.Duration `json:"mean"` // over the proposers, each weighted by its power
	P50  time.Duration `json:"p50"`  // half of the turns, by power, are at most this
	Min  time.Duration `json:"min"`
	Max  time.Duration `json:"max"`
}

// FloorOf is the floor for transactions that enter at one node. delays[i][j] is the one-way delay from node i to node j,
// delays[i][i] is 0; power[i] is the voting power of node i, 0 for a node that is not a validator, and at least one is
// positive. See Final for what is assumed.
func FloorOf(delays [][]time.Duration, power []int64, entry int) Floor {
	return FloorOver(delays, power, []int{entry})
}

// FloorOver is the floor for transactions that enter at several nodes, equally many at each, at least one.
func FloorOver(delays [][]time.Duration, power []int64, entries []int) Floor {
	var turns []turn
	for _, entry := range entries {
		for proposer, p := range power {
			if p > 0 {
				turns = append(turns, turn{Final(delays, power, entry, proposer), p})
			}
		}
	}
	slices.SortFunc(turns, func(a, b turn) int { return cmp.Compare(a.took, b.took) })
	var sum, total float64
	for _, t := range turns {
		sum += float64(t.took) * float64(t.power)
		total += float64(t.power)
	}
	return Floor{
		Mean: time.Duration(sum / total),
		P50:  median(turns, total),
		Min:  turns[0].took, Max: turns[len(turns)-1].took,
	}
}

// turn is what a transaction needs when a validator proposes.
type turn struct {
	took  time.Duration
	power int64
}

// median is the smallest time within which half of the power's turns end.
func median(turns []turn, total float64) time.Duration {
	var sum float64
	for _, t := range turns {
		if sum += float64(t.power); sum >= total/2 {
			return t.took
		}
	}
	return turns[len(turns)-1].took
}

// Final is the exact floor for one entry node e and one proposer q. With d the one-way delay and Q(t) the time when the
// events t of the validators have reached more than two thirds of the voting power:
//
//	T    = d(e,q)                                  the transaction reaches the proposer
//	P(i) = T + d(q,i)                              node i has the proposal; a validator prevotes
//	V(j) = max(P(j), Q over i of P(i) + d(i,j))    validator j has +2/3 of the prevotes; it precommits
//	F    = max(P(e), Q over j of V(j) + d(j,e))    the entry node has the block and +2/3 of the precommits
//
// A validator's own vote reaches it at once (d = 0). With a uniform delay d and at least four equal validators that is
// 3d if the entry node proposes and 4d if another does, or if the entry node is no validator.
//
// It assumes that every message takes the direct link; that nothing takes time but distance: no processing, no disk, no
// size, no queue; and that the chain was idle, so that the proposer begins when it has the transaction. Where a detour is
// shorter than the direct link, gossip over it can be faster than this floor: Shortest gives the delays with detours.
func Final(delays [][]time.Duration, power []int64, entry, proposer int) time.Duration {
	n := len(power)
	proposal := make([]time.Duration, n)
	for i := range proposal {
		proposal[i] = delays[entry][proposer] + delays[proposer][i]
	}
	precommit := make([]time.Duration, n)
	for j := range precommit {
		precommit[j] = max(proposal[j], quorum(proposal, delays, power, j))
	}
	return max(proposal[entry], quorum(precommit, delays, power, entry))
}

// quorum is when the votes that the validators send at the given times have reached node to with more than two thirds of
// the power.
func quorum(sent []time.Duration, delays [][]time.Duration, power []int64, to int) time.Duration {
	votes := make([]turn, len(power))
	var total, have int64
	for i, p := range power {
		votes[i] = turn{sent[i] + delays[i][to], p}
		total += p
	}
	slices.SortFunc(votes, func(a, b turn) int { return cmp.Compare(a.took, b.took) })
	for _, v := range votes {
		if have += v.power; have > total*2/3 { // as CometBFT counts, types/vote_set.go
			return v.took
		}
	}
	panic("wan: no voting power")
}

// Shortest is the delays when messages may be passed on by nodes on the way, at no cost.
func Shortest(delays [][]time.Duration) [][]time.Duration {
	short := make([][]time.Duration, len(delays))
	for i := range delays {
		short[i] = slices.Clone(delays[i])
	}
	for via := range short {
		for i := range short {
			for j := range short {
				short[i][j] = min(short[i][j], short[i][via]+short[via][j])
			}
		}
	}
	return short
}
