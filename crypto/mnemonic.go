package crypto

import (
	"errors"
	"fmt"
	"strings"

	"github.com/btcsuite/btcd/btcutil/hdkeychain"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/tyler-smith/go-bip39"
	"golang.org/x/text/unicode/norm"
)

// NewMnemonic returns 24 new English words of BIP-39 that stand for 256 random bits.
func NewMnemonic() (string, error) {
	entropy, err := bip39.NewEntropy(256)
	if err != nil {
		return "", fmt.Errorf("new mnemonic: %w", err)
	}
	return bip39.NewMnemonic(entropy)
}

// KeyFromMnemonic derives the key of an account from a mnemonic (BIP-39, English) and its passphrase, often empty, along
// the path m/44'/1'/account'/0/0 of BIP-32 and BIP-44. It refuses words that are not in the list, a wrong number of
// them and a wrong checksum; every passphrase is a right one and gives other keys.
func KeyFromMnemonic(mnemonic, passphrase string, account uint32) (PrivateKey, error) {
	if account >= hdkeychain.HardenedKeyStart {
		return PrivateKey{}, fmt.Errorf("account must be below 2^31, was %d", account)
	}
	seed, err := seedFromMnemonic(mnemonic, passphrase)
	if err != nil {
		return PrivateKey{}, fmt.Errorf("mnemonic: %w", err)
	}
	return deriveKey(seed, 44+hdkeychain.HardenedKeyStart, 1+hdkeychain.HardenedKeyStart,
		account+hdkeychain.HardenedKeyStart, 0, 0)
}

// seedFromMnemonic returns the 64 bytes of BIP-39. Capitals and extra spaces do not matter.
func seedFromMnemonic(mnemonic, passphrase string) ([]byte, error) {
	words := strings.Fields(strings.ToLower(mnemonic))
	if err := checkMnemonic(words); err != nil {
		return nil, err
	}
	return bip39.NewSeed(strings.Join(words, " "), norm.NFKD.String(passphrase)), nil
}

// checkMnemonic says what is wrong with words, as precisely as it can be known.
func checkMnemonic(words []string) error {
	if n := len(words); n < 12 || n > 24 || n%3 != 0 {
		return fmt.Errorf("must have 12, 15, 18, 21 or 24 words, has %d", n)
	}
	for i, word := range words {
		if _, ok := bip39.GetWordIndex(word); !ok {
			return fmt.Errorf("word %d, %q, is not in the BIP-39 English list", i+1, word)
		}
	}
	if _, err := bip39.EntropyFromMnemonic(strings.Join(words, " ")); err != nil {
		return errors.New("the checksum does not match: a word is wrong or in the wrong place")
	}
	return nil
}

// deriveKey walks a path of BIP-32 from the master key of a seed.
func deriveKey(seed []byte, path ...uint32) (PrivateKey, error) {
	// The network only sets the prefix of serialised extended keys, which are never made here.
	key, err := hdkeychain.NewMaster(seed, &chaincfg.MainNetParams)
	if err != nil {
		return PrivateKey{}, fmt.Errorf("derive key: %w", err)
	}
	for _, index := range path {
		if key, err = key.Derive(index); err != nil {
			return PrivateKey{}, fmt.Errorf("derive key: %w", err)
		}
	}
	private, err := key.ECPrivKey()
	if err != nil {
		return PrivateKey{}, fmt.Errorf("derive key: %w", err)
	}
	return PrivateKeyFromBytes(private.Serialize())
}
