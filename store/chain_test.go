package store

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/syndtr/goleveldb/leveldb/util"
)

// testChain makes blocks out of nothing but a seed and a height, so that any process can tell what state a height has.
type testChain struct {
	seed    uint64
	keys    int // how many keys there are to write to
	changes int // how many changes a block has, about
	value   int // bytes of a value
}

// block returns the changes of a block; a nil value is a deletion. Each fourth block is quiet.
func (c testChain) block(height int64) (changes map[string][]byte, txs []TxEntry) {
	r := rand.New(rand.NewPCG(c.seed, uint64(height)))
	changes = make(map[string][]byte)
	if height%4 == 3 {
		return changes, nil
	}
	for range c.changes {
		key := fmt.Sprintf("key/%06d", r.IntN(c.keys))
		value := make([]byte, r.IntN(c.value+1))
		for i := range value {
			value[i] = byte(r.Uint32())
		}
		if r.IntN(5) == 0 {
			value = nil
		}
		changes[key] = value
	}
	for i := range 1 + r.IntN(3) {
		txs = append(txs, c.tx(height, uint32(i)))
	}
	return changes, txs
}

func (c testChain) tx(height int64, index uint32) TxEntry {
	e := TxEntry{Height: height, Index: index, Code: index % 2, Time: height * 1000}
	copy(e.ID[:], fmt.Sprintf("tx %d %d %d", c.seed, height, index))
	e.Accounts = [][]byte{[]byte("everyone"), []byte(fmt.Sprintf("account %d", height%3))}
	return e
}

func (m model) apply(changes map[string][]byte) {
	for k, v := range changes {
		if v == nil {
			delete(m, k)
		} else {
			m[k] = string(v)
		}
	}
}

// stateAt replays the model to a height.
func (c testChain) stateAt(height int64) model {
	m := model{}
	for h := int64(1); h <= height; h++ {
		changes, _ := c.block(h)
		m.apply(changes)
	}
	return m
}

// states are those of all heights up to one, by height.
func (c testChain) states(height int64) []model {
	states := []model{{}}
	for h := int64(1); h <= height; h++ {
		state := maps.Clone(states[h-1])
		changes, _ := c.block(h)
		state.apply(changes)
		states = append(states, state)
	}
	return states
}

// stage stages the next block of the chain.
func (c testChain) stage(s *Store) ([]byte, error) {
	height := s.Height() + 1
	o := NewOverlay(s.Latest())
	changes, txs := c.block(height)
	for k, v := range changes {
		if v == nil {
			o.Delete([]byte(k))
		} else {
			o.Set([]byte(k), v)
		}
	}
	root, err := s.Stage(height, o, txs)
	s.SetMeta("last block", fmt.Append(nil, height))
	return root, err
}

// commit executes the next block of the chain and returns its root.
func (c testChain) commit(t testing.TB, s *Store) []byte {
	t.Helper()
	root, err := c.stage(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(s.Root(), root) {
		t.Fatalf("committed root %x, staged %x", s.Root(), root)
	}
	return root
}

// commitOverlay commits what o changes as the next block.
func commitOverlay(t testing.TB, s *Store, o *Overlay, txs []TxEntry) {
	t.Helper()
	if _, err := s.Stage(s.Height()+1, o, txs); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
}

// nodesOnDisk counts iavl's rows.
func nodesOnDisk(s *Store) (n int) {
	it := s.db.NewIterator(util.BytesPrefix([]byte{keyNode}), nil)
	defer it.Release()
	for it.Next() {
		n++
	}
	return n
}

// check compares the whole store with the model at its height: keys, index, facts.
func (c testChain) check(t testing.TB, s *Store, state model) {
	t.Helper()
	sameRange(t, s.Latest(), state, nil, nil, noLimit)
	want := map[Cursor]bool{}
	for h := int64(1); h <= s.Height()+1; h++ {
		_, txs := c.block(h)
		for _, e := range txs {
			got, found, err := s.Tx(e.ID)
			if err != nil || found != (h <= s.Height()) {
				t.Fatalf("height %d: Tx(%d.%d): found %v, error %v", s.Height(), h, e.Index, found, err)
			}
			if found {
				want[Cursor{e.Height, e.Index}] = true
				if got.Height != h || got.Index != e.Index || got.Code != e.Code || got.Time != e.Time || len(got.Accounts) != 2 {
					t.Fatalf("Tx(%d.%d) = %+v", h, e.Index, got)
				}
			}
		}
	}
	have, cursor := map[Cursor]bool{}, Cursor{}
	for {
		page, next, err := s.TxsOf([]byte("everyone"), cursor, 7)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page {
			have[Cursor{e.Height, e.Index}] = true
		}
		if cursor = next; next.IsZero() {
			break
		}
	}
	if !maps.Equal(have, want) {
		t.Fatalf("height %d: account has %d transactions, want %d", s.Height(), len(have), len(want))
	}
}

func openTest(t testing.TB, o Options) *Store {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
