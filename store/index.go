package store

// TxEntry is what the store remembers of an executed transaction.
type TxEntry struct {
	ID      [32]byte
	Height  int64
	Index   uint32 // position in the block, from 0
	Code    uint32 // tx.Code; 0 is success
	Settled bool   // the nonce was used up, so this is the transaction's fate for ever; true is implied by Code 0
	Time    int64  // block time, unix milliseconds
	// Accounts that the transaction touched, under which it is listed; at most MaxTxAccounts of at most 255 bytes.
	Accounts [][]byte
}

const (
	// MaxTxAccounts bounds the index rows that one transaction makes.
	MaxTxAccounts = 255

	// MaxTxsPage bounds what one call of TxsOf returns.
	MaxTxsPage = 1000
)

// Cursor is a place in an account's history. The zero Cursor is before the newest entry, and also means "no more".
type Cursor struct {
	Height int64
	Index  uint32
}

// IsZero reports whether c is the zero Cursor.
func (c Cursor) IsZero() bool { return c == Cursor{} }

// String is "height.index", the form that ParseCursor reads; "" for the zero Cursor.
func (c Cursor) String() string { panic("soon") }

// ParseCursor reads the form that String writes.
func ParseCursor(s string) (Cursor, error) { panic("soon") }

// Tx returns the entry of a transaction, and whether there is one.
func (s *Store) Tx(id [32]byte) (TxEntry, bool, error) { panic("soon") }

// TxsOf returns up to limit (at most MaxTxsPage) transactions that touched account, newest first, starting after before,
// and the cursor of the next page; the zero Cursor when there is none.
func (s *Store) TxsOf(account []byte, before Cursor, limit int) ([]TxEntry, Cursor, error) {
	panic("soon")
}
