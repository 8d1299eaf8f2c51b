package crypto

import "fmt"

// Kinds of address.
const (
	// KindKey is the kind of an account that one key controls; the 32 bytes are its public key.
	KindKey = 0
	// KindThreshold is the kind of an account that several keys control; the 32 bytes are the tagged hash of
	// their list and threshold.
	KindThreshold = 1
)

// HRP is the human-readable part that every address starts with.
const HRP = "blink"

// Address names an account: a kind byte and 32 bytes. It is comparable and serves as a map key.
type Address [33]byte

// AddressFromBytes reads the 33 bytes of an address as they stand in transactions and state. It checks length and
// kind only, because it is on the path of every transaction; that a key is on the curve is checked where people write
// addresses (ParseAddress) and wherever a signature is verified.
func AddressFromBytes(b []byte) (Address, error) {
	if len(b) != len(Address{}) {
		return Address{}, fmt.Errorf("address must be %d bytes, was %d", len(Address{}), len(b))
	}
	if b[0] > KindThreshold {
		return Address{}, fmt.Errorf("address kind must be 0 (key) or 1 (threshold), was %d", b[0])
	}
	return Address(b), nil
}

// Kind returns KindKey or KindThreshold.
func (a Address) Kind() byte { return a[0] }

// Bytes returns the 33 bytes in a new slice.
func (a Address) Bytes() []byte { return append([]byte(nil), a[:]...) }

// IsZero reports whether a is the zero value. No key has that address: 0 is not an x coordinate on the curve.
func (a Address) IsZero() bool { return a == Address{} }

// PublicKey returns the key that controls the account, and false when the account is not of KindKey.
func (a Address) PublicKey() (PublicKey, bool) {
	return PublicKey(a[1:]), a[0] == KindKey
}

// MarshalText writes the address in bech32m.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads an address as ParseAddress does.
func (a *Address) UnmarshalText(text []byte) error {
	parsed, err := ParseAddress(string(text))
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}
