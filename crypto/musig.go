package crypto

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/btcsuite/btcd/btcec/v2"
)

// MaxSharedKeys is the most keys that may hold an account together, and the least are two. The chain checks every
// signature of a threshold account, and people have to come to an end within the hour that a transaction is valid.
const (
	MinSharedKeys = 2
	MaxSharedKeys = MaxThresholdKeys
)

// Musig is an account from which only all of its keys together can spend. By MuSig2 (BIP-327) their aggregate is one
// public key and their signatures one BIP-340 signature: the chain sees an ordinary account. It takes two rounds:
// each signer makes a nonce and shows its public half (Nonce), and with those of all makes a partial signature (Sign).
//
// BIP-327 knows keys by 33 bytes, blink by the x coordinate alone: each stands for its point with an even y.
type Musig struct {
	members []PublicKey        // ascending
	points  []*btcec.PublicKey // of members, in their order
	account PublicKey          // their aggregate
}

// NewMusig makes the account of 2 to 16 different keys. Their order does not matter.
func NewMusig(keys []PublicKey) (*Musig, error) {
	members, err := sortMembers(keys)
	if err != nil {
		return nil, err
	}
	m := &Musig{members: members}
	for _, member := range members {
		point, err := btcec.ParsePubKey(append([]byte{evenY}, member[:]...))
		if err != nil {
			return nil, fmt.Errorf("key %x: is not the x coordinate of a point on secp256k1", member[:])
		}
		m.points = append(m.points, point)
	}
	if m.account, err = aggregateKeys(m.points); err != nil {
		return nil, err
	}
	return m, nil
}

// sortMembers returns keys in ascending order and refuses too few, too many and equal ones.
func sortMembers(keys []PublicKey) ([]PublicKey, error) {
	if len(keys) < MinSharedKeys || len(keys) > MaxSharedKeys {
		return nil, fmt.Errorf("a shared account must have %d to %d keys, was %d", MinSharedKeys, MaxSharedKeys, len(keys))
	}
	members := slices.Clone(keys)
	slices.SortFunc(members, PublicKey.Compare)
	for i, member := range members[1:] {
		if member == members[i] {
			return nil, fmt.Errorf("key %s: must occur once, occurs more than once", member.Address())
		}
	}
	return members, nil
}

// Address returns the address of the account, of KindKey.
func (m *Musig) Address() Address { return m.account.Address() }

// Members returns the keys in ascending order: that of the nonces and partial signatures which the methods take.
func (m *Musig) Members() []PublicKey { return slices.Clone(m.members) }

// NonceSeed is the chance from which a signer's nonce for one message is made, together with its private key. It serves
// ONE signature: who sees two partial signatures over different nonces of the others, both from one seed, can compute the
// private key. Without the private key it is worth nothing.
type NonceSeed [32]byte

// NewNonceSeed draws a seed from random, which must be crypto/rand.Reader except in tests.
func NewNonceSeed(random io.Reader) (NonceSeed, error) {
	var seed NonceSeed
	if _, err := io.ReadFull(random, seed[:]); err != nil {
		return NonceSeed{}, fmt.Errorf("nonce: %w", err)
	}
	return seed, nil
}

// PublicNonce is what a signer shows in the first round: two points, 33 bytes each.
type PublicNonce [66]byte

// ParsePublicNonce reads 66 bytes and checks that they are two points on the curve.
func ParsePublicNonce(b []byte) (PublicNonce, error) {
	if len(b) != len(PublicNonce{}) {
		return PublicNonce{}, fmt.Errorf("public nonce must be %d bytes, was %d", len(PublicNonce{}), len(b))
	}
	for _, half := range [][]byte{b[:33], b[33:]} {
		if _, err := btcec.ParsePubKey(half); err != nil {
			return PublicNonce{}, errors.New("public nonce must be two points on secp256k1")
		}
	}
	return PublicNonce(b), nil
}

