package crypto

import (
	"encoding/binary"
	"math/big"
	"math/bits"
)

// fieldElement is a number modulo p = 2^256 - 2^32 - 977, over which secp256k1 is defined (SEC 2, 2.4.1): its lowest 64 bits
// first. Every value stands for its rest modulo p; those from p up to 2^256 - 1, a few billion, have a second form. Only what
// asks for bytes, for parity or for zero has to care.
//
// 2^256 is congruent to excess, a number of 33 bits. So a product of 512 bits is brought down by four multiplications of words
// where Montgomery's form, which serves any p, takes twenty: gnark-crypto's multiplication and squaring take one and a half
// times and twice as long. Times depend on the values here and there: they must not be secret.
type fieldElement [4]uint64

// excess is 2^256 less p.
const excess = 1<<32 + 977

// fieldPrime is p.
var fieldPrime = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(excess))

// setBytes reads 32 big-endian bytes. It reports false if they are p or more, which BIP-340 calls a failure.
func (z *fieldElement) setBytes(b []byte) bool {
	_ = b[31]
	for i := range z {
		z[i] = binary.BigEndian.Uint64(b[24-8*i:])
	}
	return !z.redundant()
}

// redundant reports whether z is p or more.
func (z *fieldElement) redundant() bool {
	const p0 = -excess & (1<<64 - 1)
	return z[1]&z[2]&z[3] == 1<<64-1 && z[0] >= p0
}

// reduce gives z the one form that is below p.
func (z *fieldElement) reduce() {
	if z.redundant() {
		*z = fieldElement{z[0] + excess}
	}
}

// bytes are 32, big-endian.
func (z fieldElement) bytes() (b [32]byte) {
	z.reduce()
	for i, word := range z {
		binary.BigEndian.PutUint64(b[24-8*i:], word)
	}
	return b
}

func (z fieldElement) isZero() bool {
	z.reduce()
	return z == fieldElement{}
}

func (z fieldElement) isOdd() bool {
	z.reduce()
	return z[0]&1 == 1
}

func (z *fieldElement) equal(x *fieldElement) bool {
	var difference fieldElement
	return difference.sub(z, x).isZero()
}

// add sets z to x + y.
func (z *fieldElement) add(x, y *fieldElement) *fieldElement {
	r0, c := bits.Add64(x[0], y[0], 0)
	r1, c := bits.Add64(x[1], y[1], c)
	r2, c := bits.Add64(x[2], y[2], c)
	r3, c := bits.Add64(x[3], y[3], c)
	// Twice: where both are p or more, the first carries once again.
	r0, c = bits.Add64(r0, -c&excess, 0)
	r1, c = bits.Add64(r1, 0, c)
	r2, c = bits.Add64(r2, 0, c)
	r3, c = bits.Add64(r3, 0, c)
	z[0], z[1], z[2], z[3] = r0+(-c&excess), r1, r2, r3 // what carried left a small number
	return z
}

// sub sets z to x - y.
func (z *fieldElement) sub(x, y *fieldElement) *fieldElement {
	r0, c := bits.Sub64(x[0], y[0], 0)
	r1, c := bits.Sub64(x[1], y[1], c)
	r2, c := bits.Sub64(x[2], y[2], c)
	r3, c := bits.Sub64(x[3], y[3], c)
	r0, c = bits.Sub64(r0, -c&excess, 0)
	r1, c = bits.Sub64(r1, 0, c)
	r2, c = bits.Sub64(r2, 0, c)
	r3, c = bits.Sub64(r3, 0, c)
	z[0], z[1], z[2], z[3] = r0-(-c&excess), r1, r2, r3 // what borrowed left a number near 2^256
	return z
}

func (z *fieldElement) double(x *fieldElement) *fieldElement { return z.add(x, x) }

func (z *fieldElement) neg(x *fieldElement) *fieldElement {
	var zero fieldElement
	return z.sub(&zero, x)
}

