package crypto

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/consensys/gnark-crypto/ecc"
	curve "github.com/consensys/gnark-crypto/ecc/secp256k1"
	"github.com/consensys/gnark-crypto/ecc/secp256k1/fr"
	"pgregory.net/rapid"
)

// edgeScalars are where splitting and digits might go wrong.
func edgeScalars() []fr.Element {
	var edges []fr.Element
	for _, exponent := range []uint{0, 1, 3, 4, 63, 64, 127, 128, 129, 192, 255} {
		for _, add := range []int64{-1, 0, 1} {
			n := new(big.Int).Lsh(big.NewInt(1), exponent)
			n.Add(n, big.NewInt(add))
			var s, negative fr.Element
			s.SetBigInt(n)
			edges = append(edges, s, *negative.Neg(&s))
		}
	}
	return append(edges, lambda)
}

// theirs is a point as gnark-crypto has it.
func (p affinePoint) theirs() (q curve.G1Affine) {
	x, y := p.x.bytes(), p.y.bytes()
	q.X.SetBytes(x[:])
	q.Y.SetBytes(y[:])
	return q
}

// ours is the opposite way.
func ours(q *curve.G1Affine) (p affinePoint) {
	x, y := q.X.Bytes(), q.Y.Bytes()
	p.x.setBytes(x[:])
	p.y.setBytes(y[:])
	return p
}

// pippenger is sumIsInfinity by gnark-crypto and by Pippenger's method. What it returns does the sum.
func pippenger(ofBase *fr.Element, points []affinePoint, scalars []fr.Element) func() bool {
	theirs := []curve.G1Affine{basePoint.theirs()}
	for _, p := range points {
		theirs = append(theirs, p.theirs())
	}
	all := append([]fr.Element{*ofBase}, scalars...)
	return func() bool {
		var sum curve.G1Jac
		if _, err := sum.MultiExp(theirs, all, ecc.MultiExpConfig{NbTasks: 1}); err != nil {
			panic(err) // the two are of different length
		}
		return sum.Z.IsZero()
	}
}

// Sums that are infinity and sums that are not, beside gnark-crypto's own: equal points, points that cancel, scalars of all
// sizes, zero and the group's order less one among them.
func TestStrausIsPippenger(t *testing.T) {
	edges := edgeScalars()
	rapid.Check(t, func(t *rapid.T) {
		scalar := rapid.Custom(func(t *rapid.T) (s fr.Element) {
			if rapid.Bool().Draw(t, "edge") {
				return rapid.SampledFrom(edges).Draw(t, "scalar")
			}
			s.SetBytes(rapid.SliceOfN(rapid.Byte(), 1, 32).Draw(t, "bytes"))
			return s
		})
		n := rapid.IntRange(0, 12).Draw(t, "points")
		ofBase := scalar.Draw(t, "of the generator")
		var points []affinePoint
		var scalars []fr.Element
		sum := ofBase // of what the points are, as multiples of the generator
		for range n {
			multiple, s := scalar.Draw(t, "point"), scalar.Draw(t, "scalar")
			if multiple.IsZero() {
				multiple.SetOne()
			}
			p := timesBase(&multiple)
			points, scalars = append(points, ours(&p)), append(scalars, s)
			sum.Add(&sum, multiple.Mul(&multiple, &s))
		}
		if rapid.Bool().Draw(t, "cancel") {
			ofBase.Sub(&ofBase, &sum)
			sum.SetZero()
		}
		got := sumIsInfinity(&ofBase, points, scalars)
		if got != sum.IsZero() || got != pippenger(&ofBase, points, scalars)() {
			t.Fatalf("the sum is %v times the generator, infinity: %v", &sum, got)
		}
	})
}

// The image of a point under φ is that point times λ.
func TestPhi(t *testing.T) {
	want := timesBase(&lambda)
	if got := phi(basePoint).reduced(); got != ours(&want) {
		t.Fatalf("%x, want %v", got, &want)
	}
}

func toBig(s *fr.Element) *big.Int { return s.BigInt(new(big.Int)) }

func (h half) big() *big.Int {
	n := new(big.Int).SetUint64(h.high)
	n.Add(n.Lsh(n, 64), new(big.Int).SetUint64(h.low))
	if h.negative {
		n.Neg(n)
	}
	return n
}

// The halves of a scalar are short, and make it up again; gnark-crypto's own splitting is as short.
func TestSplit(t *testing.T) {
	var lattice ecc.Lattice
	ecc.PrecomputeLattice(fr.Modulus(), toBig(&lambda), &lattice)
	edges := edgeScalars()
	rapid.Check(t, func(t *rapid.T) {
		var k, sum fr.Element
		if rapid.Bool().Draw(t, "edge") {
			k = rapid.SampledFrom(edges).Draw(t, "scalar")
		} else {
			k.SetBytes(rapid.SliceOfN(rapid.Byte(), 1, 32).Draw(t, "bytes"))
		}
		k1, k2 := split(&k)
		theirs := ecc.SplitScalar(toBig(&k), &lattice)
		for i, h := range []half{k1, k2} {
			if h.big().BitLen() > max(theirs[i].BitLen(), 128) {
				t.Fatalf("half %d of %v is %v, gnark-crypto's %v", i, &k, h.big(), &theirs[i])
			}
		}
		sum.SetBigInt(k2.big())
		sum.Mul(&sum, &lambda)
		var first fr.Element
		if sum.Add(&sum, first.SetBigInt(k1.big())); !sum.Equal(&k) {
			t.Fatalf("%v was split into %v and %v", &k, k1.big(), k2.big())
		}
	})
}

func TestDigits(t *testing.T) {
	for _, edge := range edgeScalars() {
		k1, k2 := split(&edge)
		for _, h := range []half{k1, k2} {
			half := h.big()
			for _, width := range []uint{window, baseWindow} {
				digits := termOf(h, width, nil).digits
				sum, last := new(big.Int), -int(width)
				for at := maxDigits - 1; at >= 0; at-- {
					sum.Add(sum.Lsh(sum, 1), big.NewInt(int64(digits[at])))
				}
				for at, d := range digits {
					d, most := int(d), 1<<(width-1)
					if d == 0 {
						continue
					}
					if d%2 == 0 || d >= most || -d >= most || at-last < int(width) {
						t.Fatalf("digit %d at %d of %v, the one before at %d", d, at, half, last)
					}
					last = at
				}
				if sum.Cmp(half) != 0 {
					t.Fatalf("%v became %v", half, sum)
				}
			}
		}
	}
}

func BenchmarkSumIsInfinity(b *testing.B) {
	right := rightClaims(b, 256, 255)
	for _, n := range []int{1, 4, 16, 64, 256} {
		batch, all := newBatch(right[:n])
		ofBase, points, scalars := batch.equation(all)
		for name, sum := range map[string]func() bool{
			"straus":    func() bool { return sumIsInfinity(&ofBase, points, scalars) },
			"pippenger": pippenger(&ofBase, points, scalars),
		} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				for b.Loop() {
					if !sum() {
						b.Fatal("wrong")
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n)/1000, "µs/sig")
			})
		}
	}
}
