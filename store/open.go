package store

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"syscall"

	"github.com/cosmos/iavl"
	"github.com/syndtr/goleveldb/leveldb"
	lerrors "github.com/syndtr/goleveldb/leveldb/errors"
	"github.com/syndtr/goleveldb/leveldb/filter"
	"github.com/syndtr/goleveldb/leveldb/opt"
	"github.com/syndtr/goleveldb/leveldb/storage"
)

// Open opens the store in o.Dir, or makes an empty one, at the height of its last commit. Errors: ErrLocked and
// ErrDamaged (for errors.Is), or what the file system says.
func Open(o Options) (*Store, error) {
	if o.Dir == "" {
		return nil, errors.New("store: Options.Dir must be a folder, was empty")
	}
	if o.KeepVersions < 0 {
		return nil, fmt.Errorf("store: Options.KeepVersions must be at least 0, was %d", o.KeepVersions)
	}
	if o.CacheNodes < 0 {
		return nil, fmt.Errorf("store: Options.CacheNodes must be at least 0, was %d", o.CacheNodes)
	}
	if o.WriteBuffer == 0 {
		o.WriteBuffer = DefaultWriteBuffer
	}
	if o.WriteBuffer < MinWriteBuffer || o.WriteBuffer > MaxWriteBuffer {
		return nil, fmt.Errorf("store: Options.WriteBuffer must be %d to %d, was %d", MinWriteBuffer, MaxWriteBuffer, o.WriteBuffer)
	}
	disk, err := storage.OpenFile(o.Dir, false)
	if errors.Is(err, storage.ErrLocked) || errors.Is(err, syscall.EAGAIN) {
		return nil, fmt.Errorf("%w: %s: stop the other node, or give this one a home of its own", ErrLocked, o.Dir)
	}
	if err != nil {
		return nil, fmt.Errorf("store: cannot open folder %s: %w", o.Dir, err)
	}
	s, err := open(disk, o, &opt.Options{
		Filter:             filter.NewBloomFilter(10),
		BlockCacheCapacity: 16 * opt.MiB,
		WriteBuffer:        o.WriteBuffer,
		// Tables are merged when there are many, and not because they are often read: bloom filters answer most of that.
		DisableSeeksCompaction: true,
		// Ten times this is what level 1 may hold. A new table has keys of all kinds, so that all of level 1 is merged with it:
		// that must stay small. Nodes of the tree, whose keys ascend, move on to level 2 as they are.
		CompactionTotalSize: opt.MiB,
	})
	if err != nil {
		return nil, errors.Join(err, disk.Close())
	}
	return s, nil
}

// open is Open on any storage. It recovers nothing by itself: goleveldb reads the whole batches of its journal, and what
// they say is checked.
func open(disk storage.Storage, o Options, tuning *opt.Options) (*Store, error) {
	db, err := leveldb.Open(disk, tuning)
	if err != nil {
		if lerrors.IsCorrupted(err) {
			return nil, damaged(o.Dir, err)
		}
		return nil, fmt.Errorf("store: cannot open the database in %s: %w", o.Dir, err)
	}
	s := &Store{
		options: o,
		disk:    disk,
		db:      db,
		nodes:   &nodes{db: db},
		pins:    &pins{count: make(map[int64]int)},
		unsaved: make(map[string]bool),
	}
	if err := s.load(); err != nil {
		return nil, errors.Join(damaged(o.Dir, err), db.Close())
	}
	return s, nil
}

// load brings the store to the recorded height.
func (s *Store) load() error {
	height, err := readHead(s.db)
	if err != nil {
		return err
	}
	head := record{root: sha256.Sum256(nil)}
	var since []diff
	if height > 0 {
		if head, err = readRecord(s.db, height); err != nil {
			return err
		}
		if s.lowest, err = s.findLowest(height); err != nil {
			return err
		}
		s.pins.gone = s.lowest.version - 1
		if since, err = s.readDiffs(s.db, height); err != nil {
			return err
		}
	}
	if s.meta, err = readMeta(s.db); err != nil {
		return err
	}
	cache := s.options.CacheNodes
	if cache == 0 {
		cache = DefaultCacheNodes
	}
	s.tree.MutableTree, s.readers = s.newTree(cache-cache/4), s.newTree(cache/4) // readers have recent values besides
	found, err := s.tree.LoadVersion(head.version)
	if err != nil {
		return fmt.Errorf("load tree version %d of height %d: %w", head.version, height, err)
	}
	if found != head.version {
		return fmt.Errorf("height %d has tree version %d, but the disk holds version %d", height, head.version, found)
	}
	for _, d := range since {
		if err := s.tree.apply(d.pairs); err != nil {
			return fmt.Errorf("changes of height %d: %w", d.height, err)
		}
	}
	if hash := s.tree.WorkingHash(); !head.hasRoot(hash) {
		return fmt.Errorf("height %d has root %x, but its tree has root %x", height, head.root, hash)
	}
	s.tree.keep()
	if err := s.nodes.failure(); err != nil {
		return err
	}
	s.recent = newRecent(head.height)
	v, err := s.newView(head, since)
	if err != nil {
		return err
	}
	s.latest.Store(v)
	return nil
}

// newTree returns a tree over the database without iavl's fast index, which can serve wrong values after a crash.
func (s *Store) newTree(cache int) *iavl.MutableTree {
	return iavl.NewMutableTree(s.nodes, cache, true, iavl.NewNopLogger(), iavl.FlushThresholdOption(neverFlush))
}

// unsyncedHeights is more than the number of commits that can be in files which the disk has not been asked to sync:
// two journals of at most MaxWriteBuffer each, at some 150 bytes for a block that changes nothing.
const unsyncedHeights = 250_000

// findLowest returns the oldest record, and makes sure that no record is missing among the last ones. A power cut may
// take any part of a journal that was not synced, and goleveldb goes on after a gap; a store with a gap is no store.
func (s *Store) findLowest(height int64) (record, error) {
	first := s.db.NewIterator(recordsFrom(0), nil)
	defer first.Release()
	if !first.First() {
		return record{}, errors.Join(fmt.Errorf("height %d has no record", height), first.Error())
	}
	lowest, err := decodeRecord(heightOf(first.Key()), first.Value())
	if err != nil {
		return record{}, err
	}
	want := max(lowest.height, height-unsyncedHeights)
	it := s.db.NewIterator(recordsFrom(want), nil)
	defer it.Release()
	for ; it.Next(); want++ {
		if have := heightOf(it.Key()); have != want {
			return record{}, fmt.Errorf("the record of height %d is missing, the next one is %d: the disk lost a write", want, have)
		}
	}
	if want != height+1 {
		return record{}, errors.Join(fmt.Errorf("the record of height %d is missing", want), it.Error())
	}
	return lowest, it.Error()
}

// damaged wraps why the state on disk cannot be used in what the operator can do about it.
func damaged(dir string, err error) error {
	return fmt.Errorf("%w: %s: %w: move this folder away and start again, the node then rebuilds its state from its blocks",
		ErrDamaged, dir, err)
}
