package store

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/cosmos/iavl"
)

// view is the state after one block: the tree of a checkpoint and what blocks changed since. The tree belongs to the
// readers' node cache: iavl's Set assigns fields of nodes that it shares (node.go, clone), so readers and the committing
// goroutine have nodes of their own.
type view struct {
	record
	tree   *iavl.ImmutableTree
	since  []diff // oldest first
	nodes  *nodes
	recent *recent
}

func (v *view) Height() int64 { return v.height }

func (v *view) Get(key []byte) []byte {
	if value, ok := v.recent.get(key, v.height); ok {
		return value
	}
	value := v.read(key)
	v.recent.fill(key, value, v.height)
	runtime.KeepAlive(v) // its version must not be pruned before the tree has been read
	return value
}

func (v *view) read(key []byte) []byte {
	changed := string(key)
	for _, d := range slices.Backward(v.since) {
		if c, ok := d.find(changed); ok {
			return c.value
		}
	}
	value, err := v.tree.Get(key)
	if err != nil {
		panic(fmt.Sprintf("store: cannot read key %x at height %d: %v", key, v.height, err))
	}
	return value
}

func (v *view) Range(start, end []byte, fn func(key, value []byte) bool) {
	overlaid(v.window(start, end), func(fn func(key, value []byte) bool) { v.walk(start, end, fn) }, fn)
	runtime.KeepAlive(v)
}

// window is what became of the keys in [start, end) since the checkpoint, ascending.
func (v *view) window(start, end []byte) []pair {
	if end != nil && bytes.Compare(start, end) >= 0 {
		return nil
	}
	first, last := string(start), string(end)
	var out []pair
	for _, d := range v.since {
		from, to := d.from(first), len(d.pairs)
		if end != nil {
			to = d.from(last)
		}
		out = newer(out, d.pairs[from:to])
	}
	return out
}

// walk is Range over the tree of the checkpoint.
func (v *view) walk(start, end []byte, fn func(key, value []byte) bool) {
	it, err := v.tree.Iterator(start, end, true)
	if err != nil {
		panic(fmt.Sprintf("store: cannot walk the tree at height %d: %v", v.height, err))
	}
	defer it.Close()
	for ; it.Valid(); it.Next() {
		if !fn(it.Key(), it.Value()) {
			break
		}
	}
	if err := v.nodes.failure(); err != nil {
		panic(fmt.Sprintf("store: cannot walk the tree at height %d: %v", v.height, err))
	}
}

// pins counts the views of each tree version that are still reachable. A pinned version is not pruned.
type pins struct {
	mu    sync.Mutex
	count map[int64]int
	gone  int64 // versions up to this one are pruned, or about to be
}

// hold pins a version, unless it is pruned already.
func (p *pins) hold(version int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if version > 0 && version <= p.gone {
		return false
	}
	p.count[version]++
	return true
}

func (p *pins) release(version int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.count[version]--; p.count[version] == 0 {
		delete(p.count, version)
	}
}

// drop gives up versions up to and including version, unless one that is not given up yet is pinned.
func (p *pins) drop(version int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for v := range p.count {
		if v > p.gone && v <= version {
			return false
		}
	}
	p.gone = max(p.gone, version)
	return true
}

// newView returns the view of a committed height, with what blocks changed since its checkpoint, and pins its tree version
// until the view is unreachable.
func (s *Store) newView(r record, since []diff) (*view, error) {
	if !s.pins.hold(r.version) {
		return nil, fmt.Errorf("height %d: %w", r.height, ErrPruned)
	}
	v := &view{record: r, since: since, nodes: s.nodes, recent: s.recent}
	if last := s.latest.Load(); last != nil && last.version == r.version {
		v.tree = last.tree
	} else if r.version == 0 {
		v.tree = s.readers.ImmutableTree // never loaded, so empty
	} else {
		tree, err := s.readers.GetImmutable(r.version)
		if err != nil {
			s.pins.release(r.version)
			return nil, fmt.Errorf("store: read the tree of height %d: %w", r.height, err)
		}
		v.tree = tree
	}
	runtime.AddCleanup(v, s.pins.release, r.version)
	return v, nil
}
