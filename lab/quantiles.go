package lab

import (
	"fmt"
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Latencies are times to finality in milliseconds. A field is nil where the number of transactions cannot support it;
// Notes says why.
//
// They are taken over all transactions that were accepted: those that never became final (expired, unknown) count as
// slower than any that did. A quantile that falls among them is given as the timeout, which is then a lower bound, and
// Notes says so. Percentiles over survivors alone would look best when a network is at its worst.
type Latencies struct {
	Min  *float64 `json:"min"`
	Mean *float64 `json:"mean"` // of the final ones
	P50  *float64 `json:"p50"`
	P90  *float64 `json:"p90"`
	P99  *float64 `json:"p99"`
	P999 *float64 `json:"p999"`
	Max  *float64 `json:"max"`

	N        int64             `json:"n"`                  // transactions, censored ones included
	Censored int64             `json:"censored,omitempty"` // of those, never final: each counts as slower than any that was
	Notes    map[string]string `json:"notes,omitempty"`    // by field name: why it is null, or only a lower bound
}

// LatenciesOf computes the quantiles of a set of times to finality and of censored ones, of which it is only known that
// they are at least timeout.
func LatenciesOf(ttf []time.Duration, censored int64, timeout time.Duration) Latencies {
	h := newHistogram(timeout)
	for _, d := range ttf {
		record(h, d)
	}
	return latenciesOf(h, censored, timeout)
}

// newHistogram holds times up to twice the timeout, in microseconds, to three digits.
func newHistogram(timeout time.Duration) *hdrhistogram.Histogram {
	return hdrhistogram.New(1, (2 * timeout).Microseconds(), 3)
}

// latenciesOf computes the quantiles of the recorded values and of censored ones, of which it is only known that they
// are at least timeout.
func latenciesOf(h *hdrhistogram.Histogram, censored int64, timeout time.Duration) Latencies {
	n := h.TotalCount() + censored
	l := Latencies{N: n, Censored: censored, Notes: map[string]string{}}
	if h.TotalCount() > 0 {
		l.Min = milliseconds(h.Min())
		mean := h.Mean() / 1000
		l.Mean = &mean
	}
	at := func(name string, q float64) *float64 {
		// A quantile q says something only if at least one value is expected above it.
		need := int64(math.Round(1 / (1 - q)))
		if n < need {
			l.Notes[name] = fmt.Sprintf("needs at least %d transactions, had %d", need, n)
			return nil
		}
		rank := int64(math.Ceil(q * float64(n)))
		if rank > h.TotalCount() {
			l.Notes[name] = "at least this: it falls among the transactions that did not become final"
			return milliseconds(timeout.Microseconds())
		}
		return milliseconds(valueAtRank(h, rank))
	}
	l.P50, l.P90, l.P99, l.P999 = at("p50", 0.50), at("p90", 0.90), at("p99", 0.99), at("p999", 0.999)
	switch {
	case censored > 0:
		l.Max = milliseconds(timeout.Microseconds())
		l.Notes["max"] = "at least this: some transactions did not become final"
	case h.TotalCount() > 0:
		l.Max = milliseconds(h.Max())
	default:
		l.Notes["max"] = "no transaction became final"
	}
	return l
}

// valueAtRank returns the value of the rank-th smallest recorded value, counting from 1.
func valueAtRank(h *hdrhistogram.Histogram, rank int64) int64 {
	// The library rounds quantile*count to the nearest: the middle of the rank is safe from that.
	return h.ValueAtQuantile((float64(rank) - 0.25) / float64(h.TotalCount()) * 100)
}

func milliseconds(micros int64) *float64 {
	ms := float64(micros) / 1000
	return &ms
}

// Bucket counts the transactions whose TTF lies in [From, To) milliseconds.
type Bucket struct {
	From  float64 `json:"from_ms"`
	To    float64 `json:"to_ms"`
	Count int64   `json:"count"`
}

// bucketsOf sorts the recorded values into buckets with the borders 1, 2, 5, 10, 20, 50 ... ms, without the empty ones
// at both ends.
func bucketsOf(h *hdrhistogram.Histogram) []Bucket {
	var all []Bucket
	from := 0.0
	for decade := 1.0; decade <= 1e7; decade *= 10 {
		for _, step := range []float64{1, 2, 5} {
			all = append(all, Bucket{From: from, To: step * decade})
			from = step * decade
		}
	}
	for _, bar := range h.Distribution() {
		if bar.Count == 0 {
			continue
		}
		ms := float64(bar.From) / 1000
		for i := range all {
			if ms < all[i].To {
				all[i].Count += bar.Count
				break
			}
		}
	}
	first, last := 0, len(all)
	for first < last && all[first].Count == 0 {
		first++
	}
	for last > first && all[last-1].Count == 0 {
		last--
	}
	return all[first:last]
}
