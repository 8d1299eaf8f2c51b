package coin_test

import (
	"math/big"
	"testing"

	"blink/coin"

	"pgregory.net/rapid"
)

// amounts draws amounts from all orders of magnitude, with the edges often among them.
func amounts() *rapid.Generator[coin.Amount] {
	return rapid.Custom(func(t *rapid.T) coin.Amount {
		edge := rapid.SampledFrom([]uint64{0, 1, uint64(coin.Blink) - 1, uint64(coin.Blink), 1 << 32, 1 << 63, uint64(coin.Max)}).Draw(t, "edge")
		any64 := rapid.Uint64().Draw(t, "any")
		if rapid.Bool().Draw(t, "at an edge") {
			return coin.Amount(edge)
		}
		return coin.Amount(any64 >> rapid.IntRange(0, 63).Draw(t, "shift"))
	})
}

func big64(a coin.Amount) *big.Int { return new(big.Int).SetUint64(uint64(a)) }

func TestAddAndSubAgreeWithBig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := amounts().Draw(t, "a"), amounts().Draw(t, "b")
		want := new(big.Int).Add(big64(a), big64(b))
		got, ok := a.Add(b)
		if ok != want.IsUint64() || ok && big64(got).Cmp(want) != 0 {
			t.Fatalf("%s + %s = %s, %v; want %s", a, b, got, ok, want)
		}
		want.Sub(big64(a), big64(b))
		got, ok = a.Sub(b)
		if ok != (want.Sign() >= 0) || ok && big64(got).Cmp(want) != 0 {
			t.Fatalf("%s - %s = %s, %v; want %s", a, b, got, ok, want)
		}
	})
}

func TestMulDivAgreesWithBig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, num, den := amounts().Draw(t, "a"), uint64(amounts().Draw(t, "num")), uint64(amounts().Draw(t, "den"))
		var want *big.Int // nil: must halt
		if den != 0 {
			want = new(big.Int).Mul(big64(a), new(big.Int).SetUint64(num))
			if want.Div(want, new(big.Int).SetUint64(den)); !want.IsUint64() {
				want = nil
			}
		}
		got, halted := mulDiv(a, num, den)
		if halted != (want == nil) || !halted && big64(got).Cmp(want) != 0 {
			t.Fatalf("%s * %d / %d = %s, halted %v; want %s", a, num, den, got, halted, want)
		}
	})
}

func mulDiv(a coin.Amount, num, den uint64) (result coin.Amount, halted bool) {
	defer func() { halted = recover() != nil }()
	return a.MulDiv(num, den), false
}