// mul sets z to x times y. Its four rows are written out: Go does not inline a function for a row, and its calls made a
// product a third slower, which is what there is to gain here.
func (z *fieldElement) mul(x, y *fieldElement) *fieldElement {
	x0, x1, x2, x3 := x[0], x[1], x[2], x[3]

	y0 := y[0]
	h0, r0 := bits.Mul64(x0, y0)
	h1, l1 := bits.Mul64(x1, y0)
	h2, l2 := bits.Mul64(x2, y0)
	h3, l3 := bits.Mul64(x3, y0)
	r1, c := bits.Add64(l1, h0, 0)
	r2, c := bits.Add64(l2, h1, c)
	r3, c := bits.Add64(l3, h2, c)
	r4 := h3 + c

	y1 := y[1]
	h0, l0 := bits.Mul64(x0, y1)
	h1, l1 = bits.Mul64(x1, y1)
	h2, l2 = bits.Mul64(x2, y1)
	h3, l3 = bits.Mul64(x3, y1)
	r1, c = bits.Add64(r1, l0, 0)
	r2, c = bits.Add64(r2, l1, c)
	r3, c = bits.Add64(r3, l2, c)
	r4, r5 := bits.Add64(r4, l3, c)
	r2, c = bits.Add64(r2, h0, 0)
	r3, c = bits.Add64(r3, h1, c)
	r4, c = bits.Add64(r4, h2, c)
	r5 += h3 + c

	y2 := y[2]
	h0, l0 = bits.Mul64(x0, y2)
	h1, l1 = bits.Mul64(x1, y2)
	h2, l2 = bits.Mul64(x2, y2)
	h3, l3 = bits.Mul64(x3, y2)
	r2, c = bits.Add64(r2, l0, 0)
	r3, c = bits.Add64(r3, l1, c)
	r4, c = bits.Add64(r4, l2, c)
	r5, r6 := bits.Add64(r5, l3, c)
	r3, c = bits.Add64(r3, h0, 0)
	r4, c = bits.Add64(r4, h1, c)
	r5, c = bits.Add64(r5, h2, c)
	r6 += h3 + c

	y3 := y[3]
	h0, l0 = bits.Mul64(x0, y3)
	h1, l1 = bits.Mul64(x1, y3)
	h2, l2 = bits.Mul64(x2, y3)
	h3, l3 = bits.Mul64(x3, y3)
	r3, c = bits.Add64(r3, l0, 0)
	r4, c = bits.Add64(r4, l1, c)
	r5, c = bits.Add64(r5, l2, c)
	r6, r7 := bits.Add64(r6, l3, c)
	r4, c = bits.Add64(r4, h0, 0)
	r5, c = bits.Add64(r5, h1, c)
	r6, c = bits.Add64(r6, h2, c)
	r7 += h3 + c

	return z.fold(r0, r1, r2, r3, r4, r5, r6, r7)
}

// square sets z to x times x: ten multiplications of words instead of sixteen.
func (z *fieldElement) square(x *fieldElement) *fieldElement {
	x0, x1, x2, x3 := x[0], x[1], x[2], x[3]

	// What is there twice: the products of different words.
	h01, r1 := bits.Mul64(x0, x1)
	h02, l02 := bits.Mul64(x0, x2)
	h03, l03 := bits.Mul64(x0, x3)
	h12, l12 := bits.Mul64(x1, x2)
	h13, l13 := bits.Mul64(x1, x3)
	h23, l23 := bits.Mul64(x2, x3)
	r2, c := bits.Add64(l02, h01, 0)
	r3, c := bits.Add64(l03, h02, c)
	r4, c := bits.Add64(l13, h03, c)
	r5, c := bits.Add64(l23, h13, c)
	r6 := h23 + c
	r3, c = bits.Add64(r3, l12, 0)
	r4, c = bits.Add64(r4, h12, c)
	r5, c = bits.Add64(r5, 0, c)
	r6 += c
	r1, c = bits.Add64(r1, r1, 0)
	r2, c = bits.Add64(r2, r2, c)
	r3, c = bits.Add64(r3, r3, c)
	r4, c = bits.Add64(r4, r4, c)
	r5, c = bits.Add64(r5, r5, c)
	r6, r7 := bits.Add64(r6, r6, c)

	h0, r0 := bits.Mul64(x0, x0)
	h1, l1 := bits.Mul64(x1, x1)
	h2, l2 := bits.Mul64(x2, x2)
	h3, l3 := bits.Mul64(x3, x3)
	r1, c = bits.Add64(r1, h0, 0)
	r2, c = bits.Add64(r2, l1, c)
	r3, c = bits.Add64(r3, h1, c)
	r4, c = bits.Add64(r4, l2, c)
	r5, c = bits.Add64(r5, h2, c)
	r6, c = bits.Add64(r6, l3, c)
	r7 += h3 + c

	return z.fold(r0, r1, r2, r3, r4, r5, r6, r7)
}

