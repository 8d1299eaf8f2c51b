package lab

import (
	"math"
	"slices"
	"time"

	"blink/api/client"
)

// maxSeries is how many elements a series has at most: an hour of seconds, and coarser for a longer load.
const maxSeries = 3600

// series counts what became of the transactions over time.
type series struct {
	step     time.Duration
	elements []interval
	folded   int // elements before it have their percentiles, and no values any more
}

// interval is one element of a series.
type interval struct {
	Second
	values []uint32 // TTF of its final transactions, in microseconds (an hour fits)
}

func newSeries(length time.Duration) *series {
	step := time.Second * time.Duration(max(1, math.Ceil(length.Seconds()/maxSeries)))
	s := &series{step: step, elements: make([]interval, (length+step-1)/step)}
	for i := range s.elements {
		s.elements[i].T = (time.Duration(i) * step).Seconds()
	}
	return s
}

func (s *series) at(offset time.Duration) *interval {
	return &s.elements[min(max(int(offset/s.step), 0), len(s.elements)-1)]
}

func (s *series) answered(at time.Duration) { s.at(at).Answered++ }

func (s *series) ended(r Record) {
	e := s.at(r.Intended)
	e.Sent++
	switch r.Status {
	case client.StatusFinal:
		e.Final++
		e.values = append(e.values, uint32(min(max(r.TTF().Microseconds(), 0), math.MaxUint32)))
	case client.StatusRejected:
		e.Rejected++
	case client.StatusExpired:
		e.Expired++
	default:
		e.Unknown++
	}
}

// fold computes the percentiles of the elements that ended before an offset, whose transactions all have their outcome,
// and forgets their values.
func (s *series) fold(before time.Duration) {
	for ; s.folded < len(s.elements) && time.Duration(s.folded+1)*s.step <= before; s.folded++ {
		e := &s.elements[s.folded]
		if n := len(e.values); n > 0 {
			slices.Sort(e.values)
			e.P50, e.Max = milliseconds(int64(e.values[(n+1)/2-1])), milliseconds(int64(e.values[n-1]))
		}
		e.values = nil
	}
}

// seconds are the elements that began before an offset; all their transactions have an outcome.
func (s *series) seconds(end time.Duration) []Second {
	s.fold(math.MaxInt64)
	var out []Second
	for i, e := range s.elements {
		if time.Duration(i)*s.step < end {
			out = append(out, e.Second)
		}
	}
	return out
}
