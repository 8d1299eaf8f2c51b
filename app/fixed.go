package app

import (
	"encoding/binary"
	"math/bits"

	"blink/coin"
)

// fixed is an amount of ublink per unit of something, in 1/fixedScale: 128 bits, never negative. What is unpaid at
// any time is less than 2^64 ublink, below 2^124 per unit. Over all time fees are paid again and again: to fill an accumulator
// (halt) somebody would have to pay 2^68 ublink of them for each unit, that is the largest supply 64 times for each BLINK of stake.
type fixed struct{ hi, lo uint64 }

const fixedScale = 1_000_000_000_000_000_000

// perUnit is amount / units, rounded down; units is not 0.
func perUnit(amount coin.Amount, units uint64) fixed {
	hi, lo := bits.Mul64(uint64(amount), fixedScale)
	high, rem := hi/units, hi%units
	low, _ := bits.Div64(rem, lo, units)
	return fixed{high, low}
}

func (a fixed) plus(b fixed) fixed {
	lo, carry := bits.Add64(a.lo, b.lo, 0)
	hi, over := bits.Add64(a.hi, b.hi, carry)
	if over != 0 {
		panic("app: a reward accumulator overflows")
	}
	return fixed{hi, lo}
}

// since is how much an accumulator has grown; it never shrinks (halt).
func (a fixed) since(before fixed) fixed {
	lo, borrow := bits.Sub64(a.lo, before.lo, 0)
	hi, under := bits.Sub64(a.hi, before.hi, borrow)
	if under != 0 {
		panic("app: a reward accumulator went backwards")
	}
	return fixed{hi, lo}
}

// times is a * units, rounded down to whole ublink. What accumulators hold for anyone is part of the supply, so it fits
// (halt).
func (a fixed) times(units uint64) coin.Amount {
	midHi, low := bits.Mul64(a.lo, units)
	high, midLo := bits.Mul64(a.hi, units)
	mid, carry := bits.Add64(midLo, midHi, 0)
	high += carry // a.hi * units leaves room for a carry: it is at most 2^128 - 2^65 + 1
	if high >= fixedScale {
		panic("app: a reward is more than any supply")
	}
	over, rem := bits.Div64(high, mid, fixedScale)
	if over != 0 {
		panic("app: a reward is more than any supply")
	}
	quo, _ := bits.Div64(rem, low, fixedScale)
	return coin.Amount(quo)
}

// bytes is the record form: 16 bytes big-endian, none for zero.
func (a fixed) bytes() []byte {
	if a == (fixed{}) {
		return nil
	}
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(make([]byte, 0, 16), a.hi), a.lo)
}

func readFixed(b []byte) fixed {
	if len(b) != 16 {
		panic("app: an accumulator in the state has another size than 16 bytes")
	}
	return fixed{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
}
