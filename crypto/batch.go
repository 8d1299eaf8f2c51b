package crypto

import (
	"crypto/rand"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/secp256k1"
	"github.com/consensys/gnark-crypto/ecc/secp256k1/fp"
	"github.com/consensys/gnark-crypto/ecc/secp256k1/fr"
)

// Claim says that Sig is the signature of Hash by the owner of Key.
type Claim struct {
	Key  PublicKey
	Hash [32]byte
	Sig  Signature
}

const (
	// leastBatch is how many signatures are quicker to verify together than one by one.
	leastBatch = 8
	// mostBatch is how many are verified together: beyond it nothing is gained.
	mostBatch = 256
)

// VerifyBatch reports for each claim what Verify would. It takes about a fifth of the time for many claims, by the batch
// verification of BIP-340: one equation over random multiples of all signatures. A wrong signature passes it with a
// probability of 2^-128, and whoever makes signatures does not know the multiples. When the equation does not hold, the
// wrong ones are found by halves; however many they are, that takes no more than about twice the time of Verify for each.
//
// It runs on the caller's goroutine.
func VerifyBatch(claims []Claim) []bool {
	valid := make([]bool, len(claims))
	if len(claims) < leastBatch {
		for i, c := range claims {
			valid[i] = Verify(c.Key, c.Hash, c.Sig)
		}
		return valid
	}
	terms := make([]term, 0, len(claims))
	for i, c := range claims {
		if t, ok := c.parse(); ok {
			t.index = i
			terms = append(terms, t)
		}
	}
	for len(terms) > 0 {
		n := min(len(terms), mostBatch)
		settle(claims, terms[:n], valid)
		terms = terms[n:]
	}
	return valid
}

// settle finds out which of some claims hold.
func settle(claims []Claim, terms []term, valid []bool) {
	switch {
	case len(terms) < leastBatch:
		for _, t := range terms {
			c := claims[t.index]
			valid[t.index] = Verify(c.Key, c.Hash, c.Sig)
		}
	case hold(terms):
		for _, t := range terms {
			valid[t.index] = true
		}
	default:
		half := len(terms) / 2
		settle(claims, terms[:half], valid)
		settle(claims, terms[half:], valid)
	}
}

// term is a claim as points and numbers: s·G = R + e·P.
type term struct {
	index int // of the claim
	key   PublicKey
	r, p  secp256k1.G1Affine
	s, e  fr.Element
}

// parse refuses what BIP-340 refuses before it computes anything: a key off the curve, and r or s out of range. An r that
// is no point's coordinate cannot be that of any signature.
func (c Claim) parse() (t term, ok bool) {
	if !lift(&t.p, c.Key[:]) || !lift(&t.r, c.Sig[:32]) || t.s.SetBytesCanonical(c.Sig[32:]) != nil {
		return t, false
	}
	challenge := TaggedHash("BIP0340/challenge", c.Sig[:32], c.Key[:], c.Hash[:])
	t.e.SetBytes(challenge[:])
	t.key = c.Key
	return t, true
}

// lift is lift_x of BIP-340: the point with this x and an even y.
func lift(p *secp256k1.G1Affine, x []byte) bool {
	if p.X.SetBytesCanonical(x) != nil {
		return false
	}
	var square fp.Element
	square.Square(&p.X).Mul(&square, &p.X).Add(&square, &curveB)
	if p.Y.Sqrt(&square) == nil {
		return false
	}
	if y := p.Y.Bits(); y[0]&1 == 1 {
		p.Y.Neg(&p.Y)
	}
	return true
}

// curveB is the 7 of y² = x³ + 7.
var curveB = fp.NewElement(7)

// hold reports whether the sum of random multiples of all equations holds, which means that each of them does. The terms
// of one key are added up first: the transactions of a block often have few senders.
func hold(terms []term) bool {
	random := make([]byte, 16*len(terms))
	if _, err := rand.Read(random); err != nil {
		panic(fmt.Sprintf("crypto: no randomness: %v", err)) // which Go's crypto/rand never returns
	}
	points := make([]secp256k1.G1Affine, 0, 2*len(terms)+1)
	scalars := make([]fr.Element, 0, 2*len(terms)+1)
	keys := make(map[PublicKey]int, len(terms)) // place in points
	var base fr.Element
	for i := range terms {
		t := &terms[i]
		var a, product fr.Element
		a.SetBytes(random[16*i : 16*i+16])
		points, scalars = append(points, t.r), append(scalars, a)
		base.Add(&base, product.Mul(&a, &t.s))
		product.Mul(&a, &t.e)
		at, known := keys[t.key]
		if !known {
			at = len(points)
			keys[t.key] = at
			points, scalars = append(points, t.p), append(scalars, fr.Element{})
		}
		scalars[at].Add(&scalars[at], &product)
	}
	_, generator := secp256k1.Generators()
	points, scalars = append(points, generator), append(scalars, *base.Neg(&base))
	var sum secp256k1.G1Jac
	if _, err := sum.MultiExp(points, scalars, ecc.MultiExpConfig{NbTasks: 1}); err != nil {
		panic(fmt.Sprintf("crypto: %v", err)) // only for lists of different lengths
	}
	return sum.Z.IsZero()
}
