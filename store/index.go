package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/util"
)

const (
	// MaxTxAccounts bounds the index rows that one transaction makes.
	MaxTxAccounts = 255

	// MaxTxsPage bounds what one call of TxsOf returns.
	MaxTxsPage = 1000
)

// Tx returns the entry of a transaction, and whether there is one. When one transaction is in several blocks, the entry
// is of the inclusion that settled its fate, if there is one, and of the last one otherwise.
func (s *Store) Tx(id [32]byte) (TxEntry, bool, error) {
	s.served() // an announced block is there after it
	b, err := s.db.Get(prefixed(keyTx, id[:]), nil)
	if errors.Is(err, leveldb.ErrNotFound) {
		return TxEntry{}, false, nil
	}
	if err != nil {
		return TxEntry{}, false, fmt.Errorf("store: read transaction %x: %w", id, err)
	}
	e, err := decodeTxEntry(id, b)
	if err != nil {
		return TxEntry{}, false, fmt.Errorf("store: transaction %x: %w", id, err)
	}
	return e, true, nil
}

// TxsOf returns up to limit (1 to MaxTxsPage) transactions that touched account, newest first, from after the cursor
// before on, and the cursor of the next page: the zero Cursor when there is none.
func (s *Store) TxsOf(account []byte, before Cursor, limit int) ([]TxEntry, Cursor, error) {
	if len(account) == 0 || len(account) > maxAccountBytes {
		return nil, Cursor{}, fmt.Errorf("store: account must have 1 to %d bytes, had %d", maxAccountBytes, len(account))
	}
	if limit < 1 || limit > MaxTxsPage {
		return nil, Cursor{}, fmt.Errorf("store: limit must be 1 to %d, was %d", MaxTxsPage, limit)
	}
	s.served() // as in Tx
	rows := util.BytesPrefix(accountKey(account))
	if !before.IsZero() {
		rows.Start = append(accountTxKey(account, before.Height, before.Index), 0) // just after its row
	}
	it := s.db.NewIterator(rows, nil)
	defer it.Release()
	var page []TxEntry
	for it.Next() {
		if len(page) == limit {
			last := page[limit-1]
			return page, Cursor{last.Height, last.Index}, nil
		}
		at, id, err := decodeAccountTx(it.Key(), it.Value())
		if err != nil {
			return nil, Cursor{}, fmt.Errorf("store: transactions of account %x: %w", account, err)
		}
		e, found, err := s.Tx(id)
		if err != nil {
			return nil, Cursor{}, err
		}
		// A row without its entry is of an inclusion that a later one replaced.
		if found && (Cursor{e.Height, e.Index}) == at {
			page = append(page, e)
		}
	}
	if err := it.Error(); err != nil {
		return nil, Cursor{}, fmt.Errorf("store: transactions of account %x: %w", account, err)
	}
	return page, Cursor{}, nil
}

// index puts the entries of a block's transactions into the batch.
func (s *Store) index(batch *leveldb.Batch, height int64, txs []TxEntry) error {
	settled := make(map[[32]byte]bool, len(txs)) // of this block
	for _, e := range txs {
		if e.Height != height {
			return fmt.Errorf("store: transaction %x must have height %d, had %d", e.ID, height, e.Height)
		}
		b, err := e.encode()
		if err != nil {
			return err
		}
		// A block may hold a transaction again, in vain: that must not hide what became of it the first time. What settles
		// it uses up its nonce, and nothing did before.
		if done, seen := settled[e.ID]; done {
			continue
		} else if !seen && !e.settles() {
			old, found, err := s.Tx(e.ID)
			if err != nil {
				return err
			}
			if found && old.Settled {
				settled[e.ID] = true
				continue
			}
		}
		settled[e.ID] = e.settles()
		batch.Put(prefixed(keyTx, e.ID[:]), b)
		for _, account := range e.Accounts {
			batch.Put(accountTxKey(account, height, e.Index), e.ID[:])
		}
	}
	return nil
}

func accountKey(account []byte) []byte {
	return append([]byte{keyAccountTx, byte(len(account))}, account...)
}

// accountTxKey orders an account's transactions newest first.
func accountTxKey(account []byte, height int64, index uint32) []byte {
	b := binary.BigEndian.AppendUint64(accountKey(account), ^uint64(height))
	return binary.BigEndian.AppendUint32(b, ^index)
}

func decodeAccountTx(key, value []byte) (at Cursor, id [32]byte, err error) {
	if len(key) < 2+12 || len(value) != len(id) {
		return at, id, fmt.Errorf("index row is damaged: %x %x", key, value)
	}
	place := key[len(key)-12:]
	at.Height = int64(^binary.BigEndian.Uint64(place))
	at.Index = ^binary.BigEndian.Uint32(place[8:])
	copy(id[:], value)
	return at, id, nil
}
