package crypto

import (
	"testing"

	"pgregory.net/rapid"
)

// Additions that share an inversion, beside gnark-crypto's one by one: a point and itself, its opposite, infinity.
func TestAffineAdder(t *testing.T) {
	var add affineAdder // used again, as it is meant to be
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.Int64Range(-3, 3)
		sums := make([]struct{ p, q, got, want affinePoint }, rapid.IntRange(0, 20).Draw(t, "sums"))
		for i := range sums {
			s := &sums[i]
			p, q := multiple(small.Draw(t, "p")), multiple(small.Draw(t, "q"))
			s.p, s.q = ours(&p), ours(&q)
			s.want = ours(p.Add(&p, &q))
			switch rapid.IntRange(0, 2).Draw(t, "to") {
			case 0:
				add.plan(&s.got, &s.p, &s.q)
			case 1:
				s.got = s.p
				add.plan(&s.got, &s.got, &s.q)
			case 2:
				s.got = s.q
				add.plan(&s.got, &s.p, &s.got)
			}
		}
		add.carryOut()
		for i, s := range sums {
			if s.got.reduced() != s.want {
				t.Fatalf("sum %d: %x + %x is %x, want %x", i, s.p, s.q, s.got, s.want)
			}
		}
	})
}

func (p affinePoint) reduced() affinePoint {
	p.x.reduce()
	p.y.reduce()
	return p
}

// A key is found again, and what is no key never is.
func TestLiftKey(t *testing.T) {
	for i, c := range rightClaims(t, 3, 3) {
		want, _ := liftX(c.Key[:])
		for range 2 {
			if got, ok := liftKey(c.Key); !ok || got != want {
				t.Errorf("key %d is %x (%v), want %x", i, got, ok, want)
			}
		}
	}
	wrong := PublicKey{31: 5} // x = 5 is not on the curve
	for range 2 {
		if _, ok := liftKey(wrong); ok {
			t.Error("a key that is not on the curve was lifted")
		}
	}
}
