package app

import (
	"testing"

	"blink/coin"
	"blink/genesis"
	"blink/store"
)

// TestEveryMissIsCounted walks block by block through a window that is far smaller than a chunk of misses: what it has
// passed is forgotten block by block, and a chunk as soon as its last block is.
func TestEveryMissIsCounted(t *testing.T) {
	s := &state{o: store.NewOverlay(void{}), params: &genesis.Params{DowntimeWindowBlocks: 3}}
	op := newPerson("v").address
	for n := uint64(1); n < 4*missChunk; n++ {
		if got, want := s.countMiss(op, n), min(n, 3); got != want {
			t.Fatalf("%d misses at %d, want %d", got, n, want)
		}
		var chunks []int
		scan(s.o, missesKey(op), func(k, b []byte) bool {
			if len(k) > len(missesKey(op)) {
				chunks = append(chunks, len(b))
			}
			return true
		})
		want := 1
		if n >= missChunk && n%missChunk < 2 {
			want = 2 // the window reaches into the chunk before
		}
		if len(chunks) != want || chunks[0] != missChunk/8 {
			t.Fatalf("at %d there are chunks of %v bytes, want %d", n, chunks, want)
		}
	}
}

// TestBusyBlocks: blocks with transactions or evidence are numbered from 1; the others, and strangers in a commit, leave
// no trace.
func TestBusyBlocks(t *testing.T) {
	c := newMemoryChain(t, testGenesis(testParams(), nil, []string{"v", "w"}, 0, coin.Blink))
	run := func(b Block) (busy uint64, written int) {
		o := c.memory.Fork()
		open(o, 2, c.time).recordAbsences(b)
		busy, written = busyBlocks(o), o.Len()
		o.Join()
		return busy, written
	}
	stranger := []Vote{{Address: [20]byte{9}, Power: 1, Absent: true}}
	for i, test := range []struct {
		block   Block
		busy    uint64
		written int
	}{
		{Block{LastCommit: stranger}, 0, 0},
		{Block{Txs: make([]Input, 1), LastCommit: stranger}, 1, 1},
		{Block{Evidence: make([]Evidence, 1), LastCommit: stranger}, 2, 1},
		{Block{}, 2, 0},
		{Block{Txs: make([]Input, 1), Evidence: make([]Evidence, 1)}, 3, 1},
	} {
		if busy, written := run(test.block); busy != test.busy || written != test.written {
			t.Errorf("%d: busy block %d, %d keys written, want %d and %d", i, busy, written, test.busy, test.written)
		}
	}
}
