package lab

import (
	"math"
	"sort"
)

// elements are the whole elements of the series, by the phase that they lie in. The last one is left out when the load
// ended within it, and so are those of an interrupted load that were not begun.
func (r Report) elements() [][]Second {
	phases := make([][]Second, 0, len(r.Plan))
	begin, next := 0.0, 0
	for _, p := range r.Plan {
		end := begin + p.ForS
		var in []Second
		for ; next < len(r.Series) && r.Series[next].T+r.step() <= end+1e-6; next++ {
			if r.Series[next].T >= begin-1e-6 {
				in = append(in, r.Series[next])
			}
		}
		for ; next < len(r.Series) && r.Series[next].T < end-1e-6; next++ { // reaches into the next phase
		}
		if len(in) > 0 {
			phases = append(phases, in)
		}
		begin = end
	}
	return phases
}

// step is the length of an element of the series, in seconds.
func (r Report) step() float64 {
	if r.SeriesStepS > 0 {
		return r.SeriesStepS
	}
	return 1
}

// designEffect estimates from the medians of the seconds how much less the transactions say than independent ones
// would: at least 1. Of n independent times the median's place in the distribution of all is about normal, with a
// standard deviation of 1/(2*sqrt(n+2)); what it varies beyond that, from second to second and in the long run (Newey
// and West 1987), is dependence. The phases of a load differ by design: each is looked at by itself.
func designEffect(phases [][]Second, s empirical) float64 {
	var total, elements float64
	for _, p := range phases {
		var z []float64
		for _, e := range p {
			if e.P50 != nil && e.Final > 0 {
				z = append(z, (s.share(*e.P50)-0.5)*2*math.Sqrt(float64(e.Final)+2))
			}
		}
		if len(z) >= minSeconds {
			total += longRunVariance(z) * float64(len(z))
			elements += float64(len(z))
		}
	}
	if elements == 0 {
		return 1
	}
	return max(1, total/elements)
}

// longRunVariance is the variance of the mean of a stationary series, times its length.
func longRunVariance(z []float64) float64 {
	mean := sum(z) / float64(len(z))
	covariance := func(lag int) float64 {
		total := 0.0
		for i := lag; i < len(z); i++ {
			total += (z[i] - mean) * (z[i-lag] - mean)
		}
		return total / float64(len(z)-1)
	}
	variance := covariance(0)
	for lag, last := 1, blockLength(len(z)); lag <= last; lag++ {
		variance += 2 * (1 - float64(lag)/float64(last+1)) * covariance(lag)
	}
	return variance
}

// middle is the median of some values; nil of none.
func middle(values []float64) *float64 {
	if len(values) == 0 {
		return nil
	}
	sort.Float64s(values)
	return &values[len(values)/2]
}
