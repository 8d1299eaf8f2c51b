package genesis

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"

	"blink/crypto"
)

// deriver makes keys from a seed: the secret for a label is HMAC-SHA256(seed, "blink/testnet/v1/" + label). Different
// labels give unrelated keys, and a key tells nothing about the seed. The first error sticks.
type deriver struct {
	seed []byte
	err  error
}

func (d *deriver) secret(label string) []byte {
	mac := hmac.New(sha256.New, d.seed)
	mac.Write([]byte("blink/testnet/v1/" + label))
	return mac.Sum(nil)
}

// account fails with a probability of 2^-127, when the secret is no valid key.
func (d *deriver) account(label string) crypto.PrivateKey {
	key, err := crypto.PrivateKeyFromBytes(d.secret(label))
	if err != nil {
		d.err = errors.Join(d.err, fmt.Errorf("seed must be another one: key of %s: %w", label, err))
	}
	return key
}

func (d *deriver) ed25519(label string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(d.secret(label))
}
