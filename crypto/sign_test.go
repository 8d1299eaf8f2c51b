package crypto

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"os"
	"testing"

	"pgregory.net/rapid"
)

// TestBIP340 runs the test vectors of BIP-340 for messages of 32 bytes, the only ones that blink signs.
func TestBIP340(t *testing.T) {
	f, err := os.Open("testdata/bip340_test_vectors.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) != 1+15 {
		t.Fatal(len(rows), err)
	}
	for _, row := range rows[1:] {
		index, secret, public, aux, message, signature, valid, comment :=
			row[0], unhex(t, row[1]), unhex(t, row[2]), unhex(t, row[3]), unhex(t, row[4]), unhex(t, row[5]), row[6] == "TRUE", row[7]
		if got := Verify(PublicKey(public), [32]byte(message), Signature(signature)); got != valid {
			t.Errorf("%s: Verify = %v, want %v: %s", index, got, valid, comment)
		}
		_, err := ParsePublicKey(public)
		if bad := index == "5" || index == "14"; bad != (err != nil) {
			t.Errorf("%s: ParsePublicKey: %v", index, err)
		}
		if len(secret) == 0 {
			continue
		}
		key, err := PrivateKeyFromBytes(secret)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(key.Bytes(), secret) || key.Public() != PublicKey(public) {
			t.Errorf("%s: the key is %x, its public key %x", index, key.Bytes(), key.Public())
		}
		if got, err := key.SignAux([32]byte(message), [32]byte(aux)); err != nil || got != Signature(signature) {
			t.Errorf("%s: the signature is %x, %v", index, got, err)
		}
		if [32]byte(aux) == [32]byte{} {
			if got, err := key.Sign([32]byte(message)); err != nil || got != Signature(signature) {
				t.Errorf("%s: Sign is not BIP-340 with zeros: %x, %v", index, got, err)
			}
			if got, err := key.SignFast([32]byte(message)); err != nil || got != Signature(signature) {
				t.Errorf("%s: SignFast is not Sign: %x, %v", index, got, err)
			}
		}
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSignaturesHoldForOneKeyAndHash(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key, err := PrivateKeyFromBytes(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key"))
		if err != nil {
			t.Skip(err)
		}
		hash := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "hash"))
		sig, err := key.Sign(hash)
		if err != nil || !Verify(key.Public(), hash, sig) {
			t.Fatal("does not verify", err)
		}
		if again, _ := key.Sign(hash); again != sig {
			t.Fatal("signing again gives another signature")
		}
		bit := rapid.IntRange(0, 8*64-1).Draw(t, "bit")
		flipped := sig
		flipped[bit/8] ^= 1 << (bit % 8)
		if Verify(key.Public(), hash, flipped) {
			t.Fatal("verifies with a bit of the signature flipped")
		}
		hash[bit/8%32] ^= 1 << (bit % 8)
		if Verify(key.Public(), hash, sig) {
			t.Fatal("verifies with a bit of the hash flipped")
		}
	})
}

func TestVerifyRefusesZeros(t *testing.T) {
	if Verify(PublicKey{}, [32]byte{}, Signature{}) {
		t.Error("the zero signature of the zero key verifies")
	}
	if Verify(testKey(t, 3).Public(), [32]byte{}, Signature{}) {
		t.Error("the zero signature verifies")
	}
}

func TestTaggedHash(t *testing.T) {
	tag := sha256.Sum256([]byte("blink/test"))
	want := sha256.Sum256(append(append(tag[:], tag[:]...), "abc"...))
	if got := TaggedHash("blink/test", []byte("a"), nil, []byte("bc")); got != want {
		t.Errorf("TaggedHash = %x, want %x", got, want)
	}
}

func BenchmarkSign(b *testing.B) {
	key := testKey(b, 3)
	for b.Loop() {
		if _, err := key.Sign([32]byte{1}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSignFast(b *testing.B) {
	key := testKey(b, 3)
	for b.Loop() {
		if _, err := key.SignFast([32]byte{1}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	key := testKey(b, 3)
	sig, err := key.Sign([32]byte{1})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if !Verify(key.Public(), [32]byte{1}, sig) {
			b.Fatal("does not verify")
		}
	}
}

// BenchmarkMachine tells what kind of machine the others ran on: SHA-256 of 64 KiB, nearly the same code in every version.
func BenchmarkMachine(b *testing.B) {
	data := make([]byte, 64<<10)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		sha256.Sum256(data)
	}
}
