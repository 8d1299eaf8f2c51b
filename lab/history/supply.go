package history

import (
	"math/big"
	"time"

	"blink/coin"
	"blink/tx"
)

// checkSupply: all the money that a node reports is where it says, is no more than genesis and inflation made, and, where
// the model knows, is where the transactions left it.
func (c *checker) checkSupply(m *model, b *Block, chain *Chain) {
	s := chain.Supply
	if s == nil {
		return
	}
	bad := func(format string, args ...any) {
		c.report(Violation{Rule: RuleSupply, Node: chain.Node, Height: chain.StateAt}, format, args...)
	}
	parts := sum(s.Balances, s.Bonded, s.Unbonding, s.Fees, s.Rewards, s.Deposits)
	if left := new(big.Int).Sub(sum(s.Issued), sum(s.Burned)); parts.Cmp(left) != 0 {
		bad("its parts add up to %s ublink, issued less burned is %s", parts, left)
	}
	if most := mostIssued(c.h, b, *s); m.inflationKnown && sum(s.Issued).Cmp(most) > 0 {
		bad("%s ublink have been issued, genesis and inflation give at most %s", s.Issued, most)
	}
	if !m.full {
		return
	}
	balances := new(big.Int)
	for _, a := range chain.Accounts {
		balances.Add(balances, sum(a.Balance))
	}
	if balances.Cmp(sum(s.Balances)) != 0 {
		bad("balances are said to be %s ublink, the accounts have %s", s.Balances, balances)
	}
	if m.staked {
		return
	}
	var bonds []coin.Amount
	for _, v := range c.h.Genesis.Validators {
		bonds = append(bonds, v.SelfBond)
	}
	if bonded := sum(s.Bonded, s.Burned); bonded.Cmp(sum(bonds...)) != 0 {
		bad("bonded and burned are %s ublink together, but genesis bonded %s and nobody has moved stake", bonded, sum(bonds...))
	}
	if s.Unbonding > 0 || s.Deposits > 0 {
		bad("unbonding is %s ublink and deposits %s, but nobody has moved stake or proposed anything", s.Unbonding, s.Deposits)
	}
}

// mostIssued is what genesis issued and, for the block time since, a yearly part of the supply, which was never more than
// what is issued now.
func mostIssued(h History, b *Block, s Supply) *big.Int {
	since := h.Genesis.GenesisTime
	first, _ := h.Genesis.Supply()
	if state := h.Genesis.State; state != nil {
		since, first = state.Rewards.PaidUntil, state.Issued
	}
	const year = 365 * 24 * time.Hour
	more := sum(s.Issued)
	more.Mul(more, big.NewInt(int64(h.Genesis.Params.Inflation)))
	more.Mul(more, big.NewInt(int64(max(b.Time.Sub(since), 0))))
	more.Quo(more, big.NewInt(int64(year)))
	more.Quo(more, big.NewInt(tx.MaxBasisPoints))
	more.Add(more, big.NewInt(1)) // a remainder of before
	return more.Add(more, sum(first))
}

// sum does not overflow: a doctored history may claim anything.
func sum(amounts ...coin.Amount) *big.Int {
	total := new(big.Int)
	for _, a := range amounts {
		total.Add(total, new(big.Int).SetUint64(uint64(a)))
	}
	return total
}
