package crypto

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"
)

// thresholdKeys are the x coordinates of the first n multiples of the generator, in ascending order.
func thresholdKeys(t *testing.T, n int) []PublicKey {
	t.Helper()
	keys := make([]PublicKey, n)
	for i := range keys {
		private, err := PrivateKeyFromBytes(append(make([]byte, 31), byte(i+1)))
		if err != nil {
			t.Fatal(err)
		}
		keys[i] = private.Public()
	}
	slices.SortFunc(keys, PublicKey.Compare)
	return keys
}

// The hash is spelled out, so that the format cannot change unseen.
func TestThresholdAddress(t *testing.T) {
	keys := thresholdKeys(t, 3)
	got, err := ThresholdAddress(2, keys)
	if err != nil {
		t.Fatal(err)
	}
	want := TaggedHash("blink/threshold/v1", []byte{2, 3}, keys[0][:], keys[1][:], keys[2][:])
	if got.Kind() != KindThreshold || [32]byte(got[1:]) != want {
		t.Errorf("got %x, want %x", got, want)
	}
	const golden = "013ced07f45e333119c6e97c26fc739d4df0cb7d687933d2acb3b1df9e01236dd7"
	if text := hex.EncodeToString(got[:]); text != golden {
		t.Errorf("got %s, want %s", text, golden)
	}
	if parsed, err := ParseAddress(got.String()); err != nil || parsed != got {
		t.Errorf("%s reads as %x, %v", got, parsed, err)
	}
}

// Threshold, number and keys all count.
func TestThresholdAddressesDiffer(t *testing.T) {
	keys := thresholdKeys(t, MaxThresholdKeys)
	seen := make(map[Address]bool)
	for n := 1; n <= len(keys); n++ {
		for threshold := 1; threshold <= n; threshold++ {
			a, err := ThresholdAddress(threshold, keys[:n])
			if err != nil {
				t.Fatal(err)
			}
			seen[a] = true
		}
	}
	if len(seen) != 16*17/2 {
		t.Errorf("%d addresses", len(seen))
	}
}

func TestThresholdAddressIsRefused(t *testing.T) {
	keys := thresholdKeys(t, 17)
	offCurve := PublicKey{31: 5}
	for _, c := range []struct {
		name      string
		threshold int
		keys      []PublicKey
		want      string
	}{
		{"no keys", 1, nil, "keys must be 1 to 16, were 0"},
		{"17 keys", 1, keys, "keys must be 1 to 16, were 17"},
		{"threshold 0", 0, keys[:3], "threshold must be 1 to the number of keys (3), was 0"},
		{"negative threshold", -255, keys[:3], "threshold must be 1 to the number of keys (3), was -255"},
		{"threshold above the keys", 4, keys[:3], "threshold must be 1 to the number of keys (3), was 4"},
		{"unsorted", 1, []PublicKey{keys[1], keys[0]}, "keys must ascend, each once"},
		{"key twice", 1, []PublicKey{keys[0], keys[0]}, "keys must ascend, each once"},
		{"key off the curve", 1, []PublicKey{offCurve, keys[16]}, "key 1: public key is not the x coordinate"},
		{"zero key", 1, []PublicKey{{}}, "key 1: public key is not the x coordinate"},
	} {
		if a, err := ThresholdAddress(c.threshold, c.keys); err == nil || !strings.HasPrefix(err.Error(), c.want) || !a.IsZero() {
			t.Errorf("%s: %x, %v", c.name, a, err)
		}
	}
}
