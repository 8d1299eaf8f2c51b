package store

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/opt"
)

// staged is a block between Stage and Commit.
type staged struct {
	record
	changes []pair         // what the block really changes, ascending
	saves   bool           // writes the tree, with a new version
	batch   *leveldb.Batch // of Commit; holds the index entries already
}

// Stage computes the root that the state has once the changes of o, an overlay over Latest, are applied, and keeps them
// with the index entries of the block's transactions for Commit. Setting a value that is there already, or deleting what
// is not, changes nothing: a block of such changes leaves the root as it was.
//
// height is Height()+1, or any from 1 on for the first block: the caller knows where its chain begins. Staging again
// forgets the former staging; so does a crash. Before the first block, Stage(0, o, nil) returns the root of the genesis
// state, which is never committed by itself: the first block's overlay holds it too. Stage does not modify o, but keeps
// its values.
//
// An error is either a mistake of the caller's, named as such, or a disk that fails: the caller must halt.
func (s *Store) Stage(height int64, o *Overlay, txs []TxEntry) (root []byte, err error) {
	if s.broken != nil {
		return nil, s.broken
	}
	last := s.latest.Load()
	switch {
	case last.height == 0 && (height > 0 || height == 0 && len(txs) == 0): // the genesis state or the first block
	case height != last.height+1:
		return nil, fmt.Errorf("store: staged height must be %d, was %d", last.height+1, height)
	}
	if v, ok := o.parent.(*view); !ok || v.nodes != s.nodes {
		return nil, errors.New("store: staged overlay must be over a view of this store")
	} else if v.root != last.root {
		return nil, fmt.Errorf("store: staged overlay must be over height %d, was over %d", last.height, v.height)
	}
	s.staged = nil
	s.tree.rewind()
	changes, err := s.realChanges(last, o)
	if err != nil {
		return nil, err
	}
	st := &staged{record: last.record, changes: changes, saves: s.isCheckpoint(height) && len(changes)+len(last.since) > 0}
	st.height = height
	st.batch = s.batchFor(st, last)
	if err := s.index(st.batch, height, txs); err != nil {
		return nil, err
	}
	if len(changes) > 0 {
		if err := s.tree.apply(changes); err != nil {
			s.tree.rewind()
			return nil, err
		}
		if st.root, err = rootOf(s.tree.WorkingHash()); err != nil {
			return nil, err
		}
	}
	if st.saves {
		st.version++
	}
	s.staged = st
	return bytes.Clone(st.root[:]), nil
}

const (
	// bytesPerChange is about what a change puts into the batch: a leaf, and as many inner nodes as leaves in a new tree.
	bytesPerChange = 320
	// usualBatch is what a full block needs.
	usualBatch = 4 << 20 // bytes
)

// batchFor returns an empty batch with room for what a block changes, and all blocks since the last checkpoint if it is one
// itself. The memory of the last one is used again, unless the changes are as many as a genesis can have: goleveldb makes
// a batch of many records grow by small steps, each of which copies it, and what has grown so large is not to be kept.
func (s *Store) batchFor(st *staged, last *view) *leveldb.Batch {
	changes := len(st.changes)
	if st.saves {
		for _, d := range last.since {
			changes += len(d.pairs)
		}
	}
	if size := bytesPerChange * changes; size > usualBatch {
		return leveldb.MakeBatch(size)
	}
	s.batch.Reset()
	return &s.batch
}

// realChanges leaves out what changes nothing: iavl gives a leaf a new version, hence the tree a new root, even if a
// value is set to what it was. What nobody read lately is read from the working tree, which needs those nodes next.
func (s *Store) realChanges(last *view, o *Overlay) ([]pair, error) {
	changes := make([]pair, 0, o.Len())
	for _, key := range o.keys() {
		c := o.changes[key]
		now, known := s.recent.get([]byte(key), last.height)
		if !known {
			var err error
			if now, err = s.tree.Get([]byte(key)); err != nil {
				return nil, fmt.Errorf("store: read key %x: %w", key, err)
			}
		}
		if c.deleted && now == nil || !c.deleted && now != nil && bytes.Equal(c.value, now) {
			continue
		}
		changes = append(changes, pair{key, c})
	}
	return changes, nil
}

// Commit writes the staged block as one atomic batch and makes it Latest. After an error the store refuses further work:
// the caller must halt, and a restart finds the state before or after the block.
func (s *Store) Commit() error {
	if s.broken != nil {
		return s.broken
	}
	st := s.staged
	if st == nil || st.height == 0 {
		return errors.New("store: Commit without a staged block")
	}
	s.staged = nil
	if err := s.commit(st); err != nil {
		s.broken = fmt.Errorf("store: commit of height %d failed: %w", st.height, err)
		return s.broken
	}
	return nil
}

// commit fills the batch, writes it, and only then lets readers see the block. A crash before the write ends leaves the
// former height: goleveldb's journal keeps a batch whole or not at all.
func (s *Store) commit(st *staged) error {
	lowest, err := s.prune(st)
	if err != nil {
		return fmt.Errorf("prune: %w", err)
	}
	if st.saves {
		if err := s.saveTree(st); err != nil {
			return err
		}
	}
	// Reads that failed may have misled iavl; nothing of it may reach the disk.
	if err := s.nodes.failure(); err != nil {
		return err
	}
	var since []diff
	if !s.isCheckpoint(st.height) {
		since = slices.Clip(s.latest.Load().since)
		if len(st.changes) > 0 {
			d := diff{st.height, st.changes}
			since = append(since, d)
			st.batch.Put(heightKey(keyChanges, st.height), d.encode())
		}
	}
	st.batch.Put(heightKey(keyRecord, st.height), st.encode())
	st.batch.Put([]byte{keyHead}, encodeHead(st.height))
	s.saveMeta(st.batch)
	if err := s.db.Write(st.batch, &opt.WriteOptions{Sync: s.options.Sync}); err != nil {
		return fmt.Errorf("write: %w", err)
	}

	clear(s.unsaved)
	s.lowest = lowest
	s.tree.keep()
	s.recent.advance(st.height, st.changes)
	v, err := s.newView(st.record, since)
	if err != nil {
		return err
	}
	s.latest.Store(v)
	return nil
}

// saveTree puts the nodes of the new tree into the batch, and what the former one leaves behind.
func (s *Store) saveTree(st *staged) error {
	next := &successor{links: &s.links, kept: make(map[nodeID]bool)}
	s.nodes.batch, s.nodes.next = st.batch, next
	defer func() { s.nodes.batch, s.nodes.next = nil, nil }()
	hash, version, err := s.tree.SaveVersion()
	if err != nil {
		return fmt.Errorf("save tree: %w", err)
	}
	if version != st.version || !st.hasRoot(hash) {
		return fmt.Errorf("saved tree has version %d and root %x, staged were %d and %x", version, hash, st.version, st.root)
	}
	if err := s.garbage(st.batch, st.version-1, next); err != nil {
		return fmt.Errorf("what the former tree leaves behind: %w", err)
	}
	return nil
}
