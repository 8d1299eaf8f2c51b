package genesis

import (
	"encoding/binary"
	"errors"
	"math/big"
)

// Fixed is an amount of ublink per unit of something, in 1/10^18 ublink: 128 bits, never negative. Its text is the
// decimal number of these.
type Fixed struct{ Hi, Lo uint64 }

// String is the decimal number.
func (f Fixed) String() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], f.Hi)
	binary.BigEndian.PutUint64(b[8:], f.Lo)
	return new(big.Int).SetBytes(b[:]).String()
}

// MarshalText writes the decimal number.
func (f Fixed) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads what MarshalText writes and nothing else.
func (f *Fixed) UnmarshalText(text []byte) error {
	n, ok := new(big.Int).SetString(string(text), 10)
	if !ok || n.Sign() < 0 || n.BitLen() > 128 || n.String() != string(text) {
		return errors.New("must be a whole number of 10^-18 ublink, of at most 128 bits, without sign or leading zeros")
	}
	var b [16]byte
	n.FillBytes(b[:])
	*f = Fixed{binary.BigEndian.Uint64(b[:]), binary.BigEndian.Uint64(b[8:])}
	return nil
}

// Less orders numbers.
func (f Fixed) Less(g Fixed) bool { return f.Hi < g.Hi || f.Hi == g.Hi && f.Lo < g.Lo }
