package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// TxEntry is what the store remembers of an executed transaction.
type TxEntry struct {
	ID     [32]byte
	Height int64
	Index  uint32 // position in the block, from 0
	Code   uint32 // tx.Code; 0 is success

	// Settled says that the nonce was used up, so that this is the transaction's fate for ever. Code 0 implies it. An
	// entry that is settled stays when a later block holds the transaction again.
	Settled bool

	Time int64 // block time, unix milliseconds

	// Accounts that the transaction touched, under which it is listed: at most MaxTxAccounts of 1 to 200 bytes.
	Accounts [][]byte
}

// maxAccountBytes bounds an account's name in the index; addresses have 33 bytes.
const maxAccountBytes = 200

// settles reports whether this is the transaction's fate for ever.
func (e TxEntry) settles() bool { return e.Settled || e.Code == 0 }

// encode writes format, height, index, code, settled, time, then the accounts, each with its length.
func (e TxEntry) encode() ([]byte, error) {
	if len(e.Accounts) > MaxTxAccounts {
		return nil, fmt.Errorf("store: transaction %x must touch at most %d accounts, touched %d", e.ID, MaxTxAccounts, len(e.Accounts))
	}
	b := binary.BigEndian.AppendUint64([]byte{format}, uint64(e.Height))
	b = binary.BigEndian.AppendUint32(b, e.Index)
	b = binary.BigEndian.AppendUint32(b, e.Code)
	settled := byte(0)
	if e.settles() {
		settled = 1
	}
	b = append(b, settled)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Time))
	b = append(b, byte(len(e.Accounts)))
	for _, a := range e.Accounts {
		if len(a) == 0 || len(a) > maxAccountBytes {
			return nil, fmt.Errorf("store: transaction %x: account must have 1 to %d bytes, had %d", e.ID, maxAccountBytes, len(a))
		}
		b = append(append(b, byte(len(a))), a...)
	}
	return b, nil
}

// txEntryHead is the length of an encoded entry without accounts.
const txEntryHead = 1 + 8 + 4 + 4 + 1 + 8 + 1

var errBadEntry = errors.New("entry is damaged or of another format")

// decodeTxEntry reads what encode writes, and nothing else.
func decodeTxEntry(id [32]byte, b []byte) (TxEntry, error) {
	if len(b) < txEntryHead || b[0] != format || b[17] > 1 {
		return TxEntry{}, errBadEntry
	}
	e := TxEntry{
		ID:      id,
		Height:  int64(binary.BigEndian.Uint64(b[1:])),
		Index:   binary.BigEndian.Uint32(b[9:]),
		Code:    binary.BigEndian.Uint32(b[13:]),
		Settled: b[17] == 1,
		Time:    int64(binary.BigEndian.Uint64(b[18:])),
	}
	if e.Code == 0 && !e.Settled {
		return TxEntry{}, errBadEntry
	}
	n, b := int(b[26]), b[txEntryHead:]
	for range n {
		if len(b) == 0 || b[0] == 0 || b[0] > maxAccountBytes || len(b) < 1+int(b[0]) {
			return TxEntry{}, errBadEntry
		}
		e.Accounts = append(e.Accounts, b[1:1+b[0]:1+b[0]])
		b = b[1+b[0]:]
	}
	if len(b) > 0 {
		return TxEntry{}, errBadEntry
	}
	return e, nil
}

// Cursor is a place in an account's history. The zero Cursor is before the newest entry, and also means "no more".
type Cursor struct {
	Height int64
	Index  uint32
}

// IsZero reports whether c is the zero Cursor.
func (c Cursor) IsZero() bool { return c == Cursor{} }

// String is "height.index", the form that ParseCursor reads; "" for the zero Cursor.
func (c Cursor) String() string {
	if c.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d.%d", c.Height, c.Index)
}

// ParseCursor reads the form that String writes.
func ParseCursor(s string) (Cursor, error) {
	if s == "" {
		return Cursor{}, nil
	}
	h, i, _ := strings.Cut(s, ".")
	height, err1 := strconv.ParseInt(h, 10, 64)
	index, err2 := strconv.ParseUint(i, 10, 32)
	c := Cursor{height, uint32(index)}
	if err1 != nil || err2 != nil || height < 1 || c.String() != s {
		return Cursor{}, fmt.Errorf("cursor must be <height>.<index>, was %q", s)
	}
	return c, nil
}
