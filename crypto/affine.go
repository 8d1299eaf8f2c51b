package crypto

// affineAdder adds many pairs of points of which none depends on another. In affine coordinates an addition needs an
// inversion, and all of them share one (Montgomery's trick; Cohen, A Course in Computational Algebraic Number Theory,
// 10.3.4): six multiplications in all for each addition, where adding to a sum in projective coordinates takes eleven.
// The zero value is ready for use, and for use again after carryOut.
type affineAdder struct {
	sums    []affineSum
	product []fieldElement // of the divisors before each sum's own
}

// affineSum is an addition to be carried out: the slope is over divisor.
type affineSum struct {
	to, p, q *affinePoint
	divisor  fieldElement // x of q less x of p, or twice y to double p; 1 where there is nothing to divide
	double   bool
}

// plan makes carryOut set *to to *p plus *q. The points at infinity and equal points may be among them, and to may be p or
// q, but not a point of another addition.
func (a *affineAdder) plan(to, p, q *affinePoint) {
	s := affineSum{to: to, p: p, q: q}
	if s.divisor.sub(&q.x, &p.x); s.divisor.isZero() {
		s.double = p.y.equal(&q.y)
		s.divisor.double(&p.y) // zero at infinity only: the curve has no point of order two
	}
	if p.isInfinity() || q.isInfinity() || s.divisor.isZero() {
		s.divisor = fieldElement{1}
	}
	a.sums = append(a.sums, s)
}

// carryOut does what was planned.
func (a *affineAdder) carryOut() {
	if len(a.sums) == 0 {
		return
	}
	all := fieldElement{1}
	for i := range a.sums {
		a.product = append(a.product, all)
		all.mul(&all, &a.sums[i].divisor)
	}
	all.invert(&all)
	for i := len(a.sums) - 1; i >= 0; i-- {
		s := &a.sums[i]
		var inverse fieldElement
		inverse.mul(&all, &a.product[i])
		all.mul(&all, &s.divisor)
		s.add(&inverse)
	}
	a.sums, a.product = a.sums[:0], a.product[:0]
}

// add does one addition, given the inverse of its divisor.
func (s *affineSum) add(inverse *fieldElement) {
	var slope, x, y fieldElement
	switch {
	case s.p.isInfinity():
		*s.to = *s.q
		return
	case s.q.isInfinity():
		*s.to = *s.p
		return
	case s.double:
		slope.square(&s.p.x)
		x.double(&slope)
		slope.add(&slope, &x) // 3x²: the curve is y² = x³ + 7
	case s.p.x.equal(&s.q.x): // and the ys are opposite
		*s.to = affinePoint{}
		return
	default:
		slope.sub(&s.q.y, &s.p.y)
	}
	slope.mul(&slope, inverse)
	x.square(&slope)
	x.sub(&x, &s.p.x)
	x.sub(&x, &s.q.x)
	y.sub(&s.p.x, &x)
	y.mul(&y, &slope)
	y.sub(&y, &s.p.y)
	s.to.x, s.to.y = x, y
}
