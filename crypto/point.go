package crypto

// affinePoint is a point of secp256k1, y² = x³ + 7. (0, 0), which is not on the curve, stands for infinity.
type affinePoint struct{ x, y fieldElement }

// basePoint is the generator G (SEC 2, 2.4.1).
var basePoint = affinePoint{
	x: fieldElement{0x59f2815b16f81798, 0x029bfcdb2dce28d9, 0x55a06295ce870b07, 0x79be667ef9dcbbac},
	y: fieldElement{0x9c47d08ffb10d4b8, 0xfd17b448a6855419, 0x5da4fbfc0e1108a8, 0x483ada7726a3c465},
}

func (p *affinePoint) isInfinity() bool { return p.x.isZero() && p.y.isZero() }

// liftX is lift_x of BIP-340: the point with this x and an even y; false where there is none.
func liftX(x []byte) (p affinePoint, ok bool) {
	if !p.x.setBytes(x) {
		return affinePoint{}, false
	}
	var square fieldElement
	square.square(&p.x).mul(&square, &p.x).add(&square, &fieldElement{7})
	if !p.y.sqrt(&square) {
		return affinePoint{}, false
	}
	if p.y.isOdd() {
		p.y.neg(&p.y)
	}
	return p, true
}

// jacobianPoint is the point (x/z², y/z³); infinity where z is zero. Sums that depend on one another are made of these: they
// need no inversion.
type jacobianPoint struct{ x, y, z fieldElement }

func (p *jacobianPoint) isInfinity() bool { return p.z.isZero() }

// double doubles p (Explicit-Formulas Database, dbl-2009-l).
func (p *jacobianPoint) double() {
	var a, b, c, d, e, f, t fieldElement
	a.square(&p.x)
	b.square(&p.y)
	c.square(&b)
	d.square(d.add(&p.x, &b)).sub(&d, &a).sub(&d, &c).double(&d)
	e.double(&a).add(&e, &a)
	f.square(&e)
	p.z.mul(&p.y, &p.z).double(&p.z)
	p.x.sub(&f, t.double(&d))
	c.double(&c).double(&c).double(&c)
	p.y.mul(&e, t.sub(&d, &p.x)).sub(&p.y, &c)
}

// add adds q (Explicit-Formulas Database, madd-2007-bl).
func (p *jacobianPoint) add(q *affinePoint) {
	switch {
	case q.isInfinity():
		return
	case p.isInfinity():
		*p = jacobianPoint{q.x, q.y, fieldElement{1}}
		return
	}
	var zz, h, hh, i, j, r, v, t fieldElement
	zz.square(&p.z)
	h.mul(&q.x, &zz).sub(&h, &p.x)
	r.mul(&q.y, &p.z).mul(&r, &zz).sub(&r, &p.y)
	if h.isZero() {
		if r.isZero() { // the same point
			p.double()
		} else { // its opposite
			*p = jacobianPoint{}
		}
		return
	}
	r.double(&r)
	hh.square(&h)
	i.double(&hh).double(&i)
	j.mul(&h, &i)
	v.mul(&p.x, &i)
	p.z.square(p.z.add(&p.z, &h)).sub(&p.z, &zz).sub(&p.z, &hh)
	p.x.square(&r).sub(&p.x, &j).sub(&p.x, t.double(&v))
	t.mul(&p.y, &j).double(&t)
	p.y.mul(&r, v.sub(&v, &p.x)).sub(&p.y, &t)
}
