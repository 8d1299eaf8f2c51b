package history

import (
	"time"

	"blink/crypto"
	"blink/tx"
)

// checkTransactions: each transaction of a chain is one by itself, comes from somebody known, and is in time.
func (c *checker) checkTransactions(v view) {
	submitted := make(map[tx.ID]bool, len(c.h.Submissions))
	for _, s := range c.h.Submissions {
		submitted[s.ID] = true
	}
	outside := make(map[crypto.Address]bool, len(c.h.Outside))
	for _, o := range c.h.Outside {
		outside[o.Address] = true
	}
	for i, b := range v.blocks {
		for j, id := range v.ids[i] {
			f := c.facts[id]
			at := Violation{Rule: f.rule, Node: v.node, Height: b.Height, Tx: id.String()}
			if f.rule != "" {
				c.report(at, "transaction %d: %v", j, f.err)
			}
			switch at.Rule = RulePhantom; {
			case submitted[id]:
			case f.read && outside[f.body.Sender]:
				if v.node == "" {
					c.scope.Outside++
				}
			case f.read:
				c.report(at, "no client has submitted transaction %d, and its sender %s is none of those outside", j, f.body.Sender)
			default:
				c.report(at, "no client has submitted transaction %d", j)
			}
			if at.Rule = RuleValidUntil; f.read && isPast(f.body.ValidUntil, b.Time) {
				c.report(at, "transaction %d was valid until %d, block time is %s", j, f.body.ValidUntil, stamp(b.Time))
			}
		}
	}
}

// isPast: block time is after that second.
func isPast(validUntil int64, blockTime time.Time) bool {
	return blockTime.After(time.Unix(validUntil, 0))
}

// checkOnce: a transaction is in a chain once, unless it was refused there before without any effect, for a reason that
// may pass.
func (c *checker) checkOnce(v view) {
	type earlier struct {
		place
		settled bool
	}
	seen := make(map[tx.ID]earlier)
	for i, b := range v.blocks {
		for j, id := range v.ids[i] {
			before, again := seen[id]
			if again && before.settled {
				c.report(Violation{Rule: RuleOnce, Node: v.node, Height: b.Height, Tx: id.String()},
					"transaction %d is already in block %d, at %d", j, before.height, before.index)
			}
			seen[id] = earlier{place{b.Height, uint32(j)}, before.settled || !passing(b.Txs[j].Code)}
		}
	}
}

// passing: a transaction with this code in a block may not have had any effect, and may have one later.
func passing(code string) bool {
	switch code {
	case tx.NonceTooHigh.String(), tx.FeeTooLow.String(), tx.InsufficientBalance.String(), tx.ValidUntilTooFar.String():
		return true
	}
	return false
}
