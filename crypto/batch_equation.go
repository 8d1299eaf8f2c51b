package crypto

import (
	"crypto/rand"

	"github.com/consensys/gnark-crypto/ecc/secp256k1/fr"
)

// batch holds claims as points and numbers, so that an equation over any of them costs no square root any more.
type batch struct {
	terms []term        // by claim; those of malformed claims are zero and never used
	keys  []affinePoint // each key once: a block often holds many transactions of one sender
}

// term is a claim s·G = R + e·P, with the P of its key.
type term struct {
	r   affinePoint
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

// sumsUp proves all of these claims at once: it adds them up, each multiplied by a random number a of 128 bits, and asks
// whether Σ a·R + Σ a·e·P − (Σ a·s)·G is the point at infinity. If one is wrong, at most one a in 2^128 makes it so,
// whatever the others are. Equal numbers would not do: two claims can be wrong by amounts that cancel.
func (b *batch) sumsUp(claims []int) bool {
	if len(claims) == 0 {
		return true
	}
	ofBase, points, scalars := b.equation(claims)
	return sumIsInfinity(&ofBase, points, scalars)
}

// equation gives the scalar of G, and the other points with theirs.
func (b *batch) equation(claims []int) (ofBase fr.Element, points []affinePoint, scalars []fr.Element) {
	points = make([]affinePoint, 0, 2*len(claims))
	scalars = make([]fr.Element, 0, 2*len(claims))
	place := make([]int, len(b.keys)) // of each key among the points, from 1 on; 0 before it has one

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
		ofBase.Sub(&ofBase, product.Mul(&a, &t.s))
		points, scalars = append(points, t.r), append(scalars, a)
		product.Mul(&a, &t.e)
		if at := place[t.key]; at > 0 {
			scalars[at-1].Add(&scalars[at-1], &product)
			continue
		}
		points, scalars = append(points, b.keys[t.key]), append(scalars, product)
		place[t.key] = len(points)
	}
	return ofBase, points, scalars
}
