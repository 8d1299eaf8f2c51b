package app

import (
	"math/big"
	"time"

	"blink/crypto"
	"blink/tx"
)

// The model's rewards keep every payment of all time as an item in a list, and add the items up anew for each claim. The
// rules round each item once, so the model does too; it shares nothing else with the accumulators.

var whole = n(1_000_000_000_000_000_000) // a payment per unit of power or share is kept in parts of this

// pay shares out fees and issuance at the head of a block that carries anything.
func (m *model) pay() {
	minted := m.mint()
	m.issued = plus(m.issued, minted)
	pot := plus(m.fees, minted)
	m.fees, m.unpaid = zero, plus(m.unpaid, pot)
	power := int64(0)
	for _, p := range m.told {
		power += p
	}
	m.payments = append(m.payments, part(pot, whole, big.NewInt(power)))
}

// mint is what the time since the last payment, at most a year, adds to the supply; owedParts is what did not make up a
// whole ublink, in parts of one year.
func (m *model) mint() *big.Int {
	oneYear := 365 * 24 * time.Hour
	elapsed := min(m.time.Sub(m.paidUntil), oneYear)
	m.paidUntil = m.time
	yearly := part(minus(m.issued, m.burned), n(uint64(m.params.Inflation)), n(10_000))
	parts := plus(m.owedParts, yearly.Mul(yearly, big.NewInt(int64(elapsed))))
	minted, rest := new(big.Int).QuoRem(parts, big.NewInt(int64(oneYear)), new(big.Int))
	m.owedParts = rest
	return least(minted, minus(n(1<<64-1), m.issued))
}

func sum(items []*big.Int) *big.Int {
	total := new(big.Int)
	for _, x := range items {
		total.Add(total, x)
	}
	return total
}

// settle gives a member of the set what it earned by the payments since its last settlement.
func (m *model) settle(op crypto.Address) {
	v := m.validators[op]
	power, member := m.told[op]
	if !member || v.paidFor == len(m.payments) {
		return
	}
	earned := part(sum(m.payments[v.paidFor:]), big.NewInt(power), whole)
	v.paidFor = len(m.payments)
	if shares := v.total(); shares.Sign() == 0 {
		v.purse = plus(v.purse, earned)
	} else {
		commission := part(earned, n(uint64(v.commission.Rate)), n(10_000))
		v.purse = plus(v.purse, commission)
		v.earnings = append(v.earnings, part(minus(earned, commission), whole, shares))
	}
}

// owed is what a delegation has earned and not been paid, as far as its validator is settled.
func (v *modelValidator) owed(delegator crypto.Address) *big.Int {
	held := v.shares[delegator]
	if held == nil {
		return zero
	}
	return part(sum(v.earnings[v.paid[delegator]:]), held, whole)
}

// payOut brings a delegation's reward to where its holder wants it; with nothing there it only marks the beginning.
func (m *model) payOut(op, delegator crypto.Address) {
	m.settle(op)
	v := m.validators[op]
	m.take(delegator, v.owed(delegator))
	v.paid[delegator] = len(v.earnings)
}

// take moves an amount of the unpaid rewards to its owner.
func (m *model) take(owner crypto.Address, amount *big.Int) {
	m.unpaid = minus(m.unpaid, amount)
	to := m.account(owner).withdraw
	if to == (crypto.Address{}) {
		to = owner
	}
	m.credit(to, amount)
}

func (m *model) withdrawRewards(sender crypto.Address, x tx.WithdrawRewards) tx.Code {
	if !x.All && m.validators[x.Validator] == nil {
		return tx.UnknownValidator
	}
	any := false
	for op, v := range m.validators {
		if !x.All && op != x.Validator {
			continue
		}
		if v.shares[sender] != nil {
			any = true
			m.payOut(op, sender)
		}
		if op == sender {
			any = true
			m.settle(op)
			m.take(sender, v.purse)
			v.purse = zero
		}
	}
	if !any {
		return tx.InsufficientDelegation
	}
	return tx.OK
}
