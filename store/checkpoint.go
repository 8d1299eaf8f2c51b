package store

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/cosmos/iavl"
	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/util"
)

// CheckpointHeights is how many heights share one tree on disk. The nodes that blocks make are written at heights that
// are multiples of it, and at the first block; in between a block's changes are written as they are, and the tree on disk
// with the changes since is the state. Most nodes are replaced before they would be written.
//
// It is a rule of consensus: a node's hash covers the version that it is saved with (iavl v1.3.6 node.go), so that roots
// depend on when trees are saved. docs/adr/0019-checkpoints.md argues for it.
const CheckpointHeights = 32

// isCheckpoint reports whether the tree is written at height, unless nothing has changed since it last was.
func (s *Store) isCheckpoint(height int64) bool {
	return height%s.checkpointHeights() == 0 || s.latest.Load().height == 0
}

func (s *Store) checkpointHeights() int64 {
	if s.options.checkpointHeights > 0 {
		return s.options.checkpointHeights
	}
	return CheckpointHeights
}

// diff is what a block changed, ascending.
type diff struct {
	height int64
	pairs  []pair
}

// from is where the keys from key on begin.
func (d diff) from(key string) int {
	n, _ := slices.BinarySearchFunc(d.pairs, key, func(p pair, key string) int { return strings.Compare(p.key, key) })
	return n
}

// find returns what became of key in the block, and whether the block changed it at all.
func (d diff) find(key string) (change, bool) {
	if n := d.from(key); n < len(d.pairs) && d.pairs[n].key == key {
		return d.pairs[n].change, true
	}
	return change{}, false
}

// newer merges two ascending lists of changes; of a key in both, that of b counts.
func newer(a, b []pair) []pair {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	}
	out := make([]pair, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch c := strings.Compare(a[0].key, b[0].key); {
		case c < 0:
			out, a = append(out, a[0]), a[1:]
		case c == 0:
			a = a[1:]
		default:
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// encode writes the format, then for each change its key's length and key, and 0 for a deletion, or 1 more than its
// value's length and the value. Lengths are varints.
func (d diff) encode() []byte {
	size := 1
	for _, p := range d.pairs {
		size += 2*binary.MaxVarintLen32 + len(p.key) + len(p.value)
	}
	b := append(make([]byte, 0, size), format)
	for _, p := range d.pairs {
		b = append(binary.AppendUvarint(b, uint64(len(p.key))), p.key...)
		if p.deleted {
			b = append(b, 0)
			continue
		}
		b = append(binary.AppendUvarint(b, uint64(len(p.value))+1), p.value...)
	}
	return b
}

// decodeDiff reads what encode writes, and nothing else. The values lie in b.
func decodeDiff(height int64, b []byte) (diff, error) {
	d := diff{height: height}
	bad := fmt.Errorf("changes of height %d are damaged or of another format", height)
	if len(b) < 2 || b[0] != format {
		return d, bad
	}
	b = b[1:]
	length := func() (n uint64, ok bool) {
		n, used := binary.Uvarint(b)
		if used <= 0 || used > 1 && b[used-1] == 0 { // cut off, too large, or not the shortest form
			return 0, false
		}
		b = b[used:]
		return n, true
	}
	take := func(n uint64) (field []byte, ok bool) {
		if n > uint64(len(b)) {
			return nil, false
		}
		field, b = b[:n:n], b[n:]
		return field, true
	}
	for last := ""; len(b) > 0; {
		n, ok := length()
		if !ok {
			return d, bad
		}
		key, ok := take(n)
		if !ok || string(key) <= last {
			return d, bad
		}
		last = string(key)
		if n, ok = length(); !ok {
			return d, bad
		}
		p := pair{key: last, change: change{deleted: n == 0}}
		if !p.deleted {
			if p.value, ok = take(n - 1); !ok {
				return d, bad
			}
		}
		d.pairs = append(d.pairs, p)
	}
	return d, nil
}

// readDiffs returns what blocks changed from the last checkpoint at or before height on, up to height, oldest first. The
// first block is a checkpoint and has no row, and none is before it.
func (s *Store) readDiffs(db leveldb.Reader, height int64) ([]diff, error) {
	from := height - height%s.checkpointHeights()
	it := db.NewIterator(&util.Range{Start: heightKey(keyChanges, from+1), Limit: heightKey(keyChanges, height+1)}, nil)
	defer it.Release()
	var diffs []diff
	for it.Next() {
		d, err := decodeDiff(heightOf(it.Key()), slices.Clone(it.Value()))
		if err != nil {
			return nil, err
		}
		diffs = append(diffs, d)
	}
	if err := it.Error(); err != nil {
		return nil, fmt.Errorf("read changes after height %d: %w", from, err)
	}
	return diffs, nil
}

// working is the tree that blocks change: what is on disk at a checkpoint, and the changes since, applied.
type working struct {
	*iavl.MutableTree
	committed iavl.ImmutableTree // after the last commit: what rewind goes back to
}

// keep makes the state of the tree the one that rewind goes back to. iavl never changes a node that a tree holds, but
// for children that it can read again; so a copy of the root is a copy of the state.
func (w *working) keep() { w.committed = *w.ImmutableTree }

// rewind drops what was changed since keep. iavl's Rollback would go back to the last checkpoint.
func (w *working) rewind() {
	committed := w.committed
	w.ImmutableTree = &committed
}

// apply writes changes into the tree, in their order: the shape of the tree, hence its root, depends on it.
func (w *working) apply(changes []pair) error {
	for _, c := range changes {
		if !c.deleted {
			if _, err := w.Set([]byte(c.key), c.value); err != nil {
				return fmt.Errorf("store: set key %x: %w", c.key, err)
			}
			continue
		}
		if _, found, err := w.Remove([]byte(c.key)); err != nil || !found {
			return fmt.Errorf("store: delete key %x (found: %v): %w", c.key, found, err)
		}
	}
	return nil
}
