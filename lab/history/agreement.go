package history

import (
	"bytes"
	"time"
)

// checkAgreement: whatever two nodes say of the same block, they say the same. Not the round: nodes may have seen a block
// decided in different rounds.
func (c *checker) checkAgreement() {
	for i, v := range c.chains {
		for _, b := range v.blocks {
			ours := c.all.at[b.Height]
			if ours != b {
				c.differ[i] = c.compare(v.node, b, ours) || c.differ[i]
			}
		}
		c.compareEnd(c.h.Chains[i])
	}
}

// compare reports what two nodes say differently of a block.
func (c *checker) compare(node string, b, other *Block) (differ bool) {
	bad := func(id, format string, args ...any) {
		differ = true
		c.report(Violation{Rule: RuleAgreement, Node: node, Height: b.Height, Tx: id}, format, args...)
	}
	for _, field := range []struct{ name, got, want string }{
		{"hash", b.Hash, other.Hash}, {"app hash", b.AppHash, other.AppHash},
		{"time", stamp(b.Time), stamp(other.Time)}, {"proposer", b.Proposer, other.Proposer},
	} {
		if field.got != field.want {
			bad("", "%s is %s, at another node %s", field.name, field.got, field.want)
		}
	}
	if len(b.Txs) != len(other.Txs) {
		bad("", "has %d transactions, at another node %d", len(b.Txs), len(other.Txs))
	}
	for j := range min(len(b.Txs), len(other.Txs)) {
		got, want := b.Txs[j], other.Txs[j]
		if !bytes.Equal(got.Raw, want.Raw) {
			bad(idText(got.Raw), "transaction %d is at another node %s", j, idText(want.Raw))
		} else if got.Code != want.Code && got.Code != "" && want.Code != "" {
			bad(idText(got.Raw), "transaction %d has the code %s, at another node %s", j, got.Code, want.Code)
		}
	}
	return differ
}

// compareEnd: the state after a node's last block is the one that the next block names, and that others have after it.
func (c *checker) compareEnd(chain Chain) {
	if chain.AppHash == "" {
		return
	}
	at := Violation{Rule: RuleAgreement, Node: chain.Node, Height: chain.Last}
	if next := c.all.at[chain.Last+1]; next != nil && next.AppHash != chain.AppHash {
		c.report(at, "app hash after this block is %s, the next block says %s", chain.AppHash, next.AppHash)
	}
	for _, other := range c.h.Chains {
		if other.Node == chain.Node {
			return // those before it are enough: each pair once
		}
		if other.Last == chain.Last && other.AppHash != "" && other.AppHash != chain.AppHash {
			c.report(at, "app hash after this block is %s, at %s it is %s", chain.AppHash, other.Node, other.AppHash)
		}
	}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
