package crypto

import (
	curve "github.com/consensys/gnark-crypto/ecc/secp256k1"
	"github.com/consensys/gnark-crypto/ecc/secp256k1/fp"
)

// affineAdder adds many pairs of points of which none depends on another. In affine coordinates an addition needs an
// inversion, and all of them share one (Montgomery's trick; Cohen, A Course in Computational Algebraic Number Theory,
// 10.3.4): six multiplications in all for each addition, where adding to a sum in projective coordinates takes eleven.
// The zero value is ready for use, and for use again after carryOut.
type affineAdder struct {
	sums    []affineSum
	product []fp.Element // of the divisors before each sum's own
}

// affineSum is an addition to be carried out: the slope is over divisor.
type affineSum struct {
	to, p, q *curve.G1Affine
	divisor  fp.Element // x of q less x of p, or twice y to double p; 1 where there is nothing to divide
	double   bool
}

// plan makes carryOut set *to to *p plus *q. The points at infinity and equal points may be among them, and to may be p or
// q, but not a point of another addition.
func (a *affineAdder) plan(to, p, q *curve.G1Affine) {
	s := affineSum{to: to, p: p, q: q}
	if s.divisor.Sub(&q.X, &p.X); s.divisor.IsZero() {
		s.double = p.Y.Equal(&q.Y)
		s.divisor.Double(&p.Y) // zero at infinity only: the curve has no point of order two
	}
	if p.IsInfinity() || q.IsInfinity() || s.divisor.IsZero() {
		s.divisor.SetOne()
	}
	a.sums = append(a.sums, s)
}

// carryOut does what was planned.
func (a *affineAdder) carryOut() {
	if len(a.sums) == 0 {
		return
	}
	var all fp.Element
	all.SetOne()
	for i := range a.sums {
		a.product = append(a.product, all)
		all.Mul(&all, &a.sums[i].divisor)
	}
	all.Inverse(&all)
	for i := len(a.sums) - 1; i >= 0; i-- {
		s := &a.sums[i]
		var inverse fp.Element
		inverse.Mul(&all, &a.product[i])
		all.Mul(&all, &s.divisor)
		s.add(&inverse)
	}
	a.sums, a.product = a.sums[:0], a.product[:0]
}

// add does one addition, given the inverse of its divisor.
func (s *affineSum) add(inverse *fp.Element) {
	var slope, x, y fp.Element
	switch {
	case s.p.IsInfinity():
		*s.to = *s.q
		return
	case s.q.IsInfinity():
		*s.to = *s.p
		return
	case s.double:
		slope.Square(&s.p.X)
		x.Double(&slope)
		slope.Add(&slope, &x) // 3x²: the curve is y² = x³ + 7
	case s.p.X.Equal(&s.q.X): // and the ys are opposite
		*s.to = curve.G1Affine{}
		return
	default:
		slope.Sub(&s.q.Y, &s.p.Y)
	}
	slope.Mul(&slope, inverse)
	x.Square(&slope)
	x.Sub(&x, &s.p.X)
	x.Sub(&x, &s.q.X)
	y.Sub(&s.p.X, &x)
	y.Mul(&y, &slope)
	y.Sub(&y, &s.p.Y)
	s.to.X, s.to.Y = x, y
}
