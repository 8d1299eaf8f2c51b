package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/syndtr/goleveldb/leveldb/util"
)

// reachable adds all that a tree version needs on disk.
func reachable(t *testing.T, s *Store, version int64, need map[nodeID]bool) {
	t.Helper()
	if version == 0 {
		return
	}
	need[rootID(version)] = true
	for todo := []nodeID{rootID(version)}; len(todo) > 0; {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		value, err := s.nodes.read(id)
		if err != nil {
			t.Fatal(err)
		}
		c, err := below(value)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []nodeID{c.left, c.right} {
			if !id.isZero() && !need[id] {
				need[id] = true
				todo = append(todo, id)
			}
		}
	}
}

// What is on disk is what the kept heights need: not a node more, and none less. Small trees that empty, grow and shrink to
// one leaf have all kinds of roots; restarts make the store forget what it knew of old nodes.
func TestNoNodeIsLeftBehind(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(7, seed))
		o := Options{Dir: t.TempDir(), KeepVersions: 1 + r.Int64N(6), CacheNodes: 1 + r.IntN(50), checkpointHeights: 1 + r.Int64N(4)}
		keys := []int{1, 2, 3, 8, 200}[r.IntN(5)]
		s := openTest(t, o)
		for range 40 {
			if r.IntN(8) == 0 {
				s.Close()
				s = openTest(t, o)
			}
			over := NewOverlay(s.Latest())
			for range r.IntN(2 * keys) {
				key := fmt.Appendf(nil, "key/%d", r.IntN(keys))
				if r.IntN(2) == 0 {
					over.Delete(key)
				} else {
					over.Set(key, fmt.Append(nil, r.Uint32()))
				}
			}
			commitOverlay(t, s, over, nil)
		}
		// Views that nobody holds pin a version until they are collected: opened anew, the store has none, and goes on pruning.
		s.Close()
		s = openTest(t, o)
		for range 2 * o.checkpointHeights {
			commitOverlay(t, s, NewOverlay(s.Latest()), nil)
		}
		need := map[nodeID]bool{}
		for v := s.lowest.version; v <= s.latest.Load().version; v++ {
			reachable(t, s, v, need)
		}
		it := s.db.NewIterator(util.BytesPrefix([]byte{keyNode, iavlNode}), nil)
		for it.Next() {
			id := decodeNodeID(it.Key()[2:])
			if !need[id] {
				t.Errorf("seed %d, %+v: node %v is left behind, versions %d to %d are kept", seed, o, id, s.lowest.version, s.latest.Load().version)
			}
			delete(need, id)
		}
		it.Release()
		if len(need) > 0 {
			t.Errorf("seed %d, %+v: nodes %v are missing", seed, o, need)
		}
		for h := s.lowest.height; h <= s.Height(); h++ {
			v, err := s.At(h)
			if err != nil {
				t.Fatal(err)
			}
			v.Range(nil, nil, func(key, value []byte) bool {
				if !bytes.Equal(v.Get(key), value) {
					t.Fatalf("seed %d: height %d: %q", seed, h, key)
				}
				return true
			})
		}
		if t.Failed() {
			return
		}
	}
}

// Whatever bytes a damaged disk has for a node, they are no panic.
func FuzzChildrenIn(f *testing.F) {
	s := openTest(f, Options{})
	smallChain.commit(f, s)
	for nonce := range uint32(3) {
		value, err := s.nodes.read(nodeID{1, nonce + 1})
		if err != nil {
			f.Fatal(err)
		}
		if _, err := childrenIn(value); err != nil {
			f.Fatal(err)
		}
		if _, err := childrenIn(value[:len(value)-1]); err == nil {
			f.Fatalf("a node without its last byte is one: %x", value)
		}
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		c, err := childrenIn(value)
		if err == nil && c.left.isZero() != c.right.isZero() {
			t.Fatalf("%x has one child: %v", value, c)
		}
	})
}
