package tx

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// ID names a transaction: the SHA-256 of its raw bytes, which is also the hash CometBFT knows it by.
// Since a transaction has exactly one byte string, it has exactly one ID.
type ID [sha256.Size]byte

// IDOf is the ID of a transaction with these raw bytes, whether or not they decode.
func IDOf(raw []byte) ID { return sha256.Sum256(raw) }

// ParseID reads the 64 hexadecimal digits of an ID, in either case.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != hex.EncodedLen(len(id)) {
		return ID{}, fmt.Errorf("transaction id must be %d hexadecimal digits, was %d characters", hex.EncodedLen(len(id)), len(s))
	}
	if _, err := hex.Decode(id[:], []byte(s)); err != nil {
		return ID{}, fmt.Errorf("transaction id must be hexadecimal: %w", err)
	}
	return id, nil
}

// String is the ID in lower-case hexadecimal.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// MarshalText writes the ID as String does.
func (id ID) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, id[:]), nil }

// UnmarshalText reads what ParseID reads.
func (id *ID) UnmarshalText(text []byte) error {
	parsed, err := ParseID(string(text))
	if err != nil {
		return err
	}
	*id = parsed
	return nil
}
