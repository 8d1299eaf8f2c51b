package crypto

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/btcutil/base58"
	"github.com/btcsuite/btcd/btcutil/hdkeychain"
	"github.com/tyler-smith/go-bip39"
)

const abandon = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"

// TestBIP39 checks the English vectors of BIP-39: entropy, mnemonic and seed under the passphrase TREZOR.
func TestBIP39(t *testing.T) {
	data, err := os.ReadFile("testdata/bip39_vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct{ English [][3]string }
	if err := json.Unmarshal(data, &vectors); err != nil || len(vectors.English) != 24 {
		t.Fatal(len(vectors.English), err)
	}
	for _, v := range vectors.English {
		entropy, err := hex.DecodeString(v[0])
		if err != nil {
			t.Fatal(err)
		}
		if mnemonic, err := bip39.NewMnemonic(entropy); err != nil || mnemonic != v[1] {
			t.Errorf("entropy %s gives %q, %v", v[0], mnemonic, err)
		}
		if seed, err := seedFromMnemonic(v[1], "TREZOR"); err != nil || hex.EncodeToString(seed) != v[2] {
			t.Errorf("%q gives seed %x, %v", v[1], seed, err)
		}
	}
}

// TestBIP32 checks the ends of the chains of BIP-32's test vectors 1 to 3.
func TestBIP32(t *testing.T) {
	const hardened = hdkeychain.HardenedKeyStart
	for _, v := range []struct {
		seed string
		path []uint32
		want string
	}{
		{"000102030405060708090a0b0c0d0e0f", []uint32{hardened, 1, 2 + hardened, 2, 1000000000},
			"xprvA41z7zogVVwxVSgdKUHDy1SKmdb533PjDz7J6N6mV6uS3ze1ai8FHa8kmHScGpWmj4WggLyQjgPie1rFSruoUihUZREPSL39UNdE3BBDu76"},
		{"fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a29f9c999693908d8a8784817e7b7875726f6c696663605d5a5754514e4b484542",
			[]uint32{0, 2147483647 + hardened, 1, 2147483646 + hardened, 2},
			"xprvA2nrNbFZABcdryreWet9Ea4LvTJcGsqrMzxHx98MMrotbir7yrKCEXw7nadnHM8Dq38EGfSh6dqA9QWTyefMLEcBYJUuekgW4BYPJcr9E7j"},
		{"4b381541583be4423346c643850da4b320e46a87ae3d2a4e6da11eba819cd4acba45d239319ac14f863b8d5ab5a0d0c64d2e8a1e7d1457df2e5a3c51c73235be",
			[]uint32{hardened},
			"xprv9uPDJpEQgRQfDcW7BkF7eTya6RPxXeJCqCJGHuCJ4GiRVLzkTXBAJMu2qaMWPrS7AANYqdq6vcBcBUdJCVVFceUvJFjaPdGZ2y9WACViL4L"},
	} {
		seed, err := hex.DecodeString(v.seed)
		if err != nil {
			t.Fatal(err)
		}
		got, err := deriveKey(seed, v.path...)
		if err != nil {
			t.Fatal(err)
		}
		extended, err := hdkeychain.NewKeyFromString(v.want)
		if err != nil {
			t.Fatal(err)
		}
		want, err := extended.ECPrivKey()
		if err != nil || !bytes.Equal(got.Bytes(), want.Serialize()) {
			t.Errorf("path %v of %s is a wrong key, %v", v.path, v.seed, err)
		}
	}
}

// TestDerivationIsThatOfOtherWallets compares with the first Bitcoin testnet address (BIP-44) that every wallet shows
// for the best-known mnemonic: it is derived along our path.
func TestDerivationIsThatOfOtherWallets(t *testing.T) {
	key, err := KeyFromMnemonic(abandon, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	hash := btcutil.Hash160((*key.hidden).key.PubKey().SerializeCompressed())
	if got := base58.CheckEncode(hash, 0x6f); got != "mkpZhYtJu2r87Js3pDiWJDmPte2NRZ8bJV" {
		t.Errorf("the Bitcoin testnet address is %s", got)
	}
	if got := key.Address().String(); got != "blink1q5az389tn2d5l9mxleq5upam5az80zvpaledj7pxm42es556alhtq3w0z3k" {
		t.Errorf("the address is %s", got)
	}
}

func TestMnemonicsDiffer(t *testing.T) {
	seen := map[Address]string{}
	for _, c := range []struct {
		passphrase string
		account    uint32
	}{{"", 0}, {"", 1}, {"", 1<<31 - 1}, {"TREZOR", 0}, {"é", 0}} {
		key, err := KeyFromMnemonic(abandon, c.passphrase, c.account)
		if err != nil {
			t.Fatal(err)
		}
		if other, ok := seen[key.Address()]; ok {
			t.Errorf("%v has the address of %s", c, other)
		}
		seen[key.Address()] = c.passphrase
	}
	composed, err := KeyFromMnemonic(abandon, "é", 0)
	decomposed, err2 := KeyFromMnemonic(abandon, "e\u0301", 0)
	if err != nil || err2 != nil || !composed.Equal(decomposed) {
		t.Error("two ways to write é give two keys: BIP-39 wants NFKD")
	}
}

func TestNewMnemonic(t *testing.T) {
	one, err := NewMnemonic()
	if err != nil || len(strings.Fields(one)) != 24 {
		t.Fatal(one, err)
	}
	if _, err := KeyFromMnemonic(one, "", 0); err != nil {
		t.Error(err)
	}
	if two, err := NewMnemonic(); err != nil || one == two {
		t.Error("two mnemonics are the same", err)
	}
}

func TestKeyFromMnemonicRefuses(t *testing.T) {
	for _, c := range []struct {
		mnemonic string
		account  uint32
		want     string
	}{
		{"", 0, "must have 12, 15, 18, 21 or 24 words, has 0"},
		{"abandon abandon about", 0, "must have 12, 15, 18, 21 or 24 words, has 3"},
		{abandon + " about", 0, "must have 12, 15, 18, 21 or 24 words, has 13"},
		{strings.Replace(abandon, "about", "abut", 1), 0, `word 12, "abut", is not in the BIP-39 English list`},
		{strings.Replace(abandon, "about", "zoo", 1), 0, "the checksum does not match"},
		{abandon, 1 << 31, "account must be below 2^31, was 2147483648"},
	} {
		if _, err := KeyFromMnemonic(c.mnemonic, "", c.account); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q, account %d: %v; want an error with %q", c.mnemonic, c.account, err, c.want)
		}
	}
}
