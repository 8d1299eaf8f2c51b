package crypto

import (
	"errors"
	"fmt"
	"strings"

	"github.com/btcsuite/btcd/btcutil/bech32"
)

// addressLength in characters: "blink1", one symbol of kind, 52 of data (256 bits and 4 of padding), 6 of checksum.
const addressLength = len(HRP) + 1 + 1 + 52 + 6

// String returns the address in bech32m (BIP-350): "blink1", the kind as the first symbol as segwit addresses write
// their version, 52 symbols of data and 6 of checksum.
func (a Address) String() string {
	data, err := bech32.ConvertBits(a[1:], 8, 5, true)
	if err != nil {
		panic(err) // cannot happen: every byte has 8 bits
	}
	text, err := bech32.EncodeM(HRP, append([]byte{a[0] & 31}, data...))
	if err != nil {
		panic(err) // cannot happen: every symbol has 5 bits
	}
	return text
}

// ParseAddress reads an address written in bech32m, all in lower or all in upper case. It refuses an address that
// nobody could ever spend from: kind 0 whose 32 bytes are no public key.
func ParseAddress(s string) (Address, error) {
	a, err := parseAddress(s)
	if err != nil {
		return Address{}, fmt.Errorf("address %q: %w", shorten(s), err)
	}
	return a, nil
}

func parseAddress(s string) (Address, error) {
	if !strings.HasPrefix(strings.ToLower(s), HRP+"1") {
		return Address{}, errors.New(`must start with "blink1"`)
	}
	if len(s) != addressLength {
		return Address{}, fmt.Errorf("must have %d characters, has %d", addressLength, len(s))
	}
	hrp, data, version, err := bech32.DecodeGeneric(s)
	if err != nil {
		return Address{}, bech32Error(err)
	}
	if hrp != HRP { // bech32 splits at the last 1
		return Address{}, errors.New(`must have no 1 but that of "blink1"`)
	}
	if version != bech32.VersionM {
		return Address{}, errors.New("has a bech32 checksum, must have a bech32m one")
	}
	if data[0] > KindThreshold {
		return Address{}, fmt.Errorf("is of kind %d, which this version does not know", data[0])
	}
	content, err := bech32.ConvertBits(data[1:], 5, 8, false)
	if err != nil {
		return Address{}, errors.New("its padding bits must be zero")
	}
	if data[0] == KindKey {
		if _, err := ParsePublicKey(content); err != nil {
			return Address{}, fmt.Errorf("nobody could spend from it: %w", err)
		}
	}
	return AddressFromBytes(append([]byte{data[0]}, content...))
}

// bech32Error says in plain words what the library found.
func bech32Error(err error) error {
	var outside bech32.ErrNonCharsetChar
	switch {
	case errors.As(err, new(bech32.ErrMixedCase)):
		return errors.New("must be all in lower or all in upper case")
	case errors.As(err, new(bech32.ErrInvalidChecksum)):
		return errors.New("the checksum does not match: a character is wrong or in the wrong place")
	case errors.As(err, &outside):
		return fmt.Errorf("the character %q does not occur in addresses", rune(outside))
	}
	return err
}

// shorten keeps a hostile "address" from filling the error message.
func shorten(s string) string {
	const most = 80
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}
