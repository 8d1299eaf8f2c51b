package crypto

// affineAdder adds many pairs of points of which none depends on another. In affine coordinates an addition needs an
// inversion, and all of them share one (Montgomery's trick; Cohen, A Course in Computational Algebraic Number Theory,
// 10.3.4): six multiplications in all for each addition, where adding to a sum in projective coordinates takes eleven.
// The zero value is ready for use, and for use again after carryOut.
type affineAdder struct {
	sums    []affineSum
	product []fieldElement // of the divisors before each sum's own
}

// affineSum is an addition to be carried out.
type affineSum struct {
	to, p, q *affinePoint
	kind     sumKind
	divisor  fieldElement // of the slope, not zero; 1 where there is nothing to divide
}

// sumKind says what p and q are to each other.
type sumKind uint8

const (
	apart     sumKind = iota // different xs: the divisor is x of q less x of p
	same                     // one point: twice y
	opposite                 // the sum is infinity
	pInfinity                // the sum is q
	qInfinity                // the sum is p
)

// plan makes carryOut set *to to *p plus *q. The points at infinity and equal points may be among them, and to may be p or
// q, but not a point of another addition.
func (a *affineAdder) plan(to, p, q *affinePoint) {
	s := affineSum{to: to, p: p, q: q, divisor: fieldElement{1}}
	var difference fieldElement
	switch difference.sub(&q.x, &p.x); {
	case p.isInfinity():
		s.kind = pInfinity
	case q.isInfinity():
		s.kind = qInfinity
	case !difference.isZero():
		s.kind, s.divisor = apart, difference
	case p.y.equal(&q.y):
		s.kind = same
		s.divisor.double(&p.y) // not zero: the curve has no point of order two
	default:
		s.kind = opposite
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
	switch s.kind {
	case pInfinity:
		*s.to = *s.q
		return
	case qInfinity:
		*s.to = *s.p
		return
	case opposite:
		*s.to = affinePoint{}
		return
	case same:
		slope.square(&s.p.x)
		x.double(&slope)
		slope.add(&slope, &x) // 3x²: the curve is y² = x³ + 7
	case apart:
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
