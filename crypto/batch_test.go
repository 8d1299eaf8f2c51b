package crypto

import (
	"encoding/binary"
	"encoding/csv"
	"os"
	"slices"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
)

// rightClaims signs n claims with as many keys.
func rightClaims(t testing.TB, n, keys int) []Claim {
	t.Helper()
	claims := make([]Claim, n)
	for i := range claims {
		key := testKey(t, byte(1+i%keys))
		claims[i] = Claim{Key: key.Public()}
		binary.BigEndian.PutUint64(claims[i].Hash[:], uint64(i))
		var err error
		if claims[i].Sig, err = key.Sign(claims[i].Hash); err != nil {
			t.Fatal(err)
		}
	}
	return claims
}

// holds is the verdict of the dumb twin: btcec's verification of one.
func (c Claim) holds() bool { return Verify(c.Key, c.Hash, c.Sig) }

// sameVerdicts compares VerifyBatch with Verify.
func sameVerdicts(t testing.TB, claims []Claim) {
	t.Helper()
	for i, verdict := range VerifyBatch(claims) {
		if want := claims[i].holds(); verdict != want {
			t.Fatalf("claim %d of %d: VerifyBatch says %v, Verify %v: %x", i, len(claims), verdict, want, claims[i])
		}
	}
}

// vectors are the claims of BIP-340's table, with its verdicts.
func vectors(t testing.TB) ([]Claim, []bool) {
	t.Helper()
	f, err := os.Open("testdata/bip340_test_vectors.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var claims []Claim
	var valid []bool
	for _, row := range rows[1:] {
		claims = append(claims, Claim{PublicKey(unhex(t, row[2])), [32]byte(unhex(t, row[4])), Signature(unhex(t, row[5]))})
		valid = append(valid, row[6] == "TRUE")
	}
	return claims, valid
}

// TestBatchBIP340 hides each test vector at every place of a batch of right claims, and puts all of them into one.
func TestBatchBIP340(t *testing.T) {
	claims, valid := vectors(t)
	if got := VerifyBatch(claims); !slices.Equal(got, valid) {
		t.Fatalf("all in one: %v, want %v", got, valid)
	}
	right := rightClaims(t, 7, 5)
	for v, claim := range claims {
		if got := VerifyBatch([]Claim{claim}); got[0] != valid[v] {
			t.Fatalf("vector %d alone: %v", v, got)
		}
		for at := range right {
			hidden := slices.Clone(right)
			hidden[at] = claim
			for i, verdict := range VerifyBatch(hidden) {
				if want := i != at || valid[v]; verdict != want {
					t.Fatalf("vector %d at %d: the verdict of %d is %v", v, at, i, verdict)
				}
			}
		}
	}
}

// A wrong claim is found wherever it stands, also where the search halves more than once.
func TestBatchFindsTheWrongOne(t *testing.T) {
	right := rightClaims(t, 4*minHalf+3, 40)
	step := 1
	if testing.Short() {
		step = 13
	}
	for at := 0; at < len(right); at += step {
		claims := slices.Clone(right)
		claims[at].Sig[63] ^= 1
		for i, verdict := range VerifyBatch(claims) {
			if verdict != (i != at) {
				t.Fatalf("%d is wrong, the verdict of %d is %v", at, i, verdict)
			}
		}
	}
}

// More claims than one equation holds: each verdict is at its own place.
func TestBatchOfSeveralEquations(t *testing.T) {
	claims := rightClaims(t, 2*together+5, 50)
	wrong := []int{0, together - 1, together, 2*together - 3, 2 * together, 2*together + 4}
	for _, i := range wrong {
		claims[i].Sig[63] ^= 1
	}
	for i, verdict := range VerifyBatch(claims) {
		if verdict == slices.Contains(wrong, i) {
			t.Errorf("the verdict of %d is %v", i, verdict)
		}
	}
}

// Two signatures that are wrong by amounts that cancel would pass if all claims had equal weight.
func TestBatchRefusesWhatCancels(t *testing.T) {
	right := rightClaims(t, 12, 3)
	for a := range right {
		for b := range a {
			claims := slices.Clone(right)
			addToS(&claims[a].Sig, 1)
			addToS(&claims[b].Sig, ^uint32(0))
			for i, verdict := range VerifyBatch(claims) {
				if verdict != (i != a && i != b) {
					t.Fatalf("%d and %d cancel, the verdict of %d is %v", a, b, i, verdict)
				}
			}
		}
	}
}

// addToS adds d to the s of a signature modulo the order; all ones subtract 1.
func addToS(sig *Signature, d uint32) {
	var s, delta btcec.ModNScalar
	s.SetByteSlice(sig[32:])
	if delta.SetInt(d); d == ^uint32(0) {
		delta.SetInt(1).Negate()
	}
	s.Add(&delta)
	s.PutBytesUnchecked(sig[32:])
}

// The whole search costs a bounded number of equations, whoever chose which claims are wrong.
func TestBatchSearchIsBounded(t *testing.T) {
	const n = 16 * minHalf
	right := rightClaims(t, n, 50)
	for _, every := range []int{1, 2, 7, minHalf, 3 * minHalf, n} {
		claims := slices.Clone(right)
		for i := 0; i < n; i += every {
			claims[i].Hash[0] ^= 1
		}
		b, wellFormed := newBatch(claims)
		s := search{batch: b, budget: maxSearch * n}
		s.split(wellFormed)
		if wrong := (n + every - 1) / every; s.budget < 0 || len(s.right) != n-wrong {
			t.Errorf("every %d is wrong: %d of %d were right, a budget of %d is left", every, len(s.right), n, s.budget)
		}
	}
}
