package crypto

import (
	"bytes"
	"errors"
	"fmt"
)

// MaxThresholdKeys is how many keys a threshold account has at most: each is a signature to verify in every
// transaction.
const MaxThresholdKeys = 16

// thresholdTag is the tag under which the keys of a threshold account are hashed.
const thresholdTag = "blink/threshold/v1"

// Compare orders keys by their bytes, as slices.SortFunc wants it.
func (p PublicKey) Compare(other PublicKey) int { return bytes.Compare(p[:], other[:]) }

// ThresholdAddress returns the address of the account that any threshold of the keys control together. The keys are 1
// to MaxThresholdKeys, on the curve and strictly ascending, so that one set of keys has one address; the threshold is 1
// to their number. Neither can be read from the address: whoever pays to it trusts the account's owners to know both.
func ThresholdAddress(threshold int, keys []PublicKey) (Address, error) {
	if len(keys) == 0 || len(keys) > MaxThresholdKeys {
		return Address{}, fmt.Errorf("keys must be 1 to %d, were %d", MaxThresholdKeys, len(keys))
	}
	if threshold < 1 || threshold > len(keys) {
		return Address{}, fmt.Errorf("threshold must be 1 to the number of keys (%d), was %d", len(keys), threshold)
	}
	list := make([]byte, 0, len(keys)*len(PublicKey{}))
	for i, key := range keys {
		if i > 0 && key.Compare(keys[i-1]) <= 0 {
			return Address{}, errors.New("keys must ascend, each once")
		}
		if _, err := ParsePublicKey(key[:]); err != nil {
			return Address{}, fmt.Errorf("key %d: %w", i+1, err)
		}
		list = append(list, key[:]...)
	}
	hash := TaggedHash(thresholdTag, []byte{byte(threshold), byte(len(keys))}, list)
	return Address(append([]byte{KindThreshold}, hash[:]...)), nil
}
