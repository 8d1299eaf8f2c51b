package store

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/cosmos/iavl"
	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/storage"
)

// Options says where a store lives and how it trades disk, memory and safety.
type Options struct {
	Dir string // folder of the database; made if missing, held by one process at a time

	// KeepVersions is at least how many of the last heights At can show; 0 keeps all. The transaction index is always kept.
	KeepVersions int64

	// CacheNodes is how many tree nodes are held in memory, about 300 bytes each; 0 means DefaultCacheNodes.
	CacheNodes int

	// WriteBuffer is how many bytes gather in memory, twice at most, before they become a table on disk: MinWriteBuffer to
	// MaxWriteBuffer, 0 means DefaultWriteBuffer. Validators execute the same blocks: with buffers of one size all of them write tables,
	// and merge them, at the same moments, and finality waits for it. Give each another one.
	WriteBuffer int

	// Sync makes Commit wait until the disk has the batch. Off by default: CometBFT's block store has the block, synced,
	// before it is committed here, and on start CometBFT replays every block above the store's height. So the store may lag behind after
	// a power cut, and it can never be ahead. Turn it on if blocks are pruned right after they are committed.
	Sync bool

	checkpointHeights int64 // of tests, instead of CheckpointHeights
}

// Options.WriteBuffer, in bytes.
const (
	MinWriteBuffer     = 5 << 20
	DefaultWriteBuffer = 8 << 20
	MaxWriteBuffer     = 12 << 20
)

// DefaultCacheNodes holds the whole tree of about 50 000 accounts, in some 30 MB.
const DefaultCacheNodes = 100_000

var (
	// ErrPruned is returned by At for a height that is no longer kept.
	ErrPruned = errors.New("store: height is pruned")

	// ErrFuture is returned by At for a height that is not committed yet.
	ErrFuture = errors.New("store: height is not committed yet")

	// ErrLocked is returned by Open when another process, or another Store of this one, has the folder open.
	ErrLocked = errors.New("store: folder is in use by another process")

	// ErrDamaged is returned by Open when what is on disk is no state that Commit can have written.
	ErrDamaged = errors.New("store: damaged")

	// ErrClosed is returned by a closed store.
	ErrClosed = errors.New("store: closed")
)

// Store is an open state database. See the package comment for who may call what.
type Store struct {
	options Options
	disk    storage.Storage
	db      *leveldb.DB
	nodes   *nodes
	readers *iavl.MutableTree // never written; its node cache is the views'
	pins    *pins
	recent  *recent
	latest  atomic.Pointer[view] // swapped by Commit; readers take it from served
	gate    sync.RWMutex         // shut while a block is announced

	metaMu sync.RWMutex
	meta   map[string][]byte // facts on disk and those that wait for the next Commit
	closed atomic.Bool

	// What follows belongs to the goroutine that stages and commits.
	tree    working
	staged  *staged
	links   links
	batch   leveldb.Batch   // of staged, unless that is huge; its memory is used again
	unsaved map[string]bool // facts that wait for the next Commit
	lowest  record          // the oldest height that is kept, a checkpoint; zero before the first block
	broken  error           // why nothing can be staged any more
}

// Height is the height of the last commit; 0 before the first.
func (s *Store) Height() int64 { return s.served().height }

// Root is the root of the state at Height: 32 bytes, CometBFT's AppHash. An empty state has the SHA-256 of nothing.
// The caller must not modify it.
func (s *Store) Root() []byte { return s.served().root[:] }

// Latest is the state after the last commit. It is cheap, and waits only while a block is announced.
func (s *Store) Latest() View { return s.served() }

// served is what readers may see.
func (s *Store) served() *view {
	s.gate.RLock()
	defer s.gate.RUnlock()
	return s.latest.Load()
}

// Announce makes readers wait until done is called: before Commit, clients can then be told what the staged block came to,
// and what they read afterwards is not from before it. Views that were taken earlier do not wait. It is for the goroutine
// that stages and commits, which must not read in between.
func (s *Store) Announce() (done func()) {
	s.gate.Lock()
	return s.gate.Unlock
}

// At is the state after block height. Errors: ErrPruned and ErrFuture (for errors.Is), or a disk error.
func (s *Store) At(height int64) (View, error) {
	last := s.served()
	if height == last.height {
		return last, nil
	}
	if height > last.height {
		return nil, fmt.Errorf("height %d: %w (last is %d)", height, ErrFuture, last.height)
	}
	disk, err := s.db.GetSnapshot() // pruning must not take changes away that the record needs
	if err != nil {
		return nil, fmt.Errorf("store: read height %d: %w", height, err)
	}
	defer disk.Release()
	b, err := disk.Get(heightKey(keyRecord, height), nil)
	if errors.Is(err, leveldb.ErrNotFound) {
		return nil, fmt.Errorf("height %d: %w", height, ErrPruned)
	}
	if err != nil {
		return nil, fmt.Errorf("store: read record of height %d: %w", height, err)
	}
	r, err := decodeRecord(height, b)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	since, err := s.readDiffs(disk, height)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	v, err := s.newView(r, since)
	if err != nil {
		return nil, err
	}
	return v, nil
}

// Close ends all views and releases the folder: stop all readers first. An announced block is waited for, and a staged
// one that was neither announced nor committed is forgotten.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	s.gate.Lock()
	defer s.gate.Unlock()
	s.broken = ErrClosed
	return errors.Join(s.tree.Close(), s.readers.Close(), s.db.Close(), s.disk.Close())
}

// rootOf returns the root hash of a tree as an array.
func rootOf(hash []byte) (root [32]byte, err error) {
	if len(hash) != len(root) {
		return root, fmt.Errorf("store: tree has a root of %d bytes", len(hash))
	}
	copy(root[:], hash)
	return root, nil
}

func (r record) hasRoot(hash []byte) bool { return bytes.Equal(r.root[:], hash) }
