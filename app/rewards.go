package app

import (
	"math/bits"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/genesis"
	"blink/store"
	"blink/tx"
)

// Rewards flow through two accumulators, so that a payment costs one write however many validators there are, and a
// validator's earnings reach all its delegators with one more, however many those are:
//
//	perPower   of the chain: what one unit of voting power has earned since genesis
//	perShare   of a validator: what one of its shares has earned since it began
//
// Who has a claim remembers the accumulator at its last settlement; what the accumulator has grown since, times its
// power or shares, is what it is owed. Before power, shares or commission change, the claim is settled at the old ones.
// Slashing changes tokens and not shares, so it takes no rewards. Every rounding goes against the claimant: the claims
// never add up to more than totals.rewards, and the dust stays there. (The method is known from "Scalable Reward
// Distribution on the Ethereum Blockchain", Batog, Boca, Johnson 2018.)

// year is the unit of Inflation: 365 days of block time.
const year = 365 * 24 * time.Hour

// busy says whether a block carries anything. Others write nothing, so that a quiet chain can sleep: what it issues
// meanwhile is paid by the next busy block.
func (b Block) busy() bool { return len(b.Txs)+len(b.Evidence) > 0 }

// payRewards shares out the fees of the blocks before this one and the issuance of the time since the last payment,
// among the set that consensus was last told, by power. So does a block in which a plan takes effect: what was earned
// under the old parameters is paid by them.
func (s *state) payRewards(b Block) {
	if !b.busy() && len(plansDue(s.o, s.height)) == 0 {
		return
	}
	minted, next := payment(s.totals, s.rewards, s.params, s.time)
	s.issue(minted)
	s.totals.rewards = mustAdd(s.totals.rewards, mustAdd(s.totals.fees, minted))
	s.totals.fees = 0
	s.rewards = next
}

// payment is what a payment now mints, and the reward state after it.
func payment(t totals, w rewards, p *genesis.Params, now time.Time) (coin.Amount, rewards) {
	minted, next := issuance(t, w, p, now)
	next.perPower = next.perPower.plus(perUnit(mustAdd(t.fees, minted), next.power))
	return minted, next
}

// issuance is the new money of the time from the last payment until now, and the reward state after it. What is less
// than a ublink is kept as a remainder. Nobody is paid for more than a year at once, and all that was ever issued fits
// 64 bits: when they are full, issuance ends.
func issuance(t totals, w rewards, p *genesis.Params, now time.Time) (coin.Amount, rewards) {
	elapsed := min(max(now.UnixNano()-w.paidUntil, 0), int64(year))
	w.paidUntil = max(w.paidUntil, now.UnixNano())
	yearly := mustSub(t.issued, t.burned).MulDiv(uint64(p.Inflation), tx.MaxBasisPoints)
	hi, lo := bits.Mul64(uint64(yearly), uint64(elapsed))
	lo, carry := bits.Add64(lo, w.remainder, 0)
	minted, remainder := bits.Div64(hi+carry, lo, uint64(year))
	w.remainder = remainder
	return min(coin.Amount(minted), coin.Max-t.issued), w
}

// settleValidator moves what a validator in the set has earned since its last settlement to its operator's purse and its
// shares. v must be written by the caller; its shares, commission and told power must not have changed yet.
func (s *state) settleValidator(op crypto.Address, v *validator) {
	settle(s.o, s.rewards.perPower, op, v)
}

func settle(r store.Reader, perPower fixed, op crypto.Address, v *validator) {
	m := r.Get(lastSentKey(op))
	if m == nil {
		return // not in the set: it earns nothing
	}
	earned := perPower.since(v.settled).times(uint64(decodeMember(m).power))
	v.settled = perPower
	commission := earned.MulDiv(uint64(v.commission.Rate), tx.MaxBasisPoints)
	if v.shares == 0 {
		commission = earned
	} else {
		v.perShare = v.perShare.plus(perUnit(earned-commission, v.shares))
	}
	v.purse = mustAdd(v.purse, commission)
}

// earned is what a delegation to a settled validator has not been paid yet.
func (v validator) earned(d delegation) coin.Amount {
	return v.perShare.since(d.settled).times(d.shares)
}

// payReward pays a delegator, at the address it has chosen.
func (s *state) payReward(delegator, op crypto.Address, amount coin.Amount) {
	s.pay(EventReward, delegator, op, amount)
}

func (s *state) pay(what EventType, owner, op crypto.Address, amount coin.Amount) {
	if amount == 0 {
		return
	}
	to := withdrawAddress(s.o, owner)
	s.totals.rewards = mustSub(s.totals.rewards, amount)
	s.credit(to, amount)
	s.emit(Event{Type: what, Account: owner, To: to, Validator: op, Amount: amount})
}

// withdrawAddress is where an account's rewards go: to itself, unless it chose otherwise.
func withdrawAddress(r store.Reader, owner crypto.Address) crypto.Address {
	if b := r.Get(withdrawKey(owner)); b != nil {
		return crypto.Address(b)
	}
	return owner
}
