package crypto

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// The keyring keeps the secret half of the first round of MuSig2: one file per signer and message, which is there from
// NewNonce to TakeNonce. Removing a name is atomic, so of two processes, or two attempts, one gets the nonce.

// noncesFolder is inside the keyring's folder, without the suffix of keys.
const noncesFolder = "nonces"

// ErrNoNonce says that there is no nonce for this signer and message: it was used, or made elsewhere, or never.
var ErrNoNonce = errors.New("no nonce for this message waits here")

// NewNonce makes and keeps a seed for the signer's nonce over message, or returns the one that waits already: it shows
// the same public nonce again, which gives nothing away. random must be crypto/rand.Reader except in tests.
func (r *Keyring) NewNonce(signer PublicKey, message [32]byte, random io.Reader) (NonceSeed, error) {
	seed, err := NewNonceSeed(random)
	if err != nil {
		return NonceSeed{}, err
	}
	if err := os.MkdirAll(filepath.Join(r.dir, noncesFolder), 0o700); err != nil {
		return NonceSeed{}, fmt.Errorf("keyring: %w", err)
	}
	err = writeNew(r.noncePath(signer, message), []byte(hex.EncodeToString(seed[:])+"\n"))
	if errors.Is(err, fs.ErrExist) {
		return r.PeekNonce(signer, message)
	}
	if err != nil {
		return NonceSeed{}, fmt.Errorf("keyring: %w", err)
	}
	return seed, nil
}

// TakeNonce returns the seed for the signer's one signature over message. From then on it is gone, also after a
// crash: what was lost with it is a first round, not a key. ErrNoNonce when there is none.
func (r *Keyring) TakeNonce(signer PublicKey, message [32]byte) (NonceSeed, error) {
	seed, err := r.PeekNonce(signer, message)
	if err != nil {
		return NonceSeed{}, err
	}
	err = os.Remove(r.noncePath(signer, message))
	if errors.Is(err, fs.ErrNotExist) {
		return NonceSeed{}, ErrNoNonce // somebody else took it in between
	}
	if err = errors.Join(err, syncDir(filepath.Join(r.dir, noncesFolder))); err != nil {
		return NonceSeed{}, fmt.Errorf("keyring: the nonce cannot be removed, so it must not be used: %w", err)
	}
	return seed, nil
}

// PeekNonce returns the seed that waits for the signer and message and leaves it there: to check it, not to sign.
// ErrNoNonce when there is none.
func (r *Keyring) PeekNonce(signer PublicKey, message [32]byte) (NonceSeed, error) {
	path := r.noncePath(signer, message)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return NonceSeed{}, ErrNoNonce
	}
	if err != nil {
		return NonceSeed{}, fmt.Errorf("keyring: %w", err)
	}
	var seed NonceSeed
	if len(text) != 2*len(seed)+1 {
		return NonceSeed{}, fmt.Errorf("keyring: %s is damaged: remove it and begin again with the first round", path)
	}
	if _, err := hex.Decode(seed[:], text[:2*len(seed)]); err != nil {
		return NonceSeed{}, fmt.Errorf("keyring: %s is damaged: remove it and begin again with the first round", path)
	}
	return seed, nil
}

func (r *Keyring) noncePath(signer PublicKey, message [32]byte) string {
	return filepath.Join(r.dir, noncesFolder, hex.EncodeToString(message[:])+"-"+hex.EncodeToString(signer[:8]))
}
