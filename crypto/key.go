// Package crypto holds what belongs to an account: keys on secp256k1, BIP-340 signatures, addresses, mnemonics and key
// files. Nothing else in blink touches the curve.
package crypto

import (
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
)

// PublicKey is the x coordinate of a point on secp256k1, as BIP-340 writes public keys. Of the two points with that
// x coordinate the one with an even y is meant.
type PublicKey [32]byte

// ParsePublicKey reads 32 bytes and checks that they are the x coordinate of a point on the curve.
func ParsePublicKey(b []byte) (PublicKey, error) {
	if len(b) != len(PublicKey{}) {
		return PublicKey{}, fmt.Errorf("public key must be 32 bytes, was %d", len(b))
	}
	if _, err := schnorr.ParsePubKey(b); err != nil {
		return PublicKey{}, errors.New("public key is not the x coordinate of a point on secp256k1")
	}
	return PublicKey(b), nil
}

// Address returns the address of the account that this key controls.
func (p PublicKey) Address() Address {
	var a Address
	a[0] = KindKey
	copy(a[1:], p[:])
	return a
}

// PrivateKey is an account key: a number from 1 to the order of secp256k1 minus 1. The zero value holds no key; it
// can be asked for nothing and refuses to sign. It never prints: fmt and slog show a placeholder.
type PrivateKey struct {
	// Inside somebody's unexported field fmt cannot call the methods below and looks for itself. It follows one
	// pointer when the verb is wrong, but never two.
	hidden **secret
}

type secret struct {
	key    btcec.PrivateKey
	public PublicKey
}

// PrivateKeyFromBytes reads a key from its 32 big-endian bytes. It refuses zero and numbers that are not below the
// order of the curve.
func PrivateKeyFromBytes(b []byte) (PrivateKey, error) {
	if len(b) != 32 {
		return PrivateKey{}, fmt.Errorf("private key must be 32 bytes, was %d", len(b))
	}
	s := new(secret)
	if overflow := s.key.Key.SetByteSlice(b); overflow || s.key.Key.IsZero() {
		return PrivateKey{}, errors.New("private key must be from 1 to the order of secp256k1 minus 1")
	}
	copy(s.public[:], schnorr.SerializePubKey(s.key.PubKey()))
	return PrivateKey{&s}, nil
}

// GenerateKey draws a key from random, which must be crypto/rand.Reader except where a test or a testnet's seed wants
// the same key again. It fails only when random does.
func GenerateKey(random io.Reader) (PrivateKey, error) {
	for {
		var b [32]byte
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return PrivateKey{}, fmt.Errorf("generate key: %w", err)
		}
		// One draw in 2^127 is out of range, so this ends at once unless random is stuck.
		if key, err := PrivateKeyFromBytes(b[:]); err == nil {
			return key, nil
		}
	}
}

// Bytes returns the 32 bytes of the key in the clear, nil for the zero value. Whoever has them has the money.
func (k PrivateKey) Bytes() []byte {
	if k.hidden == nil {
		return nil
	}
	return (*k.hidden).key.Serialize()
}

// Public returns the public key.
func (k PrivateKey) Public() PublicKey {
	if k.hidden == nil {
		return PublicKey{}
	}
	return (*k.hidden).public
}

// Address returns the address of the account that the key controls.
func (k PrivateKey) Address() Address { return k.Public().Address() }

// Equal reports whether k and other are the same key. The public halves decide, so it tells nothing by its timing.
func (k PrivateKey) Equal(other PrivateKey) bool { return k.Public() == other.Public() }

const redacted = "PrivateKey(redacted)"

// String returns a placeholder.
func (k PrivateKey) String() string { return redacted }

// GoString returns a placeholder.
func (k PrivateKey) GoString() string { return redacted }

// Format writes a placeholder whatever the verb.
func (k PrivateKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue returns a placeholder.
func (k PrivateKey) LogValue() slog.Value { return slog.StringValue(redacted) }
