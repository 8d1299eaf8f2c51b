package app

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"testing"

	"blink/store"
)

// TestDeterminism runs the same blocks on nodes that have nothing in common but the blocks: other numbers of processors,
// other settings of the garbage collector, other caches, another history kept, some killed their process now and then.
// AppHash, result codes and validator updates must be the same after every block, on all of them and in memory. Go orders
// maps anew at each walk, so a range over one would show. make prove takes more and longer chains.
func TestDeterminism(t *testing.T) {
	blocks, instances := 200, 6
	if testing.Short() || raceDetector {
		blocks, instances = 100, 3
	}
	if n, set := environment(t, "PROVE_BLOCKS"); set {
		blocks, instances = int(n), 20
	}
	perChain := min(blocks, 1000)
	txs, codes := 0, map[string]int{}
	for chain := range blocks / perChain {
		r := newRecord(t, uint64(chain), perChain)
		for _, result := range r.results {
			txs += len(result.Receipts)
			for _, receipt := range result.Receipts {
				codes[receipt.Code.String()]++
			}
		}
		var want [][]byte
		for i := range instances {
			node := instanceOf(i)
			got := node.run(t, r)
			if want == nil {
				want = got
			}
			for b := range want {
				if !bytes.Equal(got[b], want[b]) {
					t.Fatalf("chain %d, height %d: %v ends in %x, %v in %x", chain, r.blocks[b].Height, node, got[b], instanceOf(0), want[b])
				}
			}
		}
	}
	t.Logf("%d blocks with %d transactions through %d instances: %v", blocks, txs, instances, codes)
}

// instance is how one node differs from the others.
type instance struct {
	processors int
	gcPercent  int
	restarts   int // it is closed and opened again after one block in so many; 0: never
	options    store.Options
}

func instanceOf(i int) instance {
	pick := func(from ...int) int { return from[i%len(from)] }
	return instance{
		processors: pick(1, 2, 8, 3),
		gcPercent:  pick(100, 20, 400, -1, 50),
		restarts:   pick(0, 5, 40),
		options: store.Options{
			KeepVersions: int64(pick(0, 1, 20, 5, 100, 2, 50)),
			CacheNodes:   pick(0, 16, 1000),
			Sync:         i%11 == 10,
		},
	}
}

// run replays a record and returns what consensus sees of each block, hashed; and after the last one compares every key
// with the chain that ran in memory.
func (n instance) run(t *testing.T, r *record) [][]byte {
	defer debug.SetGCPercent(debug.SetGCPercent(n.gcPercent))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n.processors))
	random := rand.New(rand.NewPCG(7, uint64(n.restarts)))
	n.options.Dir = t.TempDir()
	p := &replayed{t: t, options: n.options}
	p.begin(r)
	seen := make([][]byte, len(r.blocks))
	for i, b := range r.blocks {
		h := sha256.New()
		digest(h, p.apply(b))
		inMemory := sha256.New()
		digest(inMemory, r.results[i])
		if !bytes.Equal(h.Sum(nil), inMemory.Sum(nil)) {
			t.Fatalf("height %d: %v answers something else than the chain in memory", b.Height, n)
		}
		h.Write(p.root())
		seen[i] = h.Sum(nil)
		if n.restarts > 0 && random.IntN(n.restarts) == 0 {
			p.close()
			p.open()
		}
	}
	if stateDigest(p.store.Latest()) != stateDigest(r.state) {
		t.Fatalf("%v has another state than the chain in memory", n)
	}
	p.close()
	return seen
}

func (n instance) String() string {
	return fmt.Sprintf("a node (processors %d, GC %d %%, restarts 1/%d, keeps %d, caches %d, sync %t)",
		n.processors, n.gcPercent, n.restarts, n.options.KeepVersions, n.options.CacheNodes, n.options.Sync)
}
