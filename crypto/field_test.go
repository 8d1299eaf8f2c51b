package crypto

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/secp256k1/fp"
	"pgregory.net/rapid"
)

func (z fieldElement) big() *big.Int {
	n := new(big.Int)
	for i := len(z) - 1; i >= 0; i-- {
		n.Or(n.Lsh(n, 64), new(big.Int).SetUint64(z[i]))
	}
	return n
}

// elements are any, those about zero, about p and about 2^256 among them, and those with words that are all ones.
func elements() *rapid.Generator[fieldElement] {
	word := rapid.OneOf(rapid.Uint64(), rapid.SampledFrom([]uint64{0, 1, 1<<64 - 1, 1<<64 - excess, excess - 1, excess}))
	return rapid.Custom(func(t *rapid.T) (z fieldElement) {
		near := rapid.Uint64Range(0, 2*excess).Draw(t, "near")
		switch rapid.SampledFrom([]string{"words", "low", "high"}).Draw(t, "kind") {
		case "words":
			for i := range z {
				z[i] = word.Draw(t, "word")
			}
		case "low":
			z[0] = near
		case "high":
			z = fieldElement{^near, 1<<64 - 1, 1<<64 - 1, 1<<64 - 1}
		}
		return z
	})
}

// Every operation, beside math/big. What is written over one of its own operands, too.
func TestFieldElement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for range 30 {
			operate(t, elements().Draw(t, "x"), elements().Draw(t, "y"))
		}
	})
}

func operate(t *rapid.T, x, y fieldElement) {
	p := fp.Modulus()
	bx, by := x.big(), y.big()
	check := func(name string, got *fieldElement, want *big.Int) {
		if want.Mod(want, p); new(big.Int).Mod(got.big(), p).Cmp(want) != 0 {
			t.Fatalf("%s of %x and %x is %x, want %x", name, bx, by, got.big(), want)
		}
	}
	var z fieldElement
	n := new(big.Int)
	check("sum", z.add(&x, &y), n.Add(bx, by))
	check("difference", z.sub(&x, &y), n.Sub(bx, by))
	check("product", z.mul(&x, &y), n.Mul(bx, by))
	check("square", z.square(&x), n.Mul(bx, bx))
	check("double", z.double(&x), n.Lsh(bx, 1))
	check("opposite", z.neg(&x), n.Neg(bx))
	check("fourth power", z.squares(&x, 2), n.Exp(bx, big.NewInt(4), p))
	if n.ModInverse(bx, p) == nil {
		n.SetInt64(0)
	}
	check("inverse", z.invert(&x), n)
	for name, op := range map[string]func(z, x, y *fieldElement) *fieldElement{
		"sum": (*fieldElement).add, "difference": (*fieldElement).sub, "product": (*fieldElement).mul,
	} {
		first, second := x, y
		op(&z, &x, &y)
		if op(&first, &first, &y); first != z {
			t.Fatalf("%s of %x and %x is %x over the first of them", name, bx, by, first.big())
		}
		if op(&second, &x, &second); second != z {
			t.Fatalf("%s of %x and %x is %x over the second of them", name, bx, by, second.big())
		}
	}

	reduced := new(big.Int).Mod(bx, p)
	if b := x.bytes(); new(big.Int).SetBytes(b[:]).Cmp(reduced) != 0 {
		t.Fatalf("the bytes of %x are %x", bx, b)
	}
	if x.isOdd() != (reduced.Bit(0) == 1) || x.isZero() != (reduced.Sign() == 0) {
		t.Fatalf("%x is odd %v, zero %v", bx, x.isOdd(), x.isZero())
	}
	if x.equal(&y) != (n.Mod(n.Sub(bx, by), p).Sign() == 0) || !x.equal(&x) {
		t.Fatalf("%x and %x are equal: %v", bx, by, x.equal(&y))
	}
	var b [32]byte
	bx.FillBytes(b[:])
	if ok := z.setBytes(b[:]); ok != (bx.Cmp(p) < 0) || z != x {
		t.Fatalf("%x was read as %x, %v", b, z.big(), ok)
	}
	hasRoot := z.sqrt(&x)
	if hasRoot != (n.ModSqrt(reduced, p) != nil) {
		t.Fatalf("%x has a square root: %v", bx, hasRoot)
	}
	if hasRoot {
		check("square of the root", z.square(&z), bx)
	}
}

// A million products and squares, beside gnark-crypto's.
func TestProducts(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	total := 1_000_000
	if testing.Short() {
		total = 100_000
	}
	var x, y fieldElement
	var theirX, theirY fp.Element
	read := func(z *fieldElement, theirs *fp.Element) {
		for i := range z {
			z[i] = random.Uint64()
		}
		b := z.bytes()
		theirs.SetBytes(b[:])
	}
	read(&x, &theirX)
	for range total {
		read(&y, &theirY)
		x.square(x.mul(&x, &y))
		theirX.Mul(&theirX, &theirY)
		theirX.Square(&theirX)
		if x.bytes() != theirX.Bytes() {
			t.Fatalf("%x, want %x", x.bytes(), theirX.Bytes())
		}
	}
}

func BenchmarkField(b *testing.B) {
	c := rightClaims(b, 1, 1)[0]
	var x, y fieldElement
	x.setBytes(c.Key[:])
	y.setBytes(c.Sig[:32])
	var theirX, theirY fp.Element
	theirX.SetBytes(c.Key[:])
	theirY.SetBytes(c.Sig[:32])
	for _, op := range []struct {
		name         string
		ours, theirs func()
	}{
		{"mul", func() { y.mul(&x, &y) }, func() { theirY.Mul(&theirX, &theirY) }},
		{"square", func() { y.square(&y) }, func() { theirY.Square(&theirY) }},
		{"sqrt", func() { y.sqrt(y.square(&y)) }, func() { theirY.Sqrt(theirY.Square(&theirY)) }},
		{"invert", func() { y.invert(&y) }, func() { theirY.Inverse(&theirY) }},
	} {
		b.Run(op.name, func(b *testing.B) {
			for b.Loop() {
				op.ours()
			}
		})
		b.Run(op.name+"/gnark-crypto", func(b *testing.B) {
			for b.Loop() {
				op.theirs()
			}
		})
	}
}
