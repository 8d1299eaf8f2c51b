//go:build !race

package crypto

import "testing"

// TestAllocations: garbage is what a loaded node has too much of. The bounds leave room for another Go release, and for a
// collection that empties the pool.
func TestAllocations(t *testing.T) {
	claims := rightClaims(t, 256, 200)
	for _, c := range []struct{ claims, most int }{{1, 80}, {16, 200}, {256, 1200}} {
		got := testing.AllocsPerRun(20, func() { VerifyBatch(claims[:c.claims]) })
		t.Logf("%d claims: %.0f allocations", c.claims, got)
		if got > float64(c.most) {
			t.Errorf("verifying %d claims takes %.0f allocations, at most %d are expected", c.claims, got, c.most)
		}
	}
	if got := testing.AllocsPerRun(100, func() { TaggedHash("a tag", claims[0].Sig[:], claims[0].Hash[:]) }); got > 0 {
		t.Errorf("a tagged hash takes %.0f allocations, none is expected", got)
	}
}
