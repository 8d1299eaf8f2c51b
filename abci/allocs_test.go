//go:build !race

package abci

import (
	"testing"
	"time"

	"blink/tx"
)

// TestAllocations: what CheckTx allocates for each transaction, when it is new and when it is checked again after a block.
func TestAllocations(t *testing.T) {
	c := newChain(t)
	c.block()
	raw := c.transfer(c.alice(), 0, c.bob().Address(), 1)
	reset := func() { c.check = newCheckState(c.store.Latest(), time.Now()) }
	count := func(name string, most float64, f func()) {
		t.Helper()
		got := testing.AllocsPerRun(50, f)
		t.Logf("%s: %.0f allocations", name, got)
		if got > most {
			t.Errorf("%s takes %.0f allocations, at most %.0f are expected", name, got, most)
		}
	}
	count("a new transaction", 120, func() {
		reset()
		c.verified = newMemory(10, 1<<20)
		wantCode(t, c.checkTx(raw), tx.OK)
	})
	advance := func(committed ...CommittedTx) { c.check.advance(c.store.Latest(), time.Now(), committed) }
	count("a recheck", 2, func() {
		advance()
		wantCode(t, c.recheck(raw), tx.OK)
	})
	count("a recheck after a block with another of its sender", 20, func() {
		advance(CommittedTx{sender: c.alice().Address()})
		wantCode(t, c.recheck(raw), tx.OK)
	})
}
