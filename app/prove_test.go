package app

import (
	"os"
	"strconv"
	"testing"
	"time"
)

// TestProve runs the property on as many operations as PROVE_OPS says (make prove), over all cores, or on the one
// sequence that PROVE_SEED names, to see a failure again. PROVE_FIRST is the first seed, PROVE_SECONDS ends it earlier.
func TestProve(t *testing.T) {
	if seed, one := environment(t, "PROVE_SEED"); one {
		w := runSequence(t, seed, 1)
		t.Logf("seed %d: %d blocks agree", seed, w.blocks)
		return
	}
	operations, asked := environment(t, "PROVE_OPS")
	if !asked {
		t.Skip("make prove runs this: it takes the better part of an hour")
	}
	x := sequences{operations: int(operations), auditEvery: 8}
	x.first, _ = environment(t, "PROVE_FIRST")
	if seconds, limited := environment(t, "PROVE_SECONDS"); limited {
		x.deadline = time.Now().Add(time.Duration(seconds) * time.Second)
	}
	t.Log(runSequences(t, x))
}

// environment reads a number; false: it is not set.
func environment(t *testing.T, name string) (uint64, bool) {
	text := os.Getenv(name)
	if text == "" {
		return 0, false
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s must be a number: %v", name, err)
	}
	return n, true
}
