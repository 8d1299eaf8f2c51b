package lab

import (
	"math"
	"math/rand/v2"
	"sort"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// latencies compares with the plain definition: the smallest value with at least q*n values at or below it.
func TestQuantilesAgreeWithSorting(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{2, 10, 99, 100, 999, 1000, 5000} {
		h := hdrhistogram.New(1, 1e8, 3)
		var values []float64
		for range n {
			v := int64(1 + random.ExpFloat64()*20_000)
			if err := h.RecordValue(v); err != nil {
				t.Fatal(err)
			}
			values = append(values, float64(v)/1000)
		}
		sort.Float64s(values)
		l := latenciesOf(h, 0, time.Second)
		for _, c := range []struct {
			q   float64
			got *float64
		}{{0.5, l.P50}, {0.9, l.P90}, {0.99, l.P99}, {0.999, l.P999}} {
			if supported := float64(n)*(1-c.q) > 0.9999; supported != (c.got != nil) {
				t.Errorf("n=%d q=%v: given %v, supported %v", n, c.q, c.got != nil, supported)
				continue
			}
			if c.got == nil {
				continue
			}
			want := values[int(math.Ceil(c.q*float64(n)))-1]
			if math.Abs(*c.got-want) > want/500+0.001 { // the histogram keeps three digits
				t.Errorf("n=%d q=%v: got %v, want %v", n, c.q, *c.got, want)
			}
		}
	}
}

func TestCensoredTransactionsArePartOfTheQuantiles(t *testing.T) {
	h := hdrhistogram.New(1, 1e8, 3)
	for range 95 {
		_ = h.RecordValue(10_000)
	}
	l := latenciesOf(h, 5, 30*time.Second)
	if got := math.Round(*l.P50); got != 10 {
		t.Errorf("p50 %v, want 10", got)
	}
	if *l.P99 != 30_000 || l.Notes["p99"] == "" {
		t.Errorf("p99 %v (%q): must be the timeout, marked", *l.P99, l.Notes["p99"])
	}
	if *l.Max != 30_000 || l.Notes["max"] == "" {
		t.Errorf("max %v (%q): must be the timeout, marked", *l.Max, l.Notes["max"])
	}
	if l.P999 != nil || l.Notes["p999"] != "needs at least 1000 transactions, had 100" {
		t.Errorf("p999 %v (%q)", l.P999, l.Notes["p999"])
	}
	none := latenciesOf(hdrhistogram.New(1, 1e8, 3), 0, time.Second)
	if none.Min != nil || none.P50 != nil || none.Max != nil {
		t.Errorf("of nothing: %+v", none)
	}
}

func TestBucketsHoldEveryValue(t *testing.T) {
	h := hdrhistogram.New(1, 1e8, 3)
	for _, ms := range []float64{0.2, 1, 7, 12, 14, 480, 61_000} {
		_ = h.RecordValue(int64(ms * 1000))
	}
	got := bucketsOf(h)
	var total int64
	for i, b := range got {
		total += b.Count
		if i > 0 && got[i-1].To != b.From {
			t.Errorf("a gap between %v and %v ms", got[i-1].To, b.From)
		}
	}
	if total != h.TotalCount() || got[0].From != 0 || got[len(got)-1].To != 100_000 {
		t.Errorf("%d of %d values in %+v", total, h.TotalCount(), got)
	}
}
