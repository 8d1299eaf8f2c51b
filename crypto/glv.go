package crypto

import (
	"encoding/binary"
	"math/bits"

	"github.com/consensys/gnark-crypto/ecc/secp256k1/fr"
)

// secp256k1 has an endomorphism φ(x, y) = (βx, y) = λ·(x, y), so that a multiple of 256 bits is a sum of two of 128
// (Gallant, Lambert, Vanstone, CRYPTO 2001). The numbers are those of Guide to Elliptic Curve Cryptography, example
// 3.76: (a1, b1) and (a2, b2) are short vectors with a + b·λ = 0.
var (
	beta = fieldElement{0xc1396c28719501ee, 0x9cf0497512f58995, 0x6e64479eac3434e9, 0x7ae96a2b657c0710}

	lambda  = scalar("0x5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72")
	minusB1 = scalar("0xe4437ed6010e88286f547fa90abfe4c3")
	minusB2 = scalar("0xfffffffffffffffffffffffffffffffe8a280ac50774346dd765cda83db1562c")

	// b2 and -b1 over the order, times 2^384: the lowest 64 bits first.
	ratioB2 = [4]uint64{0xe893209a45dbb031, 0x3daa8a1471e8ca7f, 0xe86c90e49284eb15, 0x3086d221a7d46bcd}
	ratioB1 = [4]uint64{0x1571b4ae8ac47f71, 0x221208ac9df506c6, 0x6f547fa90abfe4c4, 0xe4437ed6010e8828}
)

// scalar reads a number of this file.
func scalar(number string) (s fr.Element) {
	if _, err := s.SetString(number); err != nil {
		panic(err)
	}
	return s
}

func phi(p affinePoint) affinePoint {
	p.x.mul(&p.x, &beta)
	return p
}

// half is a scalar of at most 128 bits and a sign.
type half struct {
	low, high uint64
	negative  bool
}

// halfOf is a scalar that has at most 128 bits, if it has.
func halfOf(s *fr.Element) (half, bool) {
	w := s.Bits()
	return half{low: w[0], high: w[1]}, w[2] == 0 && w[3] == 0
}

// split writes k as k1 + k2·λ modulo the order. It takes from (k, 0) the nearest of the vectors that are zero.
func split(k *fr.Element) (k1, k2 half) {
	words := k.Bits()
	c1, c2 := mulShift384(words, ratioB2), mulShift384(words, ratioB1)
	var first, second, product fr.Element
	second.Add(second.Mul(&c1, &minusB1), product.Mul(&c2, &minusB2))
	first.Sub(k, product.Mul(&second, &lambda))
	return signed(&first), signed(&second)
}

// signed is s as the one of s and s less the order that is short.
func signed(s *fr.Element) half {
	if h, short := halfOf(s); short {
		return h
	}
	var opposite fr.Element
	h, _ := halfOf(opposite.Neg(s)) // which is short then: crypto.TestSplit
	h.negative = true
	return h
}

// mulShift384 is a times b over 2^384, to the nearest.
func mulShift384(a, b [4]uint64) fr.Element {
	var product [8]uint64
	for i := range a {
		var carry uint64
		for j := range b {
			high, low := bits.Mul64(a[i], b[j])
			var c uint64
			low, c = bits.Add64(low, product[i+j], 0)
			high += c
			low, c = bits.Add64(low, carry, 0)
			product[i+j], carry = low, high+c
		}
		product[i+4] = carry
	}
	low, carry := bits.Add64(product[6], product[5]>>63, 0)
	var wide [fr.Bytes]byte
	binary.BigEndian.PutUint64(wide[24:], low)
	binary.BigEndian.PutUint64(wide[16:], product[7]+carry)
	var e fr.Element
	e.SetBytes(wide[:])
	return e
}
