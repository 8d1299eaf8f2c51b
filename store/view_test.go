package store

import (
	"bytes"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"
)

// Readers see one state each, however many blocks are committed and heights pruned meanwhile.
func TestConcurrentReaders(t *testing.T) {
	chain := testChain{seed: 5, keys: 200, changes: 30, value: 20}
	const blocks = 150
	states := chain.states(blocks)
	s := openTest(t, Options{KeepVersions: 4, CacheNodes: 64, checkpointHeights: 5})
	done := make(chan struct{})
	var readers sync.WaitGroup
	for n := range 4 {
		readers.Go(func() {
			for turn := n; ; turn++ {
				select {
				case <-done:
					return
				default:
				}
				v := s.Latest()
				if turn%3 == 0 {
					old, err := s.At(max(1, v.Height()-int64(turn%6)))
					if errors.Is(err, ErrPruned) || errors.Is(err, ErrFuture) {
						continue
					}
					if err != nil {
						t.Error(err)
						return
					}
					v = old
				}
				state := states[v.Height()]
				for k := range state {
					if got := v.Get([]byte(k)); !bytes.Equal(got, []byte(state[k])) || got == nil {
						t.Errorf("height %d: Get(%s) = %x, want %x", v.Height(), k, got, state[k])
						return
					}
				}
				count := 0
				v.Range(nil, nil, func(k, value []byte) bool {
					if count++; state[string(k)] != string(value) {
						t.Errorf("height %d: Range shows %s = %x, want %x", v.Height(), k, value, state[string(k)])
					}
					return true
				})
				if count != len(state) {
					t.Errorf("height %d: Range shows %d keys, want %d", v.Height(), count, len(state))
					return
				}
				if _, _, err := s.TxsOf([]byte("everyone"), Cursor{}, 20); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range blocks {
		chain.commit(t, s)
		time.Sleep(time.Millisecond)
	}
	close(done)
	readers.Wait()
}

// A height stays whole as long as someone looks at it, and goes when nobody does.
func TestPruningWaitsForViews(t *testing.T) {
	for _, every := range []int64{1, 4} {
		s := openTest(t, Options{KeepVersions: 3, checkpointHeights: every})
		for range 10 {
			smallChain.commit(t, s)
		}
		held, err := s.At(9)
		if err != nil {
			t.Fatal(err)
		}
		for range 40 {
			runtime.GC() // views that nobody holds any more
			smallChain.commit(t, s)
			time.Sleep(time.Millisecond)
		}
		sameRange(t, held, smallChain.stateAt(9), nil, nil, noLimit)
		if _, err := s.At(9 - 9%every - 1); !errors.Is(err, ErrPruned) {
			t.Fatalf("checkpoints every %d: At(%d): %v", every, 9-9%every-1, err)
		}
		runtime.KeepAlive(held)
		held = nil
		for range 60 {
			runtime.GC()
			smallChain.commit(t, s)
			time.Sleep(time.Millisecond)
		}
		if _, err := s.At(20); !errors.Is(err, ErrPruned) {
			t.Fatalf("checkpoints every %d: At(20): %v", every, err)
		}
		for h := s.Height() - 2; h <= s.Height(); h++ {
			v, err := s.At(h)
			if err != nil {
				t.Fatal(err)
			}
			sameRange(t, v, smallChain.stateAt(h), nil, nil, noLimit)
		}
	}
}

// What is pruned leaves the disk: a store that pruned all along holds little more than one that never had a past.
func TestPruningFreesNodes(t *testing.T) {
	s := openTest(t, Options{KeepVersions: 2, checkpointHeights: 2})
	for range 200 {
		smallChain.commit(t, s)
		runtime.GC()
	}
	live := 2*len(smallChain.stateAt(200)) - 1
	if n := nodesOnDisk(s); n > 4*live {
		t.Fatalf("%d nodes for a state of %d", n, live)
	}
	all := openTest(t, Options{checkpointHeights: 2})
	for range 200 {
		smallChain.commit(t, all)
	}
	t.Logf("nodes: state %d, pruned store %d, full store %d", live, nodesOnDisk(s), nodesOnDisk(all))
	for _, h := range []int64{1, 77, 200} {
		v, err := all.At(h)
		if err != nil {
			t.Fatal(err)
		}
		sameRange(t, v, smallChain.stateAt(h), nil, nil, noLimit)
	}
}
