package app

import (
	"math/big"
	"time"

	"blink/crypto"
)

// The model's rewards keep every payment of all time as an item in a list, and add the items up anew for each claim. The
// rules round each item once, so the model does too; it shares nothing else with the accumulators.

var whole = n(1_000_000_000_000_000_000) // a payment per unit of power or share is kept in parts of this

// pay shares out fees and issuance at the head of a block that carries anything.
func (m *model) pay() {
	minted := m.mint()
	m.issued.Add(m.issued, minted)
	pot := new(big.Int).Add(m.fees, minted)
	m.fees = new(big.Int)
	m.unpaid.Add(m.unpaid, pot)
	power := new(big.Int)
	for _, p := range m.told {
		power.Add(power, big.NewInt(p))
	}
	m.payments = append(m.payments, pot.Div(pot.Mul(pot, whole), power))
}

// mint is what the time since the last payment, at most a year, adds to the supply; m.owedParts is what did not make up a
// whole ublink, in parts of one year.
func (m *model) mint() *big.Int {
	oneYear := 365 * 24 * time.Hour
	elapsed := min(m.time.Sub(m.paidUntil), oneYear)
	m.paidUntil = m.time
	yearly := new(big.Int).Sub(m.issued, m.burned)
	yearly.Div(yearly.Mul(yearly, n(uint64(m.params.Inflation))), n(10_000))
	parts := yearly.Mul(yearly, big.NewInt(int64(elapsed)))
	minted := new(big.Int)
	minted.DivMod(parts.Add(parts, m.owedParts), big.NewInt(int64(oneYear)), m.owedParts)
	if room := new(big.Int).Sub(n(1<<64-1), m.issued); minted.Cmp(room) > 0 {
		minted = room
	}
	return minted
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
	power, member := m.told[op]
	if !member {
		return
	}
	v := m.validators[op]
	earned := sum(m.payments[v.paidFor:])
	earned.Div(earned.Mul(earned, big.NewInt(power)), whole)
	v.paidFor = len(m.payments)
	commission := new(big.Int).Mul(earned, n(uint64(v.rate)))
	commission.Div(commission, n(10_000))
	shares := v.total()
	if shares.Sign() == 0 {
		commission = earned
	} else {
		rest := new(big.Int).Sub(earned, commission)
		v.earnings = append(v.earnings, rest.Div(rest.Mul(rest, whole), shares))
	}
	v.purse.Add(v.purse, commission)
}

// owed is what a delegation has earned and not been paid, as far as its validator is settled.
func (v *modelValidator) owed(delegator crypto.Address) *big.Int {
	held := v.shares[delegator]
	if held == nil {
		return new(big.Int)
	}
	x := sum(v.earnings[v.paid[delegator]:])
	return x.Div(x.Mul(x, held), whole)
}

// payOut brings a delegation's reward to its holder; the delegation is about to change.
func (m *model) payOut(op, delegator crypto.Address) {
	m.settle(op)
	v := m.validators[op]
	m.take(delegator, v.owed(delegator))
	v.paid[delegator] = len(v.earnings)
}

// take moves an amount of the unpaid rewards to its owner.
func (m *model) take(owner crypto.Address, amount *big.Int) {
	m.unpaid.Sub(m.unpaid, amount)
	balance := m.account(owner).balance
	balance.Add(balance, amount)
}
