package crypto

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/iotest"
)

const curveOrder = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"

func TestPrivateKeyFromBytesRefuses(t *testing.T) {
	for _, c := range []struct{ name, hex, want string }{
		{"empty", "", "must be 32 bytes, was 0"},
		{"31 bytes", strings.Repeat("01", 31), "must be 32 bytes, was 31"},
		{"33 bytes", strings.Repeat("01", 33), "must be 32 bytes, was 33"},
		{"zero", strings.Repeat("00", 32), "from 1 to the order"},
		{"order", curveOrder, "from 1 to the order"},
		{"all ones", strings.Repeat("ff", 32), "from 1 to the order"},
	} {
		if _, err := PrivateKeyFromBytes(unhex(t, c.hex)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want an error with %q", c.name, err, c.want)
		}
	}
	largest := unhex(t, curveOrder)
	largest[31]--
	if _, err := PrivateKeyFromBytes(largest); err != nil {
		t.Errorf("the order minus 1: %v", err)
	}
}

func TestParsePublicKeyRefuses(t *testing.T) {
	for name, in := range map[string][]byte{
		"empty": nil, "33 bytes": make([]byte, 33), "x = 0": make([]byte, 32),
		"x = 5": append(make([]byte, 31), 5), "x above the field": bytes.Repeat([]byte{0xff}, 32),
	} {
		if _, err := ParsePublicKey(in); err == nil {
			t.Errorf("%s is a public key", name)
		}
	}
}

func TestGenerateKey(t *testing.T) {
	one, err := GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	two, err := GenerateKey(rand.Reader)
	if err != nil || one.Equal(two) {
		t.Error("two keys are the same", err)
	}
	// Out of range is drawn again; the same randomness gives the same key.
	stream := io.MultiReader(bytes.NewReader(make([]byte, 32)), bytes.NewReader(unhex(t, curveOrder)), bytes.NewReader(testKey(t, 3).Bytes()))
	if key, err := GenerateKey(stream); err != nil || !key.Equal(testKey(t, 3)) {
		t.Error("the third draw is not taken", err)
	}
	broken := errors.New("broken")
	if _, err := GenerateKey(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Error(err)
	}
}

func TestZeroPrivateKeyDoesNothing(t *testing.T) {
	var key PrivateKey
	if _, err := key.Sign([32]byte{1}); err == nil {
		t.Error("it signs")
	}
	if key.Bytes() != nil || key.Public() != (PublicKey{}) || !key.Address().IsZero() {
		t.Error("it has bytes, a public key or an address")
	}
}

// TestKeysNeverPrint prints a key in every way a careless line of code could, also from inside other values.
func TestKeysNeverPrint(t *testing.T) {
	key, err := PrivateKeyFromBytes(unhex(t, strings.Repeat("a7", 32)))
	if err != nil {
		t.Fatal(err)
	}
	type account struct {
		Key    PrivateKey
		hidden PrivateKey
	}
	values := []any{key, &key, []PrivateKey{key}, map[string]PrivateKey{"k": key}, account{key, key}, &account{key, key}, struct{ hidden *account }{&account{key, key}}}
	var out bytes.Buffer
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%p"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		fmt.Fprintln(&out, v, errors.New(fmt.Sprint(v)))
		slog.New(slog.NewTextHandler(&out, nil)).Info("key", "value", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("key", "value", v)
		text, err := json.Marshal(v)
		fmt.Fprintln(&out, string(text), err)
	}
	printed := strings.ToLower(out.String())
	for _, secret := range []string{"a7a7", "167 167", "167,167", "0xa7, 0xa7", hex.EncodeToString([]byte("a7a7")),
		"2812782503", "12076808984545502119", "\\xa7"} { // bytes, and the limbs of the scalar
		if strings.Contains(printed, secret) {
			t.Errorf("found %q in what was printed", secret)
		}
	}
	if !strings.Contains(printed, strings.ToLower(redacted)) {
		t.Error("nothing was printed")
	}
}
