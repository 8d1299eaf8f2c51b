package crypto

import (
	"bytes"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// signers are test keys in the order of the account's members.
func signers(t testing.TB, n int) ([]PrivateKey, *Musig) {
	t.Helper()
	var keys []PrivateKey
	var public []PublicKey
	for i := range n {
		keys = append(keys, testKey(t, byte(i+1)))
		public = append(public, keys[i].Public())
	}
	m, err := NewMusig(public)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(keys, func(a, b PrivateKey) int {
		return slices.Index(m.Members(), a.Public()) - slices.Index(m.Members(), b.Public())
	})
	return keys, m
}

// firstRound returns a seed and a public nonce of each.
func firstRound(t testing.TB, m *Musig, keys []PrivateKey, message [32]byte) ([]NonceSeed, []PublicNonce) {
	t.Helper()
	var seeds []NonceSeed
	var nonces []PublicNonce
	for _, key := range keys {
		seed, err := NewNonceSeed(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		nonce, err := m.Nonce(key, message, seed)
		if err != nil {
			t.Fatal(err)
		}
		seeds, nonces = append(seeds, seed), append(nonces, nonce)
	}
	return seeds, nonces
}

func TestMusigSignsAsOneKey(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var keys []PrivateKey
		var public []PublicKey
		for _, raw := range rapid.SliceOfNDistinct(rapid.SliceOfN(rapid.Byte(), 32, 32), 2, 8, func(b []byte) string { return string(b) }).Draw(rt, "keys") {
			key, err := PrivateKeyFromBytes(raw)
			if err != nil || slices.Contains(public, key.Public()) {
				rt.Skip("no key")
			}
			keys, public = append(keys, key), append(public, key.Public())
		}
		m, err := NewMusig(public)
		if err != nil {
			rt.Fatal(err)
		}
		slices.SortFunc(keys, func(a, b PrivateKey) int { pa, pb := a.Public(), b.Public(); return bytes.Compare(pa[:], pb[:]) })
		message := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(rt, "message"))
		seeds, nonces := firstRound(t, m, keys, message)
		var partials []PartialSignature
		for i, key := range keys {
			partial, err := m.Sign(key, message, &seeds[i], nonces)
			if err != nil {
				rt.Fatal(err)
			}
			partials = append(partials, partial)
		}
		sig, err := m.Combine(message, nonces, partials)
		if err != nil {
			rt.Fatal(err)
		}
		account, ok := m.Address().PublicKey()
		if !ok || !Verify(account, message, sig) {
			rt.Fatal("the signature does not verify under the account's key")
		}
		bad := rapid.IntRange(0, len(keys)-1).Draw(rt, "bad")
		bit := rapid.IntRange(0, 8*32-1).Draw(rt, "bit")
		partials[bad][bit/8] ^= 1 << (bit % 8)
		var named *BadPartial
		if _, err := m.Combine(message, nonces, partials); !errors.As(err, &named) || named.Signer != keys[bad].Public() {
			rt.Fatal("a bit was flipped in the partial signature of", keys[bad].Address(), "but the error is", err)
		}
	})
}

func TestMusigAccount(t *testing.T) {
	_, m := signers(t, 3)
	members := m.Members()
	if !slices.IsSortedFunc(members, func(a, b PublicKey) int { return bytes.Compare(a[:], b[:]) }) {
		t.Error("the members are not in order")
	}
	slices.Reverse(members)
	if other, err := NewMusig(members); err != nil || other.Address() != m.Address() {
		t.Error("another order makes another account", err)
	}
	if m.Address().Kind() != KindKey {
		t.Error("the account is of kind", m.Address().Kind())
	}
	if two, err := NewMusig(members[:2]); err != nil || two.Address() == m.Address() {
		t.Error("two of the three make the same account", err)
	}
	one, twice := members[:1], []PublicKey{members[0], members[1], members[0]}
	for _, c := range []struct {
		keys []PublicKey
		want string
	}{
		{nil, "must have 2 to 16 keys, was 0"},
		{one, "must have 2 to 16 keys, was 1"},
		{make([]PublicKey, 17), "must have 2 to 16 keys, was 17"},
		{twice, "key " + members[0].Address().String() + ": must occur once"},
		{[]PublicKey{{}, members[0]}, "is not the x coordinate of a point"},
	} {
		if _, err := NewMusig(c.keys); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v; want %s", err, c.want)
		}
	}
}

