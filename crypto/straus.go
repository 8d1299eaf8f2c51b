package crypto

import (
	"math/bits"
	"slices"
	"sync"

	"github.com/consensys/gnark-crypto/ecc/secp256k1/fr"
)

const (
	window       = 4                 // bits: odd digits from -7 to 7
	windowPoints = 1 << (window - 2) // P, 3P, 5P, 7P
	baseWindow   = 8                 // of the generator, whose table is made once
	basePoints   = 1 << (baseWindow - 2)
	mostSums     = 256 // that share an inversion: more would save little of it, and leave the processor's first cache
	maxDigits    = 132 // of a half scalar: 128 bits, some more for the splitting, one for the carry
)

// strausTerm is a point's part of the sum: digits, lowest first, and the odd multiples to which they refer.
type strausTerm struct {
	digits [maxDigits]int8
	odd    []affinePoint
}

// base holds the odd multiples of the generator, and of its image under φ.
var base = sync.OnceValue(func() (odd [2][]affinePoint) {
	odd[0] = new(straus).oddMultiples([]affinePoint{basePoint}, basePoints)
	for _, p := range odd[0] {
		odd[1] = append(odd[1], phi(p))
	}
	return odd
})

// straus is the memory that a sum takes; it is used again, since it is a hundred times what goes in and comes out.
type straus struct {
	affineAdder
	doubles []affinePoint
	odd     []affinePoint
	images  []affinePoint
	terms   []strausTerm
	points  []affinePoint
	columns [maxDigits][]affinePoint // of points
}

var idleStraus = sync.Pool{New: func() any { return new(straus) }}

// oddMultiples are P, 3P, 5P and so on, n for each point, one after the other. They hold until the next call.
func (s *straus) oddMultiples(points []affinePoint, n int) []affinePoint {
	s.doubles = resized(s.doubles, len(points))
	for i := range points {
		s.plan(&s.doubles[i], &points[i], &points[i])
	}
	s.carryOut()
	s.odd = resized(s.odd, n*len(points))
	for i := range points {
		s.odd[i*n] = points[i]
	}
	for k := 1; k < n; k++ {
		for i := range points {
			s.plan(&s.odd[i*n+k], &s.odd[i*n+k-1], &s.doubles[i])
		}
		s.carryOut()
	}
	return s.odd
}

// resized gives n points of any value.
func resized(points []affinePoint, n int) []affinePoint {
	return slices.Grow(points[:0], n)[:n]
}

// sumIsInfinity reports whether G and the points, each times its scalar, add up to the point at infinity.
// No point may be infinity itself. It adds by Straus's method: all share the doublings, and each adds odd multiples of
// itself where the digits of its scalar say so (windowed NAF; Handbook of Elliptic and Hyperelliptic Curve Cryptography,
// 9.1.5). The endomorphism φ(x, y) = (βx, y) = λ·(x, y) of secp256k1 makes two scalars of 128 bits out of each of 256
// (Gallant, Lambert, Vanstone, CRYPTO 2001), which halves the doublings. What is to be added at one bit is added up
// first, for all bits together: see affineAdder. For up to some hundred points that costs half of what Pippenger's
// method does, by which gnark-crypto's MultiExp works.
//
// It takes different times for different scalars: they must not be secret.
func sumIsInfinity(ofBase *fr.Element, points []affinePoint, scalars []fr.Element) bool {
	s := idleStraus.Get().(*straus)
	defer idleStraus.Put(s)
	s.setTerms(ofBase, points, scalars)
	s.addColumns()

	var sum jacobianPoint // infinity
	for bit := maxDigits - 1; bit >= 0; bit-- {
		sum.double()
		for i := range s.columns[bit] { // one at most
			sum.add(&s.columns[bit][i])
		}
	}
	return sum.isInfinity()
}

// setTerms makes terms of points and scalars.
func (s *straus) setTerms(ofBase *fr.Element, points []affinePoint, scalars []fr.Element) {
	odd := s.oddMultiples(points, windowPoints)
	s.images = resized(s.images, len(odd))[:0]
	s.terms = s.terms[:0]
	for i := range points {
		own := odd[i*windowPoints : (i+1)*windowPoints]
		if h, short := halfOf(&scalars[i]); short { // as the random ones of a batch are
			s.terms = append(s.terms, termOf(h, window, own))
			continue
		}
		for _, p := range own {
			s.images = append(s.images, phi(p))
		}
		s.terms = appendSplit(s.terms, &scalars[i], window, own, s.images[len(s.images)-windowPoints:])
	}
	g := base()
	s.terms = appendSplit(s.terms, ofBase, baseWindow, g[0], g[1])
}

// addColumns adds up, for each bit, what the terms have there.
func (s *straus) addColumns() {
	var count [maxDigits]int
	total := 0
	for i := range s.terms {
		for bit, d := range s.terms[i].digits {
			if d != 0 {
				count[bit]++
				total++
			}
		}
	}
	s.points = resized(s.points, total)
	free := s.points
	for bit, n := range count {
		s.columns[bit], free = free[:0:n], free[n:]
	}
	for i := range s.terms {
		odd := s.terms[i].odd
		for bit, d := range s.terms[i].digits {
			switch {
			case d > 0:
				s.columns[bit] = append(s.columns[bit], odd[d>>1])
			case d < 0:
				negative := odd[-d>>1]
				negative.y.neg(&negative.y)
				s.columns[bit] = append(s.columns[bit], negative)
			}
		}
	}
	// Each round adds the points of each column in pairs.
	for longest := slices.Max(count[:]); longest > 1; longest = (longest + 1) / 2 {
		for bit, column := range s.columns {
			half := (len(column) + 1) / 2
			for i := range len(column) / 2 {
				s.plan(&column[i], &column[i], &column[half+i])
			}
			s.columns[bit] = column[:half]
			if len(s.sums) > mostSums {
				s.carryOut()
			}
		}
		s.carryOut()
	}
}

// appendSplit appends the two terms of a scalar of 256 bits.
func appendSplit(terms []strausTerm, s *fr.Element, width uint, odd, images []affinePoint) []strausTerm {
	k1, k2 := split(s)
	return append(terms, termOf(k1, width, odd), termOf(k2, width, images))
}

// termOf writes a scalar in windowed NAF: each digit is zero or odd, from -(2^(width-1)-1) to 2^(width-1)-1, and of width
// successive ones at most one is not zero.
func termOf(h half, width uint, odd []affinePoint) strausTerm {
	t := strausTerm{odd: odd}
	k := [3]uint64{h.low, h.high}
	for at := 0; k != [3]uint64{}; at++ {
		if k[0]&1 == 1 {
			d := int64(k[0] & (1<<width - 1))
			if d >= 1<<(width-1) {
				d -= 1 << width
			}
			var carry uint64
			if d > 0 {
				k[0] -= uint64(d) // its lowest bits are d
			} else {
				k[0], carry = bits.Add64(k[0], uint64(-d), 0)
				k[1], carry = bits.Add64(k[1], 0, carry)
				k[2] += carry
			}
			if h.negative {
				d = -d
			}
			t.digits[at] = int8(d)
		}
		k[0] = k[0]>>1 | k[1]<<63
		k[1] = k[1]>>1 | k[2]<<63
		k[2] >>= 1
	}
	return t
}
