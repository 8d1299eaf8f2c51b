package crypto

import (
	"testing"

	curve "github.com/consensys/gnark-crypto/ecc/secp256k1"
	"github.com/consensys/gnark-crypto/ecc/secp256k1/fr"
	"pgregory.net/rapid"
)

// timesBase is s times G, by gnark-crypto.
func timesBase(s *fr.Element) (p curve.G1Affine) {
	p.ScalarMultiplicationBase(toBig(s))
	return p
}

func multiple(n int64) curve.G1Affine {
	var s fr.Element
	return timesBase(s.SetInt64(n))
}

// affine is p in the form that there is once.
func (p jacobianPoint) affine() (q affinePoint) {
	var inverse, square fieldElement
	inverse.invert(&p.z) // zero at infinity, and so will be x and y
	square.square(&inverse)
	q.x.mul(&p.x, &square)
	q.y.mul(&p.y, square.mul(&square, &inverse))
	return q.reduced()
}

// Doubling and adding one after the other, beside gnark-crypto: from infinity, to it and on, a point to itself and to its
// opposite.
func TestJacobianPoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var got jacobianPoint
		var want curve.G1Jac
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			if rapid.IntRange(0, 2).Draw(t, "double") == 0 {
				got.double()
				want.DoubleAssign()
			} else {
				q := multiple(rapid.Int64Range(-3, 3).Draw(t, "add"))
				p := ours(&q)
				got.add(&p)
				want.AddMixed(&q)
			}
			var affine curve.G1Affine
			affine.FromJacobian(&want)
			if got.affine() != ours(&affine) || got.isInfinity() != want.Z.IsZero() {
				t.Fatalf("%x, want %v", got.affine(), &affine)
			}
		}
	})
}

func TestBasePoint(t *testing.T) {
	if want := multiple(1); basePoint != ours(&want) {
		t.Fatalf("%x, want %v", basePoint, &want)
	}
}

// Every x that btcec takes for a key is lifted, to the point with an even y, and no other.
func TestLiftX(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var x [32]byte
		elements().Draw(t, "x").big().FillBytes(x[:]) // p and more among them
		got, ok := liftX(x[:])
		q := got.theirs()
		if ok && (!q.IsOnCurve() || got.y.isOdd() || got.x.bytes() != x) {
			t.Fatalf("%x was lifted to %x", x, got)
		}
		if _, err := ParsePublicKey(x[:]); ok != (err == nil) { // by btcec
			t.Fatalf("%x is on the curve: %v, by btcec: %v", x, ok, err)
		}
	})
}
