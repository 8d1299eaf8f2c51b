package store

import "errors"

// Options says where a store lives and how it trades disk, memory and safety.
type Options struct {
	Dir string // folder of the database; made if missing, held by one process at a time

	// KeepVersions is how many of the last heights At can still show; 0 keeps all. The transaction index is always kept.
	KeepVersions int64

	// CacheNodes is how many tree nodes are held in memory, about 300 bytes each; 0 means DefaultCacheNodes.
	CacheNodes int

	// Sync makes Commit wait until the disk has the batch. Off by default: CometBFT replays blocks that the store lost
	// in a power cut, so the store may lag behind but can never be ahead. Turn it on only if blocks are pruned eagerly.
	Sync bool
}

// DefaultCacheNodes holds the whole tree of about 100 000 accounts, in some 60 MB.
const DefaultCacheNodes = 200_000

var (
	// ErrPruned is returned by At for a height that is no longer kept.
	ErrPruned = errors.New("store: height is pruned")

	// ErrFuture is returned by At for a height that is not committed yet.
	ErrFuture = errors.New("store: height is not committed yet")
)

// Store is an open state database. See the package comment for who may call what.
type Store struct{}

// Open opens the store in o.Dir, or makes an empty one, at the height of its last commit.
func Open(o Options) (*Store, error) { panic("soon") }

// Close ends all views and releases the folder. A staged block that was not committed is forgotten.
func (s *Store) Close() error { panic("soon") }

// Height is the height of the last commit; 0 before the first.
func (s *Store) Height() int64 { panic("soon") }

// Root is the root of the state at Height: 32 bytes, CometBFT's AppHash. The caller must not modify it.
func (s *Store) Root() []byte { panic("soon") }

// Latest is the state after the last commit. It is cheap and never waits.
func (s *Store) Latest() View { panic("soon") }

// At is the state after block height. Errors: ErrPruned, ErrFuture (with errors.Is), or a disk error.
func (s *Store) At(height int64) (View, error) { panic("soon") }

// Stage computes the root that the state has once the changes of o, an overlay over Latest, are applied, and keeps them
// with the index entries of the block's transactions for Commit. height is Height()+1. Staging again forgets the former
// staging; so does a crash. Before the first block, Stage(0, o, nil) returns the root of the genesis state, which is
// never committed by itself: block 1's overlay holds it too.
func (s *Store) Stage(height int64, o *Overlay, txs []TxEntry) (root []byte, err error) {
	panic("soon")
}

// Commit writes the staged block as one atomic batch and makes it Latest. After an error the store refuses further
// staging: the caller must halt, and a restart finds the state before or after the block.
func (s *Store) Commit() error { panic("soon") }
