package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/util"
)

// The keys of the database by their first byte.
const (
	keyAccountTx = 'A' // account length, account, inverted height, inverted index -> transaction id
	keyGarbage   = 'B' // tree version -> nodes that it has and the next one has not
	keyHead      = 'C' // -> height of the last commit
	keyChanges   = 'D' // height -> what its block changed, unless the tree was written at it
	keyRecord    = 'H' // height -> record
	keyMeta      = 'M' // name -> fact about the chain
	keyNode      = 'N' // iavl's keys
	keyTx        = 'X' // transaction id -> entry
)

// format is the first byte of each value that this package encodes.
const format = 2

// record is what is known of a height. Its state is that of the tree version, which was written at the last checkpoint at
// which something had changed, and what blocks changed since the last checkpoint.
type record struct {
	height  int64
	version int64 // of the tree on disk; 0 is the empty tree before the first change
	root    [32]byte
}

func heightKey(prefix byte, height int64) []byte {
	return binary.BigEndian.AppendUint64([]byte{prefix}, uint64(height))
}

func (r record) encode() []byte {
	b := binary.BigEndian.AppendUint64([]byte{format}, uint64(r.version))
	return append(b, r.root[:]...)
}

func decodeRecord(height int64, b []byte) (record, error) {
	r := record{height: height}
	if len(b) != 1+8+32 || b[0] != format {
		return r, fmt.Errorf("record of height %d is damaged or of another format: %x", height, b)
	}
	r.version = int64(binary.BigEndian.Uint64(b[1:]))
	copy(r.root[:], b[9:])
	if r.version < 0 || r.version > height {
		return r, fmt.Errorf("record of height %d names tree version %d", height, r.version)
	}
	return r, nil
}

// readRecord returns the record of a height that must have one.
func readRecord(db *leveldb.DB, height int64) (record, error) {
	b, err := db.Get(heightKey(keyRecord, height), nil)
	if err != nil {
		return record{}, fmt.Errorf("read record of height %d: %w", height, err)
	}
	return decodeRecord(height, b)
}

// readHead returns the height of the last commit, 0 in an empty database.
func readHead(db *leveldb.DB) (int64, error) {
	b, err := db.Get([]byte{keyHead}, nil)
	if errors.Is(err, leveldb.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read height: %w", err)
	}
	if len(b) != 9 || b[0] != format || int64(binary.BigEndian.Uint64(b[1:])) < 1 {
		return 0, fmt.Errorf("height is damaged or of another format: %x", b)
	}
	return int64(binary.BigEndian.Uint64(b[1:])), nil
}

func encodeHead(height int64) []byte { return heightKey(format, height) }

// recordsFrom spans the records of height and above.
func recordsFrom(height int64) *util.Range {
	return &util.Range{Start: heightKey(keyRecord, height), Limit: []byte{keyRecord + 1}}
}

// heightOf returns the height in a record's key; 0 if the key has another length, which no record has.
func heightOf(key []byte) int64 {
	if len(key) != 9 {
		return 0
	}
	return int64(binary.BigEndian.Uint64(key[1:]))
}
