package store

import (
	"errors"
	"fmt"
	"math"
	"sync/atomic"

	corestore "cosmossdk.io/core/store"
	"github.com/cosmos/iavl"
	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/iterator"
	"github.com/syndtr/goleveldb/leveldb/util"
)

// nodes is the part of the database that iavl sees: its keys under keyNode. iavl reads straight from the database; what
// it writes goes into the batch of the commit in progress and nowhere else, however often iavl asks to write or flush.
//
// iavl never needs to read back what the batch holds: views of a new version are made once it is on disk.
type nodes struct {
	db    *leveldb.DB
	batch *leveldb.Batch // of the commit in progress, else nil; owned by the goroutine that commits
	next  *successor     // the version that it saves; likewise
	key   []byte         // that capture makes; likewise

	// failed is the first read that failed. iavl's iterators take a failed read for the end of the tree (iavl v1.3.6
	// iterator.go), so everyone who uses them must look here afterwards.
	failed atomic.Pointer[error]
}

// errOutsideCommit is a bug in this package: iavl wrote when it had not been asked to.
var errOutsideCommit = errors.New("store: tree written outside Commit")

// nodeKeyLen is the length of iavl's node key: 's', version (8 bytes), nonce (4 bytes); nodedb.go of iavl v1.3.6.
const nodeKeyLen = 1 + nodeIDLen

// iavlNode is the first byte of a node's key in iavl.
const iavlNode = 's'

func (n *nodes) fail(err error) error {
	n.failed.CompareAndSwap(nil, &err)
	return err
}

// failure is the first read that failed, or nil.
func (n *nodes) failure() error {
	if err := n.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// Get returns the value of an iavl key, nil if there is none, and remembers what iavl might overlook: errors, nodes that
// do not decode, and missing nodes (only a root, nonce 1, may be asked for in vain).
func (n *nodes) Get(key []byte) ([]byte, error) {
	value, err := n.db.Get(prefixed(keyNode, key), nil)
	missing := errors.Is(err, leveldb.ErrNotFound)
	if err != nil && !missing {
		return nil, n.fail(fmt.Errorf("store: read tree node %x: %w", key, err))
	}
	if len(key) != nodeKeyLen || key[0] != iavlNode {
		return value, nil
	}
	if missing {
		if isRoot := key[12] <= 1 && key[11] == 0 && key[10] == 0 && key[9] == 0; !isRoot {
			return nil, n.fail(fmt.Errorf("store: tree node %x is missing", key))
		}
		return nil, nil
	}
	if _, elsewhere := referredRoot(value); len(value) > 0 && !elsewhere { // empty: the root of an empty tree
		if _, err := iavl.MakeNode(key[1:], value); err != nil {
			return nil, n.fail(fmt.Errorf("store: tree node %x is damaged: %w", key, err))
		}
	}
	return value, nil
}

// read returns an iavl node, or a root's row, that must be there.
func (n *nodes) read(id nodeID) ([]byte, error) {
	value, err := n.db.Get(id.encode([]byte{keyNode, iavlNode}), nil)
	if err != nil {
		return nil, n.fail(fmt.Errorf("store: read tree node %v: %w", id, err))
	}
	return value, nil
}

func (n *nodes) Has(key []byte) (bool, error) {
	ok, err := n.db.Has(prefixed(keyNode, key), nil)
	if err != nil {
		return false, n.fail(fmt.Errorf("store: read tree node %x: %w", key, err))
	}
	return ok, nil
}

func (n *nodes) Iterator(start, end []byte) (corestore.Iterator, error) {
	it := n.iterate(start, end)
	it.valid = it.First()
	return it, nil
}

func (n *nodes) ReverseIterator(start, end []byte) (corestore.Iterator, error) {
	it := n.iterate(start, end)
	it.reverse = true
	it.valid = it.Last()
	return it, nil
}

func (n *nodes) iterate(start, end []byte) *nodeIterator {
	r := util.Range{Start: prefixed(keyNode, start), Limit: []byte{keyNode + 1}}
	if end != nil {
		r.Limit = prefixed(keyNode, end)
	}
	return &nodeIterator{Iterator: n.db.NewIterator(&r, nil), nodes: n, start: start, end: end}
}

// keyOf is prefixed in memory that is used again: a batch copies what it is given.
func (n *nodes) keyOf(key []byte) []byte {
	n.key = append(append(n.key[:0], keyNode), key...)
	return n.key
}

func (n *nodes) NewBatch() corestore.Batch            { return capture{n} }
func (n *nodes) NewBatchWithSize(int) corestore.Batch { return capture{n} }
func (n *nodes) Close() error                         { return nil }
func prefixed(prefix byte, key []byte) []byte {
	return append(append(make([]byte, 0, 1+len(key)), prefix), key...)
}

// capture is the batch that iavl gets: everything goes on to the batch of the commit in progress.
type capture struct{ nodes *nodes }

// neverFlush keeps iavl from writing in mid-block; harmless if it did, as Write does nothing.
const neverFlush = math.MaxInt32

func (c capture) Set(key, value []byte) error {
	if c.nodes.batch == nil {
		return errOutsideCommit
	}
	if len(key) == nodeKeyLen && key[0] == iavlNode {
		c.nodes.next.saved(decodeNodeID(key[1:]), value)
	}
	c.nodes.batch.Put(c.nodes.keyOf(key), value)
	return nil
}

func (c capture) Delete(key []byte) error {
	if c.nodes.batch == nil {
		return errOutsideCommit
	}
	c.nodes.batch.Delete(c.nodes.keyOf(key))
	return nil
}

func (capture) Write() error              { return nil }
func (capture) WriteSync() error          { return nil }
func (capture) Close() error              { return nil }
func (capture) GetByteSize() (int, error) { return 0, nil }

// nodeIterator is goleveldb's iterator in the form that iavl wants. iavl uses it only to find versions when it loads.
type nodeIterator struct {
	iterator.Iterator
	nodes      *nodes
	start, end []byte
	reverse    bool
	valid      bool
}

func (it *nodeIterator) Domain() (start, end []byte) { return it.start, it.end }
func (it *nodeIterator) Valid() bool                 { return it.valid }
func (it *nodeIterator) Key() []byte                 { return append([]byte(nil), it.Iterator.Key()[1:]...) }
func (it *nodeIterator) Value() []byte               { return append([]byte(nil), it.Iterator.Value()...) }

func (it *nodeIterator) Next() {
	if it.reverse {
		it.valid = it.Iterator.Prev()
	} else {
		it.valid = it.Iterator.Next()
	}
}

func (it *nodeIterator) Close() error {
	err := it.Error()
	it.Release()
	return err
}

func (it *nodeIterator) Error() error {
	if err := it.Iterator.Error(); err != nil {
		return it.nodes.fail(fmt.Errorf("store: walk tree nodes: %w", err))
	}
	return nil
}
