package crypto

import (
	"encoding/hex"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
)

// TestBatchIsVerify compares the two on claims with random changes: 1000 of them, or as many as PROVE_CLAIMS says
// (make prove).
func TestBatchIsVerify(t *testing.T) {
	total := 1_000
	if text := os.Getenv("PROVE_CLAIMS"); text != "" {
		var err error
		if total, err = strconv.Atoi(text); err != nil {
			t.Fatalf("PROVE_CLAIMS must be a number: %v", err)
		}
	} else if testing.Short() {
		total = 300
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	pool := rightClaims(t, 300, 60)
	pool = append(pool, first(vectors(t))...)
	for done := 0; done < total; {
		claims := make([]Claim, random.IntN(3*minHalf))
		oneIn := 1 + random.IntN(2*minHalf)
		for i := range claims {
			claims[i] = pool[random.IntN(len(pool))]
			if random.IntN(oneIn) == 0 {
				mutate(random, &claims[i], pool)
			}
		}
		sameVerdicts(t, claims)
		done += len(claims) + 1
	}
}

func first[A, B any](a A, _ B) A { return a }

// mutate changes a claim in one of the ways in which claims can be wrong, or not.
func mutate(random *rand.Rand, c *Claim, pool []Claim) {
	other := pool[random.IntN(len(pool))]
	fields := [][]byte{c.Key[:], c.Hash[:], c.Sig[:32], c.Sig[32:]}
	field := fields[random.IntN(len(fields))]
	switch random.IntN(6) {
	case 0:
		field[random.IntN(32)] ^= 1 << random.IntN(8)
	case 1:
		for i := range field {
			field[i] = byte(random.Uint32())
		}
	case 2: // beyond the field and the order, or at their edge
		edge, _ := hex.DecodeString(edges[random.IntN(len(edges))])
		copy(field, edge)
	case 3:
		c.Key = other.Key
	case 4:
		c.Sig = other.Sig
	case 5:
		addToS(&c.Sig, uint32(random.IntN(3)))
	}
}

// edges are numbers about zero, the order of the group and that of the field.
var edges = []string{
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0000000000000000000000000000000000000000000000000000000000000001",
	"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140",
	"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
	"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364142",
	"fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2e",
	"fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f",
	"fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc30",
	"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
}

// Every field of a claim may hold every number at an edge.
func TestBatchAtTheEdges(t *testing.T) {
	right := rightClaims(t, 6, 2)
	for _, edge := range edges {
		for field := range 4 {
			for at := range right {
				claims := slices.Clone(right)
				c := &claims[at]
				copy([][]byte{c.Key[:], c.Hash[:], c.Sig[:32], c.Sig[32:]}[field], unhex(t, edge))
				sameVerdicts(t, claims)
				sameVerdicts(t, claims[at:at+1])
			}
		}
	}
	sameVerdicts(t, make([]Claim, 12))
	sameVerdicts(t, nil)
}

// FuzzVerifyBatch: VerifyBatch never panics and says what Verify says, of claims of 128 bytes each.
func FuzzVerifyBatch(f *testing.F) {
	right := rightClaims(f, 12, 3)
	wrong := slices.Clone(right)
	wrong[1].Sig[40] ^= 1
	addToS(&wrong[2].Sig, 1)
	addToS(&wrong[3].Sig, ^uint32(0))
	for _, claims := range [][]Claim{nil, right, wrong, first(vectors(f)), slices.Repeat(right[:1], 6)} {
		var raw []byte
		for _, c := range claims {
			raw = slices.Concat(raw, c.Key[:], c.Hash[:], c.Sig[:])
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var claims []Claim
		for c := range slices.Chunk(raw, 128) {
			if len(c) == 128 && len(claims) < 2*minHalf+2 {
				claims = append(claims, Claim{PublicKey(c[:32]), [32]byte(c[32:64]), Signature(c[64:])})
			}
		}
		sameVerdicts(t, claims)
	})
}
