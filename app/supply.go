package app

import (
	"fmt"
	"math/bits"

	"blink/coin"
)

// Nothing creates or destroys coins silently. Every ublink that was issued and not burned is in exactly one place, and
// the running totals of these places, kept by the set methods of state, must add up after every block:
//
//	balances + bonded + unbonding + fees + rewards + deposits = issued - burned
//
// Stake on its way from one validator to another is bonded at its new one. fees wait for the next payment of rewards;
// rewards are shared out and wait to be withdrawn, rounding dust among them. Coins that slashing takes are burned. Audit
// recounts the places themselves; here only the totals are compared, which costs nothing.
func (t totals) check() {
	supply, ok := t.issued.Sub(t.burned)
	sum := coin.Amount(0)
	for _, part := range [...]coin.Amount{t.balances, t.bonded, t.unbonding, t.fees, t.rewards, t.deposits} {
		var fits bool
		sum, fits = sum.Add(part)
		ok = ok && fits
	}
	if !ok || sum != supply {
		panic(fmt.Sprintf("app: supply invariant broken: balances %s + bonded %s + unbonding %s + fees %s + rewards %s + deposits %s != issued %s - burned %s",
			t.balances, t.bonded, t.unbonding, t.fees, t.rewards, t.deposits, t.issued, t.burned))
	}
}

// assertInvariants halts on a broken supply and writes what the state keeps for itself until now: ranks, the totals and
// the reward state, if they changed.
func (s *state) assertInvariants() {
	s.totals.check()
	s.writeRanks()
	if s.rewards != readRewards(s.o) {
		s.o.Set([]byte{prefixRewards}, s.rewards.encode())
	}
	if s.totals != readTotals(s.o) {
		s.o.Set([]byte{prefixTotals}, s.totals.encode())
	}
}

// move replaces one part of a total.
func move(total *coin.Amount, before, after coin.Amount) {
	if after >= before {
		*total = mustAdd(*total, after-before)
	} else {
		*total = mustSub(*total, before-after)
	}
}

// mustAdd adds amounts that are parts of the supply; an overflow means a broken state (halt).
func mustAdd(a, b coin.Amount) coin.Amount {
	sum, ok := a.Add(b)
	if !ok {
		panic(fmt.Sprintf("app: %s + %s is more than any supply", a, b))
	}
	return sum
}

// mustSub takes an amount from one that was checked to hold it (halt).
func mustSub(a, b coin.Amount) coin.Amount {
	diff, ok := a.Sub(b)
	if !ok {
		panic(fmt.Sprintf("app: %s - %s is negative", a, b))
	}
	return diff
}

// mulDivUp is a*num/den rounded up, with a 128-bit product; den is not 0 and the quotient fits.
func mulDivUp(a, num, den uint64) uint64 {
	hi, lo := bits.Mul64(a, num)
	quo, rem := bits.Div64(hi, lo, den)
	if rem != 0 {
		quo++
	}
	return quo
}
