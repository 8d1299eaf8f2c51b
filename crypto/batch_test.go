package crypto

import (
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
)

// signedClaims are n valid claims of some keys.
func signedClaims(t testing.TB, n, keys int) []Claim {
	claims := make([]Claim, n)
	for i := range claims {
		secret := make([]byte, 32)
		binary.BigEndian.PutUint32(secret[28:], uint32(1+i%keys))
		key, err := PrivateKeyFromBytes(secret)
		if err != nil {
			t.Fatal(err)
		}
		var hash [32]byte
		binary.BigEndian.PutUint64(hash[:], uint64(i))
		sig, err := key.Sign(hash)
		if err != nil {
			t.Fatal(err)
		}
		claims[i] = Claim{key.Public(), hash, sig}
	}
	return claims
}

func sameAsVerify(t testing.TB, claims []Claim) {
	t.Helper()
	for i, got := range VerifyBatch(claims) {
		if want := Verify(claims[i].Key, claims[i].Hash, claims[i].Sig); got != want {
			t.Fatalf("claim %d of %d: in a batch %v, alone %v: %+v", i, len(claims), got, want, claims[i])
		}
	}
}

// Every vector of BIP-340 gets the same verdict wherever it hides in a batch.
func TestBIP340InBatches(t *testing.T) {
	f, err := os.Open("testdata/bip340_test_vectors.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var vectors []Claim
	var valid []bool
	for _, row := range rows[1:] {
		vectors = append(vectors, Claim{PublicKey(unhex(t, row[2])), [32]byte(unhex(t, row[4])), Signature(unhex(t, row[5]))})
		valid = append(valid, row[6] == "TRUE")
	}
	for i, got := range VerifyBatch(vectors) {
		if got != valid[i] {
			t.Errorf("vector %d, all in one batch: %v", i, got)
		}
	}
	for _, size := range []int{1, 3, 4, 9, 40} {
		others := signedClaims(t, size, 3)
		for i, vector := range vectors {
			for _, at := range []int{0, size / 2, size} {
				batch := append(append(append([]Claim{}, others[:at]...), vector), others[at:]...)
				for j, got := range VerifyBatch(batch) {
					if want := j != at || valid[i]; got != want {
						t.Errorf("vector %d at %d of %d: claim %d is %v", i, at, size, j, got)
					}
				}
			}
		}
	}
}

// Two signatures that are wrong by opposite amounts would cancel if all had the same multiple.
func TestWrongSignaturesDoNotCancel(t *testing.T) {
	for _, keys := range []int{1, 8} {
		claims := signedClaims(t, 8, keys)
		var a, b, d btcec.ModNScalar
		a.SetByteSlice(claims[2].Sig[32:])
		b.SetByteSlice(claims[5].Sig[32:])
		d.SetInt(12345)
		a.Add(&d)
		b.Add(d.Negate())
		a.PutBytesUnchecked(claims[2].Sig[32:])
		b.PutBytesUnchecked(claims[5].Sig[32:])
		for i, got := range VerifyBatch(claims) {
			if want := i != 2 && i != 5; got != want {
				t.Errorf("%d keys: claim %d is %v", keys, i, got)
			}
		}
	}
}

// Batches with any number of damaged claims say of each what Verify says. BATCH_MUTATIONS sets how many are damaged in
// all: 10 000, or a million in a long run.
func TestVerifyBatchAgainstVerify(t *testing.T) {
	want := 10_000
	if text := os.Getenv("BATCH_MUTATIONS"); text != "" {
		var err error
		if want, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	} else if testing.Short() {
		want = 500
	}
	pool := signedClaims(t, 600, 40)
	random := rand.New(rand.NewPCG(7, 8))
	for done := 0; done < want; {
		batch := make([]Claim, 1+random.IntN(64))
		damaged := random.IntN(len(batch) + 1)
		for i := range batch {
			batch[i] = pool[random.IntN(len(pool))]
		}
		for range damaged {
			damage(random, &batch[random.IntN(len(batch))], pool)
		}
		sameAsVerify(t, batch)
		done += damaged
	}
}

// damage changes a claim in one of the ways that an attacker might.
func damage(random *rand.Rand, c *Claim, pool []Claim) {
	other := pool[random.IntN(len(pool))]
	switch random.IntN(9) {
	case 0:
		c.Sig[random.IntN(64)] ^= 1 << random.IntN(8)
	case 1:
		c.Hash[random.IntN(32)] ^= 1 << random.IntN(8)
	case 2:
		c.Key[random.IntN(32)] ^= 1 << random.IntN(8)
	case 3:
		c.Key = other.Key
	case 4:
		copy(c.Sig[:32], other.Sig[:32])
	case 5:
		copy(c.Sig[32:], other.Sig[32:])
	case 6: // s + n, where it fits into 32 bytes: a second form that BIP-340 refuses
		var carry uint16
		n := btcec.S256().N.Bytes()
		for i := 31; i >= 0; i-- {
			carry += uint16(c.Sig[32+i]) + uint16(n[i])
			c.Sig[32+i] = byte(carry)
			carry >>= 8
		}
	case 7: // out of range, or nothing
		fill := []byte{0, 0xff}[random.IntN(2)]
		part := [][]byte{c.Sig[:32], c.Sig[32:], c.Key[:]}[random.IntN(3)]
		for i := range part {
			part[i] = fill
		}
	case 8: // the negated signature: R with an odd y
		var s btcec.ModNScalar
		s.SetByteSlice(c.Sig[32:])
		s.Negate()
		s.PutBytesUnchecked(c.Sig[32:])
	}
}

func FuzzVerifyBatch(f *testing.F) {
	claims := signedClaims(f, 5, 2)
	for _, c := range claims {
		f.Add(c.Key[:], c.Hash[:], c.Sig[:])
	}
	f.Fuzz(func(t *testing.T, key, hash, sig []byte) {
		if len(key) != 32 || len(hash) != 32 || len(sig) != 64 {
			t.Skip()
		}
		sameAsVerify(t, append([]Claim{{PublicKey(key), [32]byte(hash), Signature(sig)}}, claims...))
	})
}

func BenchmarkParseClaim(b *testing.B) {
	c := signedClaims(b, 1, 1)[0]
	for b.Loop() {
		c.parse()
	}
}

func BenchmarkVerifyBatch(b *testing.B) {
	for _, n := range []int{1, 4, 8, 16, 64, 256, 1024} {
		claims := signedClaims(b, n, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				VerifyBatch(claims)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/signature")
		})
	}
}
