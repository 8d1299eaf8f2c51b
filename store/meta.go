package store

import (
	"bytes"
	"fmt"

	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/util"
)

// Meta returns a fact about the chain that SetMeta recorded, or nil. The caller must not modify it.
func (s *Store) Meta(key string) []byte {
	s.metaMu.RLock()
	defer s.metaMu.RUnlock()
	return s.meta[key]
}

// SetMeta records a fact about the chain, such as the hash of its genesis, or about its last block. Meta shows it at once;
// it reaches the disk in the batch of the next Commit, so a store has facts exactly if it has a block, and a fact that is
// set anew with each block is that of the last one. One goroutine, as for Stage.
func (s *Store) SetMeta(key string, value []byte) {
	s.metaMu.Lock()
	defer s.metaMu.Unlock()
	s.meta[key] = append([]byte{}, value...)
	s.unsaved[key] = true
}

// CheckMeta returns a *ForeignError if the fact is recorded with another value, so that a folder is never continued with
// another chain's genesis. A store that has no such fact yet passes.
func (s *Store) CheckMeta(key string, want []byte) error {
	if have := s.Meta(key); have != nil && !bytes.Equal(have, want) {
		return &ForeignError{Dir: s.options.Dir, Key: key, Want: bytes.Clone(want), Have: have}
	}
	return nil
}

// ForeignError says that a folder belongs to another chain.
type ForeignError struct {
	Dir, Key   string
	Want, Have []byte
}

// Error names the folder, the fact and the fix.
func (e *ForeignError) Error() string {
	return fmt.Sprintf("store: %s holds another chain's data: its %s is %s, expected %s: use the genesis that the data was made "+
		"with, or another home", e.Dir, e.Key, printable(e.Have), printable(e.Want))
}

// printable shows text as text and anything else in hexadecimal.
func printable(b []byte) string {
	for _, c := range b {
		if c < 0x20 || c > 0x7e {
			return fmt.Sprintf("%x", b)
		}
	}
	return fmt.Sprintf("%q", b)
}

// saveMeta puts the facts that are not on disk yet into the batch. Their order is of no account: the keys differ.
func (s *Store) saveMeta(batch *leveldb.Batch) {
	for key := range s.unsaved {
		batch.Put(prefixed(keyMeta, []byte(key)), s.meta[key])
	}
}

func readMeta(db *leveldb.DB) (map[string][]byte, error) {
	meta := make(map[string][]byte)
	it := db.NewIterator(util.BytesPrefix([]byte{keyMeta}), nil)
	defer it.Release()
	for it.Next() {
		meta[string(it.Key()[1:])] = append([]byte{}, it.Value()...)
	}
	if err := it.Error(); err != nil {
		return nil, fmt.Errorf("read facts about the chain: %w", err)
	}
	return meta, nil
}
