package crypto

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/btcutil/bech32"
	"pgregory.net/rapid"
)

// testKey returns the key with the number n.
func testKey(t testing.TB, n byte) PrivateKey {
	t.Helper()
	key, err := PrivateKeyFromBytes(append(make([]byte, 31), n))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// encode writes symbols in bech32 or bech32m under any prefix.
func encode(t testing.TB, write func(string, []byte) (string, error), hrp string, symbols []byte) string {
	t.Helper()
	text, err := write(hrp, symbols)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func symbolsOf(t testing.TB, a Address) []byte {
	t.Helper()
	_, symbols, err := bech32.Decode(a.String())
	if err != nil {
		t.Fatal(err)
	}
	return symbols
}

// TestGoldenAddresses writes two addresses down, so that another implementation can be checked.
func TestGoldenAddresses(t *testing.T) {
	for text, want := range map[string]Address{
		// The key of BIP-340's first test vector.
		"blink1qlycg5qvjtrp3qjf5f7zl382j9x6nrjz9sdhenvyxq8c3808qxmusaxmfm7": testKey(t, 3).Address(),
		"blink1pqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq69h58r": {KindThreshold},
	} {
		if got := want.String(); got != text {
			t.Errorf("%x is written %s, want %s", want.Bytes(), got, text)
		}
		if got, err := ParseAddress(text); err != nil || got != want {
			t.Errorf("ParseAddress(%s) = %x, %v; want %x", text, got.Bytes(), err, want.Bytes())
		}
	}
	key := testKey(t, 3)
	if public, ok := key.Address().PublicKey(); !ok || public != key.Public() {
		t.Errorf("the address holds key %x, %v", public, ok)
	}
	if _, ok := (Address{KindThreshold}).PublicKey(); ok {
		t.Error("a threshold address holds a key")
	}
}

func TestAddressesAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a Address
		copy(a[1:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "content"))
		a[0] = KindThreshold // any 32 bytes are good
		if rapid.Bool().Draw(t, "key") {
			key, err := PrivateKeyFromBytes(a[1:])
			if err != nil {
				t.Skip(err)
			}
			a = key.Address()
		}
		text := a.String()
		if got, err := ParseAddress(text); err != nil || got != a {
			t.Fatalf("ParseAddress(%s) = %s, %v", text, got, err)
		}
		if got, err := ParseAddress(strings.ToUpper(text)); err != nil || got != a {
			t.Fatalf("in upper case: %s, %v", got, err)
		}
		if got, err := AddressFromBytes(a.Bytes()); err != nil || got != a {
			t.Fatalf("AddressFromBytes = %s, %v", got, err)
		}
		// bech32m finds every single wrong character.
		i := rapid.IntRange(len(HRP)+1, len(text)-1).Draw(t, "position")
		c := "qpzry9x8gf2tvdw0s3jn54khce6mua7l"[rapid.IntRange(0, 31).Draw(t, "character")]
		if c != text[i] {
			if got, err := ParseAddress(text[:i] + string(c) + text[i+1:]); err == nil {
				t.Fatalf("with a wrong character it is %s", got)
			}
		}
	})
}

