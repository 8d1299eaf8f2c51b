package lab

import (
	"math"
	"runtime"
	"testing"
	"time"

	"blink/api/client"
)

// A load of any length is counted in bounded memory: every transaction in the counts, percentiles and series, and a sample of
// the records.
func TestSoakIsBounded(t *testing.T) {
	const n = MaxRecords + 100_000
	length := 40 * time.Hour
	tally := newTally(LoadConfig{Plan: []Phase{{2, length}}, Timeout: 30 * time.Second})
	if got := len(tally.series.elements); got > maxSeries {
		t.Fatalf("%d elements in the series", got)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range n {
		at := time.Duration(float64(i) / n * float64(length))
		r := Record{Number: i, Intended: at, Sent: at, Answered: at + 20*time.Millisecond, Status: client.StatusFinal}
		tally.launched(0)
		tally.ended(r)
		if i%1000 == 0 {
			tally.progress(at)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > MaxRecords*300 {
		t.Errorf("the tally has grown by %d MB", grown>>20)
	}
	tally.stopped(length)
	r := tally.report(Conditions{})
	inSeries := 0
	for _, s := range r.Series {
		inSeries += s.Final
		if s.Final > 0 && s.P50 == nil {
			t.Fatalf("no percentile at %v s", s.T)
		}
	}
	if r.Final != n || inSeries != n || r.TTF.N != n {
		t.Errorf("%d final, %d in the series, %d in the percentiles, want %d", r.Final, inSeries, r.TTF.N, n)
	}
	if got := len(tally.sortedRecords()); got != MaxRecords || !tally.sampled() {
		t.Errorf("%d records are kept", got)
	}
}

func TestSampleIsUniform(t *testing.T) {
	s := newSample(1000, 1)
	const n = 50_000
	for i := range n {
		s.add(Record{Number: i})
	}
	sum := 0.0
	for i, r := range s.sorted() {
		sum += float64(r.Number)
		if i > 0 && r.Number <= s.kept[i-1].Number {
			t.Fatal("not by number, or twice")
		}
	}
	// The mean of 1000 uniform numbers has a standard error of n/sqrt(12*1000).
	if mean := sum / 1000; math.Abs(mean-n/2) > 4*n/math.Sqrt(12_000) {
		t.Errorf("mean number %v, want %v", mean, n/2)
	}
}