func TestMusigNonceSignsOnce(t *testing.T) {
	keys, m := signers(t, 2)
	message := [32]byte{1}
	seeds, nonces := firstRound(t, m, keys, message)
	if _, err := m.Sign(keys[0], message, &seeds[0], nonces); err != nil {
		t.Fatal(err)
	}
	if seeds[0] != (NonceSeed{}) {
		t.Error("the seed is still there")
	}
	if _, err := m.Sign(keys[0], message, &seeds[0], nonces); err == nil || !strings.Contains(err.Error(), "used already") {
		t.Error("signed again:", err)
	}
}

// A seed that serves another message, account or signer by mistake makes another nonce there, so nothing leaks.
func TestMusigNonceIsBound(t *testing.T) {
	keys, m := signers(t, 3)
	pair, err := NewMusig(m.Members()[:2])
	if err != nil {
		t.Fatal(err)
	}
	seen := map[PublicNonce]bool{}
	for _, c := range []struct {
		m       *Musig
		key     PrivateKey
		message [32]byte
		seed    NonceSeed
	}{
		{m, keys[0], [32]byte{1}, NonceSeed{1}},
		{m, keys[1], [32]byte{1}, NonceSeed{1}},
		{m, keys[0], [32]byte{2}, NonceSeed{1}},
		{m, keys[0], [32]byte{1}, NonceSeed{2}},
		{pair, keys[0], [32]byte{1}, NonceSeed{1}},
	} {
		nonce, err := c.m.Nonce(c.key, c.message, c.seed)
		if err != nil || seen[nonce] {
			t.Error("the same nonce again", err)
		}
		if again, _ := c.m.Nonce(c.key, c.message, c.seed); again != nonce {
			t.Error("the same seed makes another nonce for the same purpose")
		}
		seen[nonce] = true
	}
}

func TestMusigRefuses(t *testing.T) {
	keys, m := signers(t, 2)
	message := [32]byte{1}
	seeds, nonces := firstRound(t, m, keys, message)
	stranger := testKey(t, 99)
	if _, err := m.Nonce(stranger, message, seeds[0]); err == nil || !strings.Contains(err.Error(), "is none of the keys of") {
		t.Error(err)
	}
	if _, err := m.Nonce(PrivateKey{}, message, seeds[0]); err == nil {
		t.Error("no key made a nonce")
	}
	swapped := []PublicNonce{nonces[1], nonces[0]}
	for _, c := range []struct {
		nonces []PublicNonce
		want   string
	}{
		{nonces[:1], "needs the public nonces of all 2 keys, was given 1"},
		{swapped, "is not the one that it made"},
		{[]PublicNonce{nonces[0], {}}, "nonce 1: public nonce must be two points"},
	} {
		seed := seeds[0]
		if _, err := m.Sign(keys[0], message, &seed, c.nonces); err == nil || !strings.Contains(err.Error(), c.want) || seed != seeds[0] {
			t.Errorf("%v; want %s, and the seed still there", err, c.want)
		}
	}
	if _, err := m.Combine(message, nonces, nil); err == nil || !strings.Contains(err.Error(), "needs the partial signatures of all 2") {
		t.Error(err)
	}
	for _, raw := range [][]byte{nil, nonces[0][:65], make([]byte, 66), append([]byte{4}, nonces[0][1:]...)} {
		if _, err := ParsePublicNonce(raw); err == nil {
			t.Errorf("%x is a public nonce", raw)
		}
	}
}
