package crypto

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
)

// somePublicKeys are those of the test keys 1 to n.
func somePublicKeys(t testing.TB, n int) []PublicKey {
	t.Helper()
	var keys []PublicKey
	for i := range n {
		keys = append(keys, testKey(t, byte(i+1)).Public())
	}
	return keys
}

func TestSharedAccountsInTheKeyring(t *testing.T) {
	ring := newKeyring(t)
	keys := somePublicKeys(t, 3)
	all, err := ShareAll(keys)
	if err != nil {
		t.Fatal(err)
	}
	two, err := ShareThreshold(2, keys)
	if err != nil {
		t.Fatal(err)
	}
	m, err := NewMusig(keys)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct {
		shared  Shared
		kind    byte
		needed  int
		address func() (Address, error)
	}{
		"team":  {all, KindKey, 3, func() (Address, error) { return m.Address(), nil }},
		"board": {two, KindThreshold, 2, func() (Address, error) { return ThresholdAddress(2, m.Members()) }},
	} {
		address, err := want.address()
		if err != nil {
			t.Fatal(err)
		}
		created, err := ring.CreateShared(name, want.shared)
		if err != nil {
			t.Fatal(err)
		}
		info, err := ring.Info(name)
		if err != nil || !reflect.DeepEqual(info, created) {
			t.Errorf("%s: stored %+v, read %+v, %v", name, created, info, err)
		}
		if info.Address != address || info.Address.Kind() != want.kind || info.Shared.Threshold != want.needed || !slices.Equal(info.Shared.Keys(), m.Members()) {
			t.Errorf("%s: %+v", name, info)
		}
		if _, err := ring.Load(name, never(t)); !errors.Is(err, ErrShared) {
			t.Errorf("%s: loaded, %v", name, err)
		}
		if _, err := ring.CreateShared(name, want.shared); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: overwritten, %v", name, err)
		}
	}
	if infos, err := ring.List(); err != nil || len(infos) != 2 {
		t.Error(infos, err)
	}
	if _, err := ring.CreateShared("Team", all); err == nil {
		t.Error("a bad name was taken")
	}
}

func TestSharedRefuses(t *testing.T) {
	keys := somePublicKeys(t, 3)
	for _, threshold := range []int{-1, 0, 4} {
		if _, err := ShareThreshold(threshold, keys); err == nil {
			t.Errorf("%d of 3 keys is an account", threshold)
		}
	}
	if _, err := ShareThreshold(1, keys[:1]); err == nil {
		t.Error("one key is shared")
	}
	if _, err := ShareThreshold(2, append(keys, keys[0])); err == nil {
		t.Error("a key counts twice")
	}
	if _, err := ShareAll(append(keys, keys[0])); err == nil {
		t.Error("a key counts twice")
	}
}

// What stands in the file of a shared account must make its address: else coins would go to somebody else's.
func TestForeignSharedFiles(t *testing.T) {
	shared, err := ShareAll(somePublicKeys(t, 3))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, want string
		change     func(*keyFile)
	}{
		{"another address", "but its members make", func(f *keyFile) { f.Address = testKey(t, 9).Address() }},
		{"a member less", "threshold: must be 2", func(f *keyFile) { f.Shared.Members = f.Shared.Members[1:] }},
		{"another member", "but its members make", func(f *keyFile) { f.Shared.Members[1] = testKey(t, 9).Address() }},
		{"another scheme", "but its members make", func(f *keyFile) { f.Shared.Scheme = SchemeThreshold }},
		{"no scheme", `scheme: must be "musig" or "threshold", was ""`, func(f *keyFile) { f.Shared.Scheme = "" }},
		{"a shared member", "must be the address of one key", func(f *keyFile) { f.Shared.Members[1][0] = KindThreshold }},
		{"a key beside", "must have shared, and no key", func(f *keyFile) { f.InsecurePrivateKey = "03" }},
		{"no members", "must have shared", func(f *keyFile) { f.Shared = nil }},
		{"a key's type", "must have either", func(f *keyFile) { f.Type = keyFileType }},
	} {
		address, _ := shared.Address()
		own := shared
		own.Members = slices.Clone(shared.Members)
		file := keyFile{Type: sharedFileType, Version: keyFileVersion, Address: address, Shared: &own}
		c.change(&file)
		text, err := json.Marshal(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseKeyFile(text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s", c.name, err, c.want)
		}
	}
}

func TestNonceStoreGivesEachNonceOnce(t *testing.T) {
	ring := newKeyring(t)
	signer, message := testKey(t, 1).Public(), [32]byte{1}
	if _, err := ring.TakeNonce(signer, message); !errors.Is(err, ErrNoNonce) {
		t.Error(err)
	}
	seed, err := ring.NewNonce(signer, message, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := ring.NewNonce(signer, message, rand.Reader); err != nil || again != seed {
		t.Error("the nonce that waits was replaced", err)
	}
	if peeked, err := ring.PeekNonce(signer, message); err != nil || peeked != seed {
		t.Error(err)
	}
	for _, other := range []struct {
		signer  PublicKey
		message [32]byte
	}{{signer, [32]byte{2}}, {testKey(t, 2).Public(), message}} {
		if _, err := ring.TakeNonce(other.signer, other.message); !errors.Is(err, ErrNoNonce) {
			t.Error("the nonce serves another signer or message", err)
		}
	}
	info, err := os.Stat(ring.noncePath(signer, message))
	if err != nil || info.Mode() != 0o600 {
		t.Error(info.Mode(), err)
	}
	var wg sync.WaitGroup
	got := make([]error, 8)
	for i := range got {
		wg.Go(func() {
			var taken NonceSeed
			if taken, got[i] = ring.TakeNonce(signer, message); got[i] == nil && taken != seed {
				t.Error("another seed was taken")
			}
		})
	}
	wg.Wait()
	if n := len(slices.DeleteFunc(got, func(err error) bool { return err != nil })); n != 1 {
		t.Errorf("%d of 8 got the nonce", n)
	}
	if fresh, err := ring.NewNonce(signer, message, rand.Reader); err != nil || fresh == seed {
		t.Error("the used nonce came back", err)
	}
	if infos, err := ring.List(); err != nil || len(infos) != 0 {
		t.Error("nonces are listed as keys", infos, err)
	}
}

func TestDamagedNonce(t *testing.T) {
	ring := newKeyring(t)
	signer, message := testKey(t, 1).Public(), [32]byte{1}
	path := ring.noncePath(signer, message)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "00", strings.Repeat("0", 64), strings.Repeat("x", 64) + "\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ring.TakeNonce(signer, message); err == nil || !strings.Contains(err.Error(), "is damaged") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
