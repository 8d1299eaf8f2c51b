package history

import (
	"bytes"
	"maps"
	"slices"

	"blink/crypto"
)

// checkStates compares the accounts that nodes report after a block with the model's, and with one another.
func (c *checker) checkStates(m *model, b *Block, chains []*Chain) {
	for i, chain := range chains {
		c.scope.StateAt = b.Height
		c.checkState(m, chain)
		c.checkSupply(m, b, chain)
		if i > 0 {
			c.compareStates(m, chain, chains[0])
		}
	}
}

func byAddress(a, b crypto.Address) int { return bytes.Compare(a[:], b[:]) }

func (chain *Chain) accounts() map[crypto.Address]Account {
	accounts := make(map[crypto.Address]Account, len(chain.Accounts))
	for _, a := range chain.Accounts {
		accounts[a.Address] = a
	}
	return accounts
}

func (c *checker) checkState(m *model, chain *Chain) {
	at := Violation{Rule: RuleState, Node: chain.Node, Height: chain.StateAt}
	reported := chain.accounts()
	for _, address := range slices.SortedFunc(maps.Keys(m.accounts), byAddress) {
		want := m.accounts[address]
		got, ok := reported[address]
		if !ok {
			c.report(at, "account %s occurs in the chain, but is not reported", address)
			continue
		}
		if got.Nonce < want.low || got.Nonce > want.high {
			c.report(at, "account %s has the nonce %d, its transactions give %d", address, got.Nonce, want.low)
		}
		if !want.opaque && got.Balance != want.balance {
			c.report(at, "account %s has %s ublink, its transactions give %s", address, got.Balance, want.balance)
		}
	}
	for _, got := range chain.Accounts {
		if m.full && m.accounts[got.Address] == nil && (got.Balance > 0 || got.Nonce > 0) {
			c.report(at, "account %s has %s ublink and the nonce %d, but occurs nowhere in the chain", got.Address, got.Balance, got.Nonce)
		}
	}
}

// compareStates finds what two nodes report differently after the same block, of what the model cannot know.
func (c *checker) compareStates(m *model, chain, other *Chain) {
	at := Violation{Rule: RuleState, Node: chain.Node, Height: chain.StateAt}
	theirs := other.accounts()
	for _, got := range chain.Accounts {
		if a := m.accounts[got.Address]; a != nil && !a.opaque || a == nil && m.full {
			continue // checkState has compared it
		}
		if want, ok := theirs[got.Address]; ok && got != want {
			c.report(at, "account %s has %s ublink and the nonce %d, at %s it has %s and %d", got.Address,
				got.Balance, got.Nonce, other.Node, want.Balance, want.Nonce)
		}
	}
	if at.Rule = RuleSupply; chain.Supply != nil && other.Supply != nil && *chain.Supply != *other.Supply {
		c.report(at, "the supply is another one than at %s: %+v, not %+v", other.Node, *chain.Supply, *other.Supply)
	}
}
