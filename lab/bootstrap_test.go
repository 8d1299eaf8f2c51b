package lab

import (
	"math"
	"math/rand/v2"
	"sort"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// lognormalHistogram holds n times with a median of 14 ms.
func lognormalHistogram(random *rand.Rand, n int, factor float64) *hdrhistogram.Histogram {
	h := hdrhistogram.New(1, 60_000_000, 3)
	for range n {
		_ = h.RecordValue(int64(14_000 * factor * math.Exp(0.4*random.NormFloat64())))
	}
	return h
}

// coverage is the share of trials in which a 95 % interval holds the truth.
func coverage(trials int, truth float64, draws func(*rand.Rand) []float64) float64 {
	hits := 0
	for trial := range trials {
		low, high := interval95(draws(rand.New(rand.NewPCG(uint64(trial), 7))))
		if low <= truth && truth <= high {
			hits++
		}
	}
	return float64(hits) / float64(trials)
}

// Of 95 % intervals about 95 % hold the truth: of quantiles, also with censored values, and of means of series whose
// elements depend on each other.
func TestIntervalsCoverTheTruth(t *testing.T) {
	if testing.Short() {
		t.Skip("2800 bootstraps take a while")
	}
	const trials = 400
	median, p99 := 14.0, 14*math.Exp(0.4*2.3263)
	for _, c := range []struct {
		name     string
		truth    float64
		from, to float64 // allowed coverage
		draws    func(*rand.Rand) []float64
	}{
		{"p50 of 2000", median, 0.92, 0.98, func(r *rand.Rand) []float64 {
			return empiricalOf(lognormalHistogram(r, 2000, 1), 0).resampleQuantile(0.5, r)
		}},
		{"p99 of 2000", p99, 0.92, 0.98, func(r *rand.Rand) []float64 {
			return empiricalOf(lognormalHistogram(r, 2000, 1), 0).resampleQuantile(0.99, r)
		}},
		{"p50 of 100", median, 0.92, 0.99, func(r *rand.Rand) []float64 {
			return empiricalOf(lognormalHistogram(r, 100, 1), 0).resampleQuantile(0.5, r)
		}},
		{"p50, one in ten censored", 14 * math.Exp(0.4*0.1397), 0.92, 0.98, func(r *rand.Rand) []float64 {
			n := 0 // how many of 2000 became final: each does with 90 %
			for range 2000 {
				if r.Float64() < 0.9 {
					n++
				}
			}
			return empiricalOf(lognormalHistogram(r, n, 1), int64(2000-n)).resampleQuantile(0.5, r)
		}},
		{"mean of 60 independent seconds", 20, 0.90, 0.98, func(r *rand.Rand) []float64 {
			return resampleMean([][]float64{correlated(r, 60, 0)}, r)
		}},
		{"mean of 60 dependent seconds", 20, 0.86, 0.98, func(r *rand.Rand) []float64 {
			return resampleMean([][]float64{correlated(r, 60, 0.4)}, r)
		}},
		{"mean of 300 dependent seconds", 20, 0.90, 0.98, func(r *rand.Rand) []float64 {
			return resampleMean([][]float64{correlated(r, 300, 0.4)}, r)
		}},
	} {
		got := coverage(trials, c.truth, c.draws)
		t.Logf("%s: %.3f", c.name, got)
		if got < c.from || got > c.to {
			t.Errorf("%s: the interval holds the truth in %.3f of the trials, want %.2f to %.2f", c.name, got, c.from, c.to)
		}
	}
}

// correlated is a series around 20 whose neighbours depend on each other.
func correlated(random *rand.Rand, n int, dependence float64) []float64 {
	out := make([]float64, n)
	state := random.NormFloat64()
	for i := range out {
		state = dependence*state + math.Sqrt(1-dependence*dependence)*random.NormFloat64()
		out[i] = 20 + 4.5*state
	}
	return out
}

// One draw of a beta variate does what drawing n values would: both give the same distribution of the quantile.
func TestResampledQuantileAgreesWithResampling(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	s := empiricalOf(lognormalHistogram(random, 300, 1), 6)
	for _, q := range []float64{0.5, 0.9, 0.99} {
		fast := s.resampleQuantile(q, random)
		slow := make([]float64, resamples)
		rank := int(math.Ceil(q*float64(s.n))) - 1
		for i := range slow {
			values := make([]float64, s.n)
			for j := range values {
				values[j] = s.atRank(1 + random.Int64N(s.n))
			}
			sort.Float64s(values)
			slow[i] = values[rank]
		}
		sort.Float64s(fast)
		sort.Float64s(slow)
		// Kolmogorov and Smirnov: at 0.1 % significance two samples of 2000 differ by less than 0.062.
		if d := distance(fast, slow); d > 0.062 {
			t.Errorf("q=%v: the distributions differ by %.3f", q, d)
		}
	}
}

// distance is the greatest difference of two distribution functions; both samples are sorted and of one length.
func distance(a, b []float64) float64 {
	most := 0.0
	for _, v := range a {
		at := func(s []float64) float64 {
			return float64(sort.Search(len(s), func(i int) bool { return s[i] > v })) / float64(len(s))
		}
		most = max(most, math.Abs(at(a)-at(b)))
	}
	return most
}
