package app

import (
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"blink/coin"
	"blink/genesis"
	"blink/store"
	"blink/tx"
)

// bigIssuance is issuance with big integers.
func bigIssuance(issued, inflation, elapsed, remainder uint64) (minted, left *big.Int) {
	yearly := new(big.Int).Mul(n(issued), n(inflation))
	yearly.Div(yearly, n(tx.MaxBasisPoints))
	owed := yearly.Mul(yearly, n(min(elapsed, uint64(year))))
	minted, left = new(big.Int).DivMod(owed.Add(owed, n(remainder)), n(uint64(year)), new(big.Int))
	if most := n(uint64(coin.Max) - issued); minted.Cmp(most) > 0 {
		minted = most
	}
	return minted, left
}

// TestIssuanceAgainstBig: new money, to the last part of a ublink, also where the 128-bit product carries.
func TestIssuanceAgainstBig(t *testing.T) {
	check := func(t interface{ Fatalf(string, ...any) }, issued, inflation, elapsed, remainder uint64) {
		now := genesisTime.Add(time.Duration(elapsed))
		w := rewards{paidUntil: genesisTime.UnixNano(), remainder: remainder}
		got, next := issuance(totals{issued: coin.Amount(issued)}, w, &genesis.Params{Inflation: uint32(inflation)}, now)
		minted, left := bigIssuance(issued, inflation, elapsed, remainder)
		if n(uint64(got)).Cmp(minted) != 0 || n(next.remainder).Cmp(left) != 0 || next.paidUntil != now.UnixNano() {
			t.Fatalf("%d issued, %d bps, %d ns, %d left before: %s and %d left, want %s and %s", issued, inflation, elapsed, remainder, got, next.remainder, minted, left)
		}
	}
	const day = uint64(24 * time.Hour)
	for _, c := range []struct{ issued, inflation, elapsed, remainder uint64 }{
		{1_000_000_000_000, 500, 0, 77},
		{1_000_000_000_000, 500, 1, 0},
		{1_000_000_000_000, 500, day, uint64(year) - 1},
		{1_000_000_000_000, 500, uint64(year) - 1, 0},
		{1_000_000_000_000, 500, uint64(year), 0},
		{1_000_000_000_000, 500, uint64(year) + 1, 0},
		{1_000_000_000_000, 500, 10 * uint64(year), 5},
		{5 * (1<<44 - 1), 2000, 1 << 20, uint64(year) - 1}, // the product and the remainder carry
		{uint64(coin.Max) - 10, 2000, day, 0},              // the supply is full
		{uint64(coin.Max), 2000, day, 0},
	} {
		check(t, c.issued, c.inflation, c.elapsed, c.remainder)
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.Uint64().Draw(t, "issued"), rapid.Uint64Range(0, 2000).Draw(t, "inflation"),
			rapid.Uint64Range(0, 2*uint64(year)).Draw(t, "elapsed"), rapid.Uint64Range(0, uint64(year)-1).Draw(t, "remainder"))
	})
}

// TestSettleWithoutShares: what a validator earns when nobody holds a share of it is its operator's.
func TestSettleWithoutShares(t *testing.T) {
	o, op := store.NewOverlay(void{}), newPerson("v").address
	o.Set(lastSentKey(op), memberRecord{[32]byte{1}, 3}.encode())
	for _, test := range []struct{ shares, purse, perShare uint64 }{
		{0, 30, 0}, // all of 3 units of power at 10 each
		{27, 3, 1}, // the commission, and the rest
	} {
		v := validator{shares: test.shares, commission: tx.Commission{Rate: 1000}}
		settle(o, perUnit(10, 1), op, &v)
		want := fixed{}
		if test.perShare > 0 {
			want = perUnit(coin.Amount(test.perShare), 1)
		}
		if v.purse != coin.Amount(test.purse) || v.perShare != want || v.settled != perUnit(10, 1) {
			t.Errorf("%d shares: purse %s, per share %v, want %d and %d", test.shares, v.purse, v.perShare, test.purse, test.perShare)
		}
	}
}

// TestFixedEdges: the largest values that are right, and the smallest that are not.
func TestFixedEdges(t *testing.T) {
	for _, test := range []struct {
		a     fixed
		units uint64
		want  coin.Amount
		halt  bool
	}{
		{fixed{fixedScale - 1, ^uint64(0)}, 1, coin.Max, false},
		{fixed{fixedScale, 0}, 1, 0, true},
		{fixed{1, 0}, fixedScale - 1, (1<<64 - 1) - 18, false}, // 2^64 * (10^18-1) / 10^18
		{fixed{1, 0}, fixedScale, 0, true},
		{fixed{0, ^uint64(0)}, 1, 18, false},
		{fixed{1, ^uint64(0)}, 1, 36, false}, // 2^65 / 10^18
		{fixed{1<<61 + 7, ^uint64(0)}, ^uint64(0), 0, true},
		{fixed{fixedScale / 2, 1}, 2, 0, true},
		{fixed{1 << 63, 0}, 2 * fixedScale, 0, true},    // the upper half is 10^18
		{fixed{^uint64(0) / 3, ^uint64(0)}, 3, 0, true}, // the lower half carries into the upper
		{fixed{fixedScale/2 - 1, ^uint64(0)}, 2, coin.Max, false},
	} {
		var got coin.Amount
		words := halts(func() { got = test.a.times(test.units) })
		halted := words == "app: a reward is more than any supply"
		if halted != test.halt || !halted && got != test.want {
			t.Errorf("%v * %d is %s, %q, want %s, halt %t", test.a, test.units, got, words, test.want, test.halt)
		}
	}
	if b := (fixed{}).bytes(); len(b) != 0 {
		t.Errorf("zero is written as %x", b)
	}
	for _, size := range []int{0, 15, 17} {
		if got := halts(func() { readFixed(make([]byte, size)) }); got != "app: an accumulator in the state has another size than 16 bytes" {
			t.Errorf("%d bytes: %q", size, got)
		}
	}
}
