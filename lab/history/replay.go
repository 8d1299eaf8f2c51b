package history

import (
	"cmp"
	"slices"

	"blink/tx"
)

// replay runs the model over the blocks, compares the codes that it expects with those that are told, and the accounts
// that it ends with with those that nodes report.
func (c *checker) replay() {
	blocks, ids := c.unbroken()
	if len(blocks) == 0 {
		return
	}
	c.scope.FromGenesis = blocks[0].Height == c.h.Genesis.FirstHeight()
	m := newModel(c.h.Genesis, c.scope.FromGenesis)
	var waiting []*Chain // whose accounts are to be compared, by height
	for i := range c.h.Chains {
		if chain := &c.h.Chains[i]; chain.StateAt >= blocks[0].Height {
			waiting = append(waiting, chain)
		}
	}
	slices.SortStableFunc(waiting, func(a, b *Chain) int { return cmp.Compare(a.StateAt, b.StateAt) })
	for i, b := range blocks {
		for j, id := range ids[i] {
			if f := c.facts[id]; f.read && (f.rule == "" || b.Txs[j].Code == tx.OK.String()) {
				c.judge(m, b, j, id, f)
			}
		}
		n := 0
		for n < len(waiting) && waiting[n].StateAt == b.Height {
			n++
		}
		c.checkStates(m, b, waiting[:n])
		waiting = waiting[n:]
	}
	c.scope.Accounts = len(m.accounts)
	for _, a := range m.accounts {
		if a.opaque {
			c.scope.Opaque++
		}
	}
}

// unbroken is what comes after the last missing block: all of it, unless checkHeights has found something or no node has
// the blocks between what two nodes hold.
func (c *checker) unbroken() ([]*Block, [][]tx.ID) {
	from := 0
	for i, b := range c.all.blocks {
		if i > 0 && b.Height != c.all.blocks[i-1].Height+1 {
			from = i
		}
	}
	return c.all.blocks[from:], c.all.ids[from:]
}

// judge compares the code of a transaction with the model's.
func (c *checker) judge(m *model, b *Block, j int, id tx.ID, f *fact) {
	told := b.Txs[j].Code
	v := m.execute(f.body, b.Time, told)
	at := Violation{Rule: RuleCode, Height: b.Height, Tx: id.String()}
	code, err := tx.ParseCode(told)
	switch {
	case told == "":
	case err != nil:
		c.report(at, "transaction %d: %v", j, err)
	case v.any && !fromMessage(code):
		c.report(at, "transaction %d has the code %s, which no message ends with", j, told)
	case v.any || code == v.code:
	case v.code == tx.NonceTooLow || v.code == tx.NonceTooHigh:
		at.Rule = RuleNonce
		c.report(at, "transaction %d of %s has nonce %d and the code %s, but %s: it must be %s", j, f.body.Sender, f.body.Nonce, told, v.why, v.code)
	case v.code == tx.InsufficientBalance && code == tx.OK:
		at.Rule = RuleOverspend
		c.report(at, "transaction %d of %s succeeded, but %s", j, f.body.Sender, v.why)
	default:
		c.report(at, "transaction %d of %s has the code %s, but %s: it must be %s", j, f.body.Sender, told, v.why, v.code)
	}
}

// fromMessage: a message may end with this code; the others are those of a transaction that does not get that far.
func fromMessage(c tx.Code) bool {
	return c == tx.OK || c == tx.InsufficientBalance || c == tx.Unsupported || c >= tx.UnknownValidator
}
