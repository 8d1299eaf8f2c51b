package finality

import (
	"math"
	"sort"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// submitAndCommit lets a transaction become final after the given time.
func submitAndCommit(tr *Tracker, n int, from time.Time, ttf time.Duration) {
	tr.Submitted(id(n), math.MaxInt64, from)
	tr.Committed(int64(n)+1, time.Unix(1, 0), []CommittedTx{ok(n)}, from.Add(ttf))
}

func TestQuantilesAgainstASortedSlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(1, int64(time.Hour/time.Microsecond)), 1, 150).Draw(t, "µs")
		tr := NewTracker(Options{Start: origin})
		for n, v := range values {
			submitAndCommit(tr, n, origin, time.Duration(v)*time.Microsecond)
		}
		sort.Slice(values, func(i, j int) bool { return values[i] < values[j] })
		stats := tr.Stats(All, at(0))
		q := stats.TTF
		for _, c := range []struct {
			name string
			got  float64
			rank float64
		}{{"min", q.Min, 0}, {"p50", q.P50, 0.5}, {"p90", q.P90, 0.9}, {"p99", q.P99, 0.99}, {"p999", q.P999, 0.999}, {"max", q.Max, 1}} {
			// The nearest rank, either neighbour when the library rounds the rank the other way; three digits.
			k := int(math.Ceil(c.rank*float64(len(values)))) - 1
			low, high := values[max(k-1, 0)], values[min(max(k+1, 0), len(values)-1)]
			if c.got*1000 < float64(low)*0.999-1 || c.got*1000 > float64(high)*1.001+1 {
				t.Fatalf("%s = %v ms, want between %d and %d µs", c.name, c.got, low, high)
			}
		}
		var sum int64
		for _, b := range stats.Histogram {
			sum += b.Count
		}
		if sum != int64(len(values)) {
			t.Fatalf("the histogram holds %d of %d", sum, len(values))
		}
	})
}

func TestQuantisedIsWhatTheHistogramKeeps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Int64Range(1, maxMicros).Draw(t, "µs")
		h := newHistogram()
		h.record(v)
		if got := h.hdr.Min(); got != quantised(v) {
			t.Fatalf("quantised(%d) = %d, the histogram says %d", v, quantised(v), got)
		}
	})
}

func TestWindowsForget(t *testing.T) {
	tr := NewTracker(Options{Start: origin})
	submitAndCommit(tr, 0, origin, 10*time.Millisecond)
	submitAndCommit(tr, 1, origin.Add(10*time.Minute), 30*time.Millisecond)
	submitAndCommit(tr, 2, origin.Add(14*time.Minute+30*time.Second), 20*time.Millisecond)
	now := origin.Add(14*time.Minute + 40*time.Second)
	s := tr.Stats(Minute, now)
	for i, want := range []int64{1, 2, 3, 3} {
		if s.Windows[i].TTF.Count != want {
			t.Errorf("window %s holds %d, want %d", s.Windows[i].Window, s.Windows[i].TTF.Count, want)
		}
	}
	if s.TTF.Count != 1 || math.Abs(s.TTF.P50-20) > 0.1 || s.Window != "1m" {
		t.Errorf("%+v", s.TTF)
	}
	if len(s.Stages) != numStages-1 || s.Stages[5].Stage != "visible" || s.Stages[5].Count != 1 {
		t.Errorf("stages %+v", s.Stages)
	}
	if later := tr.Stats(FifteenMinutes, origin.Add(time.Hour)); later.TTF.Count != 0 || later.Windows[3].TTF.Count != 3 {
		t.Errorf("after an hour: %+v", later.Windows)
	}
}

func TestRollingMemoryIsBounded(t *testing.T) {
	tr := NewTracker(Options{Start: origin, Capacity: 10})
	for n := range 2000 {
		submitAndCommit(tr, n, origin.Add(time.Duration(n)*slotLength), 10*time.Millisecond)
	}
	if got := tr.Stats(FifteenMinutes, origin.Add(1999*slotLength)).TTF.Count; got != int64(numSlots) {
		t.Errorf("fifteen minutes hold %d slots", got)
	}
}

func BenchmarkSubmitToFinal(b *testing.B) {
	tr := NewTracker(Options{})
	now := time.Now()
	for n := 0; b.Loop(); n++ {
		tr.Submitted(id(n), math.MaxInt64, now)
		tr.Checked(id(n), now)
		tr.Committed(int64(n)+1, time.Unix(1, 0), []CommittedTx{ok(n)}, now)
	}
}
