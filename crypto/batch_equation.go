package crypto

import (
	"crypto/rand"

	"github.com/consensys/gnark-crypto/ecc"
	curve "github.com/consensys/gnark-crypto/ecc/secp256k1"
	"github.com/consensys/gnark-crypto/ecc/secp256k1/fp"
	"github.com/consensys/gnark-crypto/ecc/secp256k1/fr"
)

// batch holds claims as points and numbers, so that an equation over any of them costs no square root any more.
type batch struct {
	terms []term           // by claim; those of malformed claims are zero and never used
	keys  []curve.G1Affine // each key once: a block often holds many transactions of one sender
}

// term is a claim s·G = R + e·P, with the P of its key.
type term struct {
	r   curve.G1Affine
	s   fr.Element
	e   fr.Element
	key int // in batch.keys
}

// newBatch also returns the claims that are well formed. The others are wrong by BIP-340 without looking at the curve
// equation: s is not below the group's order, r not below the field's, or r or the key is not on the curve.
func newBatch(claims []Claim) (*batch, []int) {
	b := &batch{terms: make([]term, len(claims))}
	keys := make(map[PublicKey]int, len(claims)) // -1: not on the curve
	wellFormed := make([]int, 0, len(claims))
	for i, c := range claims {
		key, known := keys[c.Key]
		if !known {
			key = -1
			if p, ok := liftKey(c.Key); ok {
				key = len(b.keys)
				b.keys = append(b.keys, p)
			}
			keys[c.Key] = key
		}
		t := &b.terms[i]
		if key < 0 || t.s.SetBytesCanonical(c.Sig[32:]) != nil {
			continue
		}
		var ok bool
		if t.r, ok = liftX(c.Sig[:32]); !ok {
			continue
		}
		challenge := TaggedHash("BIP0340/challenge", c.Sig[:32], c.Key[:], c.Hash[:])
		t.e.SetBytes(challenge[:]) // modulo the order, as BIP-340 says
		t.key = key
		wellFormed = append(wellFormed, i)
	}
	return b, wellFormed
}

// liftX is lift_x of BIP-340: the point with this x and an even y; false where there is none.
func liftX(x []byte) (curve.G1Affine, bool) {
	var p curve.G1Affine
	if p.X.SetBytesCanonical(x) != nil {
		return p, false
	}
	_, seven := curve.CurveCoefficients()
	var square fp.Element
	square.Square(&p.X).Mul(&square, &p.X).Add(&square, &seven)
	if p.Y.Sqrt(&square) == nil {
		return p, false
	}
	if p.Y.Bits()[0]&1 == 1 {
		p.Y.Neg(&p.Y)
	}
	return p, true
}

// sumsUp proves all of these claims at once: it adds them up, each multiplied by a random number a of 128 bits, and asks
// whether Σ a·R + Σ a·e·P − (Σ a·s)·G is the point at infinity. If one is wrong, at most one a in 2^128 makes it so,
// whatever the others are. Equal numbers would not do: two claims can be wrong by amounts that cancel.
func (b *batch) sumsUp(claims []int) bool {
	return len(claims) == 0 || sumIsInfinity(b.equation(claims))
}

// equation gives the points and the scalars; the first point is G.
func (b *batch) equation(claims []int) ([]curve.G1Affine, []fr.Element) {
	points := make([]curve.G1Affine, 0, 2*len(claims)+1)
	scalars := make([]fr.Element, 0, 2*len(claims)+1)
	place := make([]int, len(b.keys)) // of each key among the points, 0 before it has one
	_, generator := curve.Generators()
	points, scalars = append(points, generator), append(scalars, fr.Element{})

	random := make([]byte, 16*len(claims))
	rand.Read(random) // never fails
	var wide [32]byte
	for n, i := range claims {
		t := &b.terms[i]
		var a, product fr.Element
		if a.SetOne(); n > 0 { // the sum is zero for all multiples or for none: one number may be fixed
			copy(wide[16:], random[16*n:16*n+16])
			a.SetBytes(wide[:]) // 32 bytes are what it takes without a detour
		}
		scalars[0].Sub(&scalars[0], product.Mul(&a, &t.s))
		points, scalars = append(points, t.r), append(scalars, a)
		product.Mul(&a, &t.e)
		if at := place[t.key]; at > 0 {
			scalars[at].Add(&scalars[at], &product)
			continue
		}
		place[t.key] = len(points)
		points, scalars = append(points, b.keys[t.key]), append(scalars, product)
	}
	return points, scalars
}

// mostStraus is up to how many points Straus's method is the faster one; BenchmarkSumIsInfinity.
const mostStraus = 512

// sumIsInfinity reports whether the points, each times its scalar, add up to the point at infinity. The first one is the
// generator.
func sumIsInfinity(points []curve.G1Affine, scalars []fr.Element) bool {
	if len(points) <= mostStraus {
		return sumIsInfinityStraus(&scalars[0], points[1:], scalars[1:])
	}
	return sumIsInfinityPippenger(points, scalars)
}

func sumIsInfinityPippenger(points []curve.G1Affine, scalars []fr.Element) bool {
	var sum curve.G1Jac
	if _, err := sum.MultiExp(points, scalars, ecc.MultiExpConfig{NbTasks: 1}); err != nil {
		panic(err) // the two are of different length
	}
	return sum.Z.IsZero()
}
