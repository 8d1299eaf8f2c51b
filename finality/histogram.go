package finality

import (
	"math/bits"
	"sort"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Recorded values are microseconds from 1 µs to an hour, to three significant digits; what is outside is recorded as the
// nearest of the two.
const (
	minMicros = 1
	maxMicros = int64(time.Hour / time.Microsecond)
	digits    = 3
)

func micros(d time.Duration) int64 { return min(max(d.Microseconds(), minMicros), maxMicros) }

func millis(micros float64) float64 { return micros / 1000 }

// histogram is an HDR histogram that takes no memory until the first value. What the library would walk through all of its
// buckets for is kept beside it.
type histogram struct {
	hdr               *hdrhistogram.Histogram
	count, sum        int64
	smallest, largest int64
}

func newHistogram() histogram { return histogram{} }

func (h *histogram) record(v int64) { h.add(v, 1) }

func (h *histogram) add(v, n int64) {
	if h.hdr == nil {
		h.hdr = hdrhistogram.New(minMicros, maxMicros, digits)
		h.smallest = v
	}
	h.count, h.sum = h.count+n, h.sum+v*n
	h.smallest, h.largest = min(h.smallest, v), max(h.largest, v)
	// The value is within bounds, which is the only error that RecordValues knows.
	_ = h.hdr.RecordValues(v, n)
}

// clone copies h, so that it can be read outside the mutex that guards it.
func (h *histogram) clone() histogram {
	if h.hdr == nil {
		return histogram{}
	}
	c := *h
	c.hdr = hdrhistogram.Import(h.hdr.Export())
	return c
}

// quantised gives the lowest value that an HDR histogram of three digits does not tell from v.
func quantised(v int64) int64 {
	if shift := bits.Len64(uint64(v)) - 11; shift > 0 {
		return v >> shift << shift
	}
	return v
}

// tally is a count of equal values.
type tally struct{ value, count int64 }

// sparse is a histogram over a short time, as quantised values and their counts.
type sparse map[int64]int64

func (s sparse) frozen() []tally {
	out := make([]tally, 0, len(s))
	for v, n := range s {
		out = append(out, tally{v, n})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].value < out[j].value })
	return out
}
