// Package coin holds amounts of money. An Amount is a whole number of ublink, the smallest unit; one BLINK is a
// million of them. There are no fractions and no floats, every sum is checked, and nothing wraps around silently.
package coin

import (
	"math"
	"math/bits"
	"strconv"
)

// Amount is a sum of money in ublink.
type Amount uint64

const (
	// Blink is one BLINK in ublink.
	Blink Amount = 1_000_000
	// Max is the largest amount that can be written down. Genesis keeps the supply far below it.
	Max Amount = math.MaxUint64

	decimals = 6 // digits after the point in BLINK
)

// Add returns a+b, and false when the sum is more than Max.
func (a Amount) Add(b Amount) (Amount, bool) {
	sum, carry := bits.Add64(uint64(a), uint64(b), 0)
	return Amount(sum), carry == 0
}

// Sub returns a-b, and false when the difference would be negative.
func (a Amount) Sub(b Amount) (Amount, bool) {
	diff, borrow := bits.Sub64(uint64(a), uint64(b), 0)
	return Amount(diff), borrow == 0
}

// MulDiv returns a*num/den rounded down, with a 128-bit product so that nothing is lost between. It halts (panics)
// when den is 0 or the quotient is more than Max: its callers work on shares of a supply that is known to fit, so
// either means that the state is broken.
func (a Amount) MulDiv(num, den uint64) Amount {
	hi, lo := bits.Mul64(uint64(a), num)
	if den <= hi { // also den == 0
		panic("coin: MulDiv(" + a.String() + ", " + strconv.FormatUint(num, 10) + ", " +
			strconv.FormatUint(den, 10) + "): zero divisor or overflow")
	}
	quo, _ := bits.Div64(hi, lo, den)
	return Amount(quo)
}

// String returns the amount as a decimal number of ublink, the form used in JSON: "12500000".
func (a Amount) String() string {
	return strconv.FormatUint(uint64(a), 10)
}