// fold sets z to a number of 512 bits: what is above 2^256 is added below it, times excess, until nothing is above.
func (z *fieldElement) fold(r0, r1, r2, r3, r4, r5, r6, r7 uint64) *fieldElement {
	h0, l0 := bits.Mul64(r4, excess)
	h1, l1 := bits.Mul64(r5, excess)
	h2, l2 := bits.Mul64(r6, excess)
	h3, l3 := bits.Mul64(r7, excess)
	r0, c := bits.Add64(r0, l0, 0)
	r1, c = bits.Add64(r1, l1, c)
	r2, c = bits.Add64(r2, l2, c)
	r3, r4 = bits.Add64(r3, l3, c)
	r1, c = bits.Add64(r1, h0, 0)
	r2, c = bits.Add64(r2, h1, c)
	r3, c = bits.Add64(r3, h2, c)
	r4 += h3 + c // below 2^34

	h0, l0 = bits.Mul64(r4, excess)
	r0, c = bits.Add64(r0, l0, 0)
	r1, c = bits.Add64(r1, h0, c)
	r2, c = bits.Add64(r2, 0, c)
	r3, c = bits.Add64(r3, 0, c) // if this carries, less than 2^67 is left

	r0, c = bits.Add64(r0, -c&excess, 0)
	z[0], z[1], z[2], z[3] = r0, r1+c, r2, r3
	return z
}

// squares sets z to x to the power of 2^n.
func (z *fieldElement) squares(x *fieldElement, n int) *fieldElement {
	for *z = *x; n > 0; n-- {
		z.square(z)
	}
	return z
}

// sqrt sets z to a square root of x, and reports whether x has one. p is 3 modulo 4, so it can only be x to the power of
// (p+1)/4: in binary 223 ones, a zero, 22 ones, four zeros, two ones and two zeros. Powers whose exponents are n ones are
// made of two shorter ones.
func (z *fieldElement) sqrt(x *fieldElement) bool {
	var a, x2, x3, x6, x9, x11, x22, x44, x88, x176, x220, x223, root, check fieldElement
	x2.mul(a.squares(x, 1), x)
	x3.mul(a.squares(&x2, 1), x)
	x6.mul(a.squares(&x3, 3), &x3)
	x9.mul(a.squares(&x6, 3), &x3)
	x11.mul(a.squares(&x9, 2), &x2)
	x22.mul(a.squares(&x11, 11), &x11)
	x44.mul(a.squares(&x22, 22), &x22)
	x88.mul(a.squares(&x44, 44), &x44)
	x176.mul(a.squares(&x88, 88), &x88)
	x220.mul(a.squares(&x176, 44), &x44)
	x223.mul(a.squares(&x220, 3), &x3)
	root.mul(a.squares(&x223, 23), &x22)
	root.mul(a.squares(&root, 6), &x2)
	root.squares(&root, 2)
	if !check.square(&root).equal(x) {
		return false
	}
	*z = root
	return true
}

// invert sets z to 1/x; to zero if x is zero.
func (z *fieldElement) invert(x *fieldElement) *fieldElement {
	b := x.bytes()
	n := new(big.Int).SetBytes(b[:])
	if n.ModInverse(n, fieldPrime) == nil {
		*z = fieldElement{}
		return z
	}
	z.setBytes(n.FillBytes(b[:]))
	return z
}
