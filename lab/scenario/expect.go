package scenario

import (
	"fmt"
	"time"
)

// Expect is what must come of a run; what was left out is not looked at. Besides it every run must end with a history
// without violation, all nodes equal, and nothing lost that was acknowledged as final.
type Expect struct {
	Final     *Bound // percent of the transactions that were sent
	LastFinal *Bound // percent of those that were sent in the last phase of the load
	Rejected  *Bound // transactions
	Expired   *Bound // transactions
	Unknown   *Bound // transactions

	Gap          *Bound // seconds: the longest interval without a commit
	Recovery     *Bound // seconds from the last healing to times within 10 % of the baseline
	BaselineP50  *Bound // seconds of TTF before the first fault
	BaselineP99  *Bound
	DegradedP50  *Bound // seconds of TTF from the first fault to the last healing
	DegradedP99  *Bound
	RecoveredP50 *Bound // seconds of TTF after recovery
	RecoveredP99 *Bound
	Throughput   *Bound // final transactions per second, over the load
	FloorRatio   *Bound // baseline p50 over the floor that the speed of light sets; needs regions

	Halts      *Interval // no commit in it
	Joined     []int     // nodes that were no active validators and became some
	Left       []int     // nodes that were active validators and ended without stake
	Jailed     []int     // nodes that were seen jailed
	Validators *int      // active ones at the end
}

// Bound is a range, both ends included; nil is open.
type Bound struct {
	Min, Max *float64
}

// Holds reports whether v lies within.
func (b Bound) Holds(v float64) bool {
	return (b.Min == nil || v >= *b.Min) && (b.Max == nil || v <= *b.Max)
}

// Text is the bound with a unit, for people: "at most 2 s".
func (b Bound) Text(unit string) string {
	if unit != "" && unit != "%" {
		unit = " " + unit
	}
	switch {
	case b.Min != nil && b.Max != nil && *b.Min == *b.Max:
		return fmt.Sprintf("%.4g%s", *b.Min, unit)
	case b.Min != nil && b.Max != nil:
		return fmt.Sprintf("from %.4g to %.4g%s", *b.Min, *b.Max, unit)
	case b.Min != nil:
		return fmt.Sprintf("at least %.4g%s", *b.Min, unit)
	case b.Max != nil:
		return fmt.Sprintf("at most %.4g%s", *b.Max, unit)
	}
	return "anything"
}

// Interval is a part of the measured load.
type Interval struct {
	From, To time.Duration
}
