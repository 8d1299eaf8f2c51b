package crypto

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// newKeyring returns an empty keyring whose folder does not exist yet, with the cheapest encryption.
func newKeyring(t testing.TB) *Keyring {
	t.Helper()
	ring, err := OpenKeyring(filepath.Join(t.TempDir(), "home", "keys"))
	if err != nil {
		t.Fatal(err)
	}
	return ring.WithWorkFactor(1)
}

// say answers every question for a passphrase with phrase.
func say(phrase string) func(string) ([]byte, error) {
	return func(string) ([]byte, error) { return []byte(phrase), nil }
}

// never fails the test when a passphrase is asked for.
func never(t testing.TB) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		t.Errorf("was asked for the passphrase of %s", name)
		return nil, errors.New("asked")
	}
}

func TestKeyring(t *testing.T) {
	ring := newKeyring(t)
	if infos, err := ring.List(); err != nil || len(infos) != 0 {
		t.Error("an absent folder lists", infos, err)
	}
	if err := ring.Create("zoe", testKey(t, 1), nil); err != nil {
		t.Fatal(err)
	}
	if err := ring.Create("bob.2-x_y", testKey(t, 2), []byte("horse")); err != nil {
		t.Fatal(err)
	}
	infos, err := ring.List()
	want := []KeyInfo{{Name: "bob.2-x_y", Address: testKey(t, 2).Address(), Encrypted: true}, {Name: "zoe", Address: testKey(t, 1).Address()}}
	if err != nil || !slices.Equal(infos, want) {
		t.Errorf("the list is %v, %v; want %v", infos, err, want)
	}
	if key, err := ring.Load("zoe", never(t)); err != nil || !key.Equal(testKey(t, 1)) {
		t.Error(key.Address(), err)
	}
	if key, err := ring.Load("bob.2-x_y", say("horse")); err != nil || !key.Equal(testKey(t, 2)) {
		t.Error(key.Address(), err)
	}
	for _, wrong := range []string{"", "Horse", "horse "} {
		if _, err := ring.Load("bob.2-x_y", say(wrong)); !errors.Is(err, ErrWrongPassphrase) {
			t.Errorf("passphrase %q: %v", wrong, err)
		}
	}
	gaveUp := errors.New("gave up")
	if _, err := ring.Load("bob.2-x_y", func(string) ([]byte, error) { return nil, gaveUp }); !errors.Is(err, gaveUp) {
		t.Error(err)
	}
	if _, err := ring.Load("nobody", never(t)); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestKeyringIsPrivate(t *testing.T) {
	ring := newKeyring(t)
	key := testKey(t, 0x5a)
	if err := ring.Create("alice", key, []byte("horse")); err != nil {
		t.Fatal(err)
	}
	path := ring.path("alice")
	for name, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700 | fs.ModeDir} {
		if info, err := os.Stat(name); err != nil || info.Mode() != want {
			t.Errorf("%s has mode %v, %v; want %v", name, info.Mode(), err, want)
		}
	}
	entries, err := os.ReadDir(ring.dir)
	if err != nil || len(entries) != 1 {
		t.Error("more than the key was left behind", entries, err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file keyFile
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(data, []byte("5a\"")) || bytes.Contains(file.Encrypted, key.Bytes()) {
		t.Error("the key stands in the file in the clear")
	}
	if !bytes.HasPrefix(file.Encrypted, []byte("age-encryption.org/v1\n-> scrypt ")) {
		t.Errorf("not an age file: %q", file.Encrypted)
	}
}

func TestKeyringNeverOverwrites(t *testing.T) {
	ring := newKeyring(t)
	var wg sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		wg.Go(func() { errs[i] = ring.Create("alice", testKey(t, byte(i+1)), nil) })
	}
	wg.Wait()
	key, err := ring.Load("alice", never(t))
	if err != nil {
		t.Fatal(err)
	}
	for i, err := range errs {
		won := key.Equal(testKey(t, byte(i+1)))
		if won != (err == nil) || !won && !errors.Is(err, fs.ErrExist) {
			t.Errorf("writer %d: won %v, %v", i, won, err)
		}
	}
	if entries, err := os.ReadDir(ring.dir); err != nil || len(entries) != 1 {
		t.Error("the losers left files behind", entries, err)
	}
}

func TestKeyNames(t *testing.T) {
	for _, name := range []string{"a", "0", "alice", "alice.json", "a-b_c.d", strings.Repeat("a", 64), "blink", "blink-1"} {
		if err := CheckKeyName(name); err != nil {
			t.Error(err)
		}
	}
	ring := newKeyring(t)
	for _, name := range []string{"", "Alice", ".hidden", "-flag", "_a", "a/b", "../a", "a b", "a\n", "é", strings.Repeat("a", 65), "blink1", "blink1q"} {
		if CheckKeyName(name) == nil {
			t.Errorf("%q can name a key", name)
		}
		if ring.Create(name, testKey(t, 1), nil) == nil {
			t.Errorf("a key was created as %q", name)
		}
		if _, err := ring.Load(name, never(t)); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("loading %q: %v", name, err)
		}
	}
	if _, err := os.Stat(ring.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a refused name made the folder", err)
	}
}

func TestOpenKeyringRefusesAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenKeyring(path); err == nil || !strings.Contains(err.Error(), "is not a folder") {
		t.Error(err)
	}
}

// TestCutKeyFiles cuts a key file after each byte: none may open, none may panic.
func TestCutKeyFiles(t *testing.T) {
	for _, phrase := range []string{"", "horse"} {
		file, err := sealKey(testKey(t, 3), []byte(phrase), 1)
		if err != nil {
			t.Fatal(err)
		}
		whole := file.encode()
		path := filepath.Join(t.TempDir(), "key")
		for n := range len(whole) - 1 { // the last byte is a line feed that nobody misses
			if err := os.WriteFile(path, whole[:n], 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := LoadKeyFile(path); err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("cut after %d of %d bytes: %v", n, len(whole), err)
			}
		}
	}
}

func TestForeignKeyFiles(t *testing.T) {
	good := testKey(t, 3).Address().String()
	secret := strings.Repeat("0", 63) + "3"
	sealed := func(change func(string) string) string {
		file, err := sealKey(testKey(t, 3), []byte("horse"), 1)
		if err != nil {
			t.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString([]byte(change(string(file.Encrypted))))
	}
	start := `{"type":"blink account key","version":1,"address":"` + good + `"`
	for _, c := range []struct{ name, in, want string }{
		{"empty", " \n", "is empty"},
		{"binary", "\x00\x01\x02", "is damaged or no key file"},
		{"a PEM key", "-----BEGIN PRIVATE KEY-----\n", "is damaged or no key file"},
		{"an array", "[]", "is damaged or no key file"},
		{"another type", `{"type":"wallet"}`, `type must be "blink account key", was "wallet"`},
		{"a later version", `{"type":"blink account key","version":2,"more":1}`, "version must be 1, was 2: a newer blinkd wrote it"},
		{"unknown field", start + `,"insecure_private_key":"` + secret + `","x":1}`, `unknown field "x"`},
		{"trailing data", start + `,"insecure_private_key":"` + secret + `"} {}`, "is damaged"},
		{"no key", start + `}`, "must have either encrypted or insecure_private_key"},
		{"both", start + `,"encrypted":"AAAA","insecure_private_key":"` + secret + `"}`, "must have either"},
		{"no address", `{"type":"blink account key","version":1,"insecure_private_key":"` + secret + `"}`, "address is missing"},
		{"bad address", `{"type":"blink account key","version":1,"address":"blink1","insecure_private_key":"` + secret + `"}`, "must have 65 characters"},
		{"not hex", start + `,"insecure_private_key":"xyz"}`, "the private key is not hex"},
		{"short", start + `,"insecure_private_key":"03"}`, "private key must be 32 bytes, was 1"},
		{"zero", start + `,"insecure_private_key":"` + strings.Repeat("0", 64) + `"}`, "from 1 to the order"},
		{"swapped", start + `,"insecure_private_key":"` + strings.Repeat("0", 63) + `4"}`, "says address " + good + ", but its key is that of"},
		{"not age", start + `,"encrypted":"AAAA"}`, "the encrypted part is damaged"},
		{"flipped", start + `,"encrypted":"` + sealed(func(s string) string { return s[:len(s)-1] + string(s[len(s)-1]^1) }) + `"}`, "the encrypted part is damaged"},
		{"costly", start + `,"encrypted":"` + sealed(func(s string) string { return strings.Replace(s, " 1\n", " 30\n", 1) }) + `"}`, "work factor too large"},
	} {
		ring := newKeyring(t)
		if err := os.MkdirAll(ring.dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(ring.path("alice"), []byte(c.in), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ring.Load("alice", say("horse")); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "alice") {
			t.Errorf("%s: %v; want an error with %q", c.name, err, c.want)
		}
	}
}

func TestListShowsTheRestBesideDamagedFiles(t *testing.T) {
	ring := newKeyring(t)
	if err := ring.Create("alice", testKey(t, 3), nil); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"bad.json": "{", "Upper.json": "{}", "README": "no key", ".new-123": "a crash left this"} {
		if err := os.WriteFile(filepath.Join(ring.dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	infos, err := ring.List()
	if len(infos) != 1 || infos[0].Name != "alice" {
		t.Error("the list is", infos)
	}
	if err == nil || !strings.Contains(err.Error(), "bad.json") || !strings.Contains(err.Error(), `"Upper"`) || strings.Contains(err.Error(), "README") {
		t.Error(err)
	}
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "faucet_key")
	if err := WriteKeyFile(path, testKey(t, 3)); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Error(info.Mode(), err)
	}
	if key, err := LoadKeyFile(path); err != nil || !key.Equal(testKey(t, 3)) {
		t.Error(key.Address(), err)
	}
	if err := WriteKeyFile(path, testKey(t, 4)); !errors.Is(err, fs.ErrExist) {
		t.Error("overwritten:", err)
	}
	if err := WriteKeyFile(path+"2", PrivateKey{}); err == nil {
		t.Error("the zero key was written")
	}
	if _, err := LoadKeyFile(path + "3"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	file, err := sealKey(testKey(t, 3), []byte("horse"), 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := writeNew(path+"4", file.encode()); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKeyFile(path + "4"); err == nil || !strings.Contains(err.Error(), "it is encrypted") {
		t.Error(err)
	}
}