func TestParseAddressRefuses(t *testing.T) {
	good := testKey(t, 3).Address()
	text, symbols := good.String(), symbolsOf(t, good)
	change := func(i int, to byte) []byte {
		changed := bytes.Clone(symbols)
		changed[i] = to
		return changed
	}
	offCurve := Address{}
	offCurve[32] = 5 // x = 5 is the smallest that is on no point
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", `must start with "blink1"`},
		{"other network", encode(t, bech32.EncodeM, "cosmos", symbols), `must start with "blink1"`},
		{"prefix of the prefix", encode(t, bech32.EncodeM, "blin", symbols), `must start with "blink1"`},
		{"longer prefix", encode(t, bech32.EncodeM, "blink1q", symbols[2:]), `no 1 but that of "blink1"`},
		{"bech32", encode(t, bech32.Encode, HRP, symbols), "has a bech32 checksum, must have a bech32m one"},
		{"mixed case", strings.ToUpper(text[:30]) + text[30:], "all in lower or all in upper case"},
		{"mixed case prefix", "Blink" + text[5:], "all in lower or all in upper case"},
		{"one short", text[:len(text)-1], "must have 65 characters, has 64"},
		{"one long", text + "q", "must have 65 characters, has 66"},
		{"31 bytes", encode(t, bech32.EncodeM, HRP, symbols[:51]), "must have 65 characters, has 63"},
		{"extra symbol", encode(t, bech32.EncodeM, HRP, append(bytes.Clone(symbols), 0)), "must have 65 characters, has 66"},
		{"wrong character", text[:20] + "b" + text[21:], `the character 'b' does not occur in addresses`},
		{"two swapped", text[:20] + text[21:22] + text[20:21] + text[22:], "the checksum does not match"},
		{"space", text[:20] + " " + text[21:], "invalid character"},
		{"padding", encode(t, bech32.EncodeM, HRP, change(52, symbols[52]|1)), "padding bits must be zero"},
		{"kind 2", encode(t, bech32.EncodeM, HRP, change(0, 2)), "is of kind 2, which this version does not know"},
		{"kind 31", encode(t, bech32.EncodeM, HRP, change(0, 31)), "is of kind 31, which this version does not know"},
		{"off the curve", offCurve.String(), "nobody could spend from it"},
		{"zero", Address{}.String(), "nobody could spend from it"},
	} {
		got, err := ParseAddress(c.in)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: ParseAddress(%q) = %s, %v; want an error with %q", c.name, c.in, got, err, c.want)
		}
	}
	if _, err := ParseAddress(HRP + "1" + strings.Repeat("q", 1<<20)); err == nil || len(err.Error()) > 200 {
		t.Errorf("a long address gives %.300v", err)
	}
}

func TestAddressFromBytesRefuses(t *testing.T) {
	for _, c := range []struct {
		in   []byte
		want string
	}{
		{nil, "must be 33 bytes, was 0"},
		{make([]byte, 32), "must be 33 bytes, was 32"},
		{make([]byte, 34), "must be 33 bytes, was 34"},
		{append([]byte{2}, make([]byte, 32)...), "kind must be 0 (key) or 1 (threshold), was 2"},
	} {
		if got, err := AddressFromBytes(c.in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("AddressFromBytes(%x) = %s, %v; want an error with %q", c.in, got, err, c.want)
		}
	}
}

func TestAddressInJSON(t *testing.T) {
	a := testKey(t, 3).Address()
	text, err := json.Marshal(map[Address]Address{a: a})
	if want := `{"` + a.String() + `":"` + a.String() + `"}`; err != nil || string(text) != want {
		t.Errorf("JSON is %s, %v; want %s", text, err, want)
	}
	var back map[Address]Address
	if err := json.Unmarshal(text, &back); err != nil || back[a] != a {
		t.Errorf("read back as %v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`5`), new(Address)); err == nil {
		t.Error("a number was read as an address")
	}
}

// TestBech32m runs the strings of BIP-350 through the library that addresses are built on. None is an address.
func TestBech32m(t *testing.T) {
	for _, s := range []string{"A1LQFN3A", "a1lqfn3a",
		"an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg6",
		"abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx",
		"11llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllludsr8",
		"split1checkupstagehandshakeupstreamerranterredcaperredlc445v", "?1v759aa"} {
		if _, _, version, err := bech32.DecodeGeneric(s); err != nil || version != bech32.VersionM {
			t.Errorf("%q: version %v, %v", s, version, err)
		}
		if _, err := ParseAddress(s); err == nil {
			t.Errorf("%q is an address", s)
		}
	}
	for _, s := range []string{"\x201xj0phk", "\x7f1g6xzxy", "\x801vctc34",
		"an84characterslonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11d6pts4",
		"qyrz8wqd2c9m", "1qyrz8wqd2c9m", "y1b0jsk6g", "lt1igcx5c0", "in1muywd", "mm1crxm3i", "au1s5cgom",
		"M1VUXWEZ", "16plkw9", "1p2gdwpf"} {
		if _, _, version, err := bech32.DecodeGeneric(s); err == nil && version == bech32.VersionM {
			t.Errorf("%q is taken for bech32m", s)
		}
		if _, err := ParseAddress(s); err == nil {
			t.Errorf("%q is an address", s)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	f.Add(testKey(f, 3).Address().String())
	f.Add(strings.ToUpper(testKey(f, 4).Address().String()))
	f.Add(Address{KindThreshold}.String())
	f.Add("blink1")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseAddress(s)
		if err == nil && a.String() != strings.ToLower(s) {
			t.Errorf("%q was read as %s", s, a)
		}
	})
}
