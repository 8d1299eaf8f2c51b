package app

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"blink/coin"
)

func (a fixed) big() *big.Int {
	x := new(big.Int).Lsh(new(big.Int).SetUint64(a.hi), 64)
	return x.Add(x, new(big.Int).SetUint64(a.lo))
}

// TestFixedAgainstBig compares the 128-bit arithmetic with big integers.
func TestFixedAgainstBig(t *testing.T) {
	scale := big.NewInt(fixedScale)
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Uint64().Draw(t, "amount")
		units := rapid.Uint64Min(1).Draw(t, "units")
		held := rapid.Uint64Range(0, units).Draw(t, "held")

		f := perUnit(coin.Amount(amount), units)
		want := new(big.Int).Mul(n(amount), scale)
		want.Div(want, n(units))
		if f.big().Cmp(want) != 0 {
			t.Fatalf("%d / %d is %s, was %s", amount, units, want, f.big())
		}
		share := new(big.Int).Mul(want, n(held))
		share.Div(share, scale)
		if got := f.times(held); n(uint64(got)).Cmp(share) != 0 {
			t.Fatalf("%s * %d is %s, was %s", want, held, share, got)
		}
		if share.Cmp(n(amount)) > 0 {
			t.Fatalf("%d of %d units hold %s of %d", held, units, share, amount)
		}
		g := perUnit(coin.Amount(rapid.Uint64Range(0, 1<<62).Draw(t, "more")), units)
		if sum := f.plus(g); sum.since(f) != g || sum.since(g) != f {
			t.Fatalf("%v + %v does not come apart again", f, g)
		}
		if f != (fixed{}) && readFixed(f.bytes()) != f {
			t.Fatalf("%v does not survive encoding", f)
		}
	})
}

func TestFixedHalts(t *testing.T) {
	for name, fn := range map[string]func(){
		"overflow":       func() { fixed{^uint64(0), 0}.plus(fixed{1, 0}) },
		"backwards":      func() { fixed{0, 1}.since(fixed{0, 2}) },
		"too much":       func() { fixed{1 << 60, 0}.times(1 << 20) },
		"a bit too much": func() { fixed{1, 0}.times(fixedScale) },
		"cut short":      func() { readFixed([]byte{1}) },
	} {
		halted := func() (p bool) {
			defer func() { p = recover() != nil }()
			fn()
			return false
		}()
		if !halted {
			t.Errorf("%s: no halt", name)
		}
	}
}