// PartialSignature is one signer's part of the signature: a number below the order of the curve, 32 bytes.
type PartialSignature [32]byte

// Nonce returns the public nonce of the owner of key for signing message (a hash) with this seed. The same seed for
// another signer, account or message makes another nonce.
func (m *Musig) Nonce(key PrivateKey, message [32]byte, seed NonceSeed) (PublicNonce, error) {
	signer, _, err := m.signer(key)
	if err != nil {
		return PublicNonce{}, err
	}
	nonces, err := makeNonces(signer, m.account, message, seed)
	if err != nil {
		return PublicNonce{}, err
	}
	return nonces.PubNonce, nil
}

// Sign makes the partial signature of the owner of key over message, with the public nonces of all members in their
// order. It wipes the seed, also when it fails later than at its first checks: see NonceSeed. Against faults of the
// machine the partial signature is verified before it is handed out.
func (m *Musig) Sign(key PrivateKey, message [32]byte, seed *NonceSeed, nonces []PublicNonce) (PartialSignature, error) {
	signer, index, err := m.signer(key)
	if err != nil {
		return PartialSignature{}, err
	}
	total, err := m.addNonces(nonces)
	if err != nil {
		return PartialSignature{}, err
	}
	if *seed == (NonceSeed{}) {
		return PartialSignature{}, errors.New("the nonce was used already: a nonce signs once")
	}
	own, err := makeNonces(signer, m.account, message, *seed)
	if err != nil {
		return PartialSignature{}, err
	}
	if own.PubNonce != nonces[index] {
		return PartialSignature{}, fmt.Errorf("the public nonce given for %s is not the one that it made", m.members[index].Address())
	}
	*seed = NonceSeed{}
	return signPartial(m.points, signer, own.SecNonce, total, message)
}

// signer returns the private key of the even point of a member, and its place among the members.
func (m *Musig) signer(key PrivateKey) (*btcec.PrivateKey, int, error) {
	index := slices.Index(m.members, key.Public())
	if index < 0 {
		return nil, 0, fmt.Errorf("%s is none of the keys of %s", key.Address(), m.Address())
	}
	even := (*key.hidden).key
	if even.PubKey().SerializeCompressed()[0] != evenY {
		even.Key.Negate()
	}
	return &even, index, nil
}

func (m *Musig) addNonces(nonces []PublicNonce) (PublicNonce, error) {
	if len(nonces) != len(m.members) {
		return PublicNonce{}, fmt.Errorf("needs the public nonces of all %d keys, was given %d", len(m.members), len(nonces))
	}
	return aggregateNonces(nonces)
}

// BadPartial says whose partial signature is wrong: it is not made by that key over this message and these nonces.
type BadPartial struct{ Signer PublicKey }

func (e *BadPartial) Error() string {
	return fmt.Sprintf("the partial signature of %s does not fit its key, the message and the nonces", e.Signer.Address())
}

// Combine adds the partial signatures of all members to the account's signature over message. Nonces and partials are
// in the order of the members. Each is verified, the first wrong one is a *BadPartial; so is the sum.
func (m *Musig) Combine(message [32]byte, nonces []PublicNonce, partials []PartialSignature) (Signature, error) {
	total, err := m.addNonces(nonces)
	if err != nil {
		return Signature{}, err
	}
	if len(partials) != len(m.members) {
		return Signature{}, fmt.Errorf("needs the partial signatures of all %d keys, was given %d", len(m.members), len(partials))
	}
	for i, partial := range partials {
		if !verifyPartial(m.points, i, nonces[i], total, message, partial) {
			return Signature{}, &BadPartial{m.members[i]}
		}
	}
	sig, err := addPartials(m.account, total, message, partials)
	if err != nil {
		return Signature{}, err
	}
	if !Verify(m.account, message, sig) {
		return Signature{}, errors.New("the partial signatures hold, but not their sum: this machine computed wrongly")
	}
	return sig, nil
}
