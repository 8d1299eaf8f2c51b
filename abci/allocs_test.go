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
	reset := func() { c.check.reset(c.store.Latest(), time.Now(), nil) }
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
	count("a recheck", 20, func() {
		reset()
		wantCode(t, c.recheck(raw), tx.OK)
	})
}
