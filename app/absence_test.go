package app

import (
	"math/rand/v2"
	"testing"

	"blink/genesis"
	"blink/store"
)

// TestMissesAgainstList compares the chunked window with a plain list of misses, across chunk borders and long gaps.
func TestMissesAgainstList(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(3, seed))
		window := 1 + r.Uint64N(3*missChunk)
		s := &state{o: store.NewOverlay(void{}), params: &genesis.Params{DowntimeWindowBlocks: int64(window)}}
		op := newPerson("val").address
		var list []uint64
		for n := uint64(1); n < 6*missChunk; n += 1 + r.Uint64N(1<<r.IntN(12)) {
			list = append(list, n)
			want := uint64(0)
			for _, m := range list {
				if m+window > n {
					want++
				}
			}
			if got := s.countMiss(op, n); got != want {
				t.Fatalf("seed %d, window %d: %d misses at %d, want %d", seed, window, got, n, want)
			}
		}
		chunks := 0
		scan(s.o, missesKey(op), func(_, _ []byte) bool { chunks++; return true })
		if most := int(window/missChunk) + 3; chunks > most {
			t.Errorf("window %d keeps %d records, want at most %d", window, chunks, most)
		}
		s.resetMisses(op)
		scan(s.o, missesKey(op), func(_, _ []byte) bool { t.Error("reset leaves records"); return false })
	}
}
