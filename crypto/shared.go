package crypto

import (
	"errors"
	"fmt"
)

// How several keys can hold an account together.
const (
	// SchemeMusig needs all of them; the chain sees one ordinary key. See Musig.
	SchemeMusig = "musig"
	// SchemeThreshold needs some of them; the chain sees which. See ThresholdAddress.
	SchemeThreshold = "threshold"
)

// ErrShared says that an entry of the keyring is an account of several keys, which has no private key of its own.
var ErrShared = errors.New("is an account that several keys hold together: it has no private key of its own")

// Shared says how several keys hold an account together. All of it is public, and it determines the address.
type Shared struct {
	Scheme    string    `json:"scheme"`    // SchemeMusig or SchemeThreshold
	Threshold int       `json:"threshold"` // how many of the keys it takes; all of them with SchemeMusig
	Members   []Address `json:"members"`   // of KindKey, ascending, 2 to 16
}

// ShareAll makes the account of 2 to 16 different keys that needs all of them.
func ShareAll(keys []PublicKey) (Shared, error) {
	members, err := sortMembers(keys)
	if err != nil {
		return Shared{}, err
	}
	return newShared(SchemeMusig, len(members), members)
}

// ShareThreshold makes the account of 2 to 16 different keys that needs any threshold of them.
func ShareThreshold(threshold int, keys []PublicKey) (Shared, error) {
	members, err := sortMembers(keys)
	if err != nil {
		return Shared{}, err
	}
	return newShared(SchemeThreshold, threshold, members)
}

func newShared(scheme string, threshold int, members []PublicKey) (Shared, error) {
	s := Shared{Scheme: scheme, Threshold: threshold}
	for _, member := range members {
		s.Members = append(s.Members, member.Address())
	}
	_, err := s.Address()
	return s, err
}

// Keys returns the public keys of the members, in their order.
func (s Shared) Keys() []PublicKey {
	keys := make([]PublicKey, len(s.Members))
	for i, member := range s.Members {
		keys[i], _ = member.PublicKey()
	}
	return keys
}

// Address returns the address of the account. It fails when the fields are not such as ShareAll and ShareThreshold
// make them.
func (s Shared) Address() (Address, error) {
	for _, member := range s.Members {
		if member.Kind() != KindKey {
			return Address{}, fmt.Errorf("member %s: must be the address of one key", member)
		}
	}
	switch s.Scheme {
	case SchemeMusig:
		if s.Threshold != len(s.Members) {
			return Address{}, fmt.Errorf("threshold: must be %d, that is all keys, was %d", len(s.Members), s.Threshold)
		}
		m, err := NewMusig(s.Keys())
		if err != nil {
			return Address{}, err
		}
		return m.Address(), nil
	case SchemeThreshold:
		return ThresholdAddress(s.Threshold, s.Keys())
	}
	return Address{}, fmt.Errorf("scheme: must be %q or %q, was %q", SchemeMusig, SchemeThreshold, shorten(s.Scheme))
}
