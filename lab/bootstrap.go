package lab

import (
	"math"
	"math/rand/v2"
	"sort"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// resamples is how often a bootstrap draws: enough for the ends of a 95 % interval, of which 50 draws lie beyond each.
const resamples = 2000

// empirical is a set of times to finality of which some are censored, as a bootstrap needs it.
type empirical struct {
	upTo   []int64   // how many values are at most values[i]: ascending
	values []float64 // milliseconds, ascending
	n      int64     // with the censored ones, which come after all values
	// effect is the design effect, at least 1: how many times more transactions say as much as independent ones would.
	// Transactions of the same second share their blocks and their stalls.
	effect float64
}

// empiricalOf is the distribution that a histogram holds, in microseconds, and censored values.
func empiricalOf(h *hdrhistogram.Histogram, censored int64) empirical {
	s := empirical{n: h.TotalCount() + censored, effect: 1}
	total := int64(0)
	for _, bar := range h.Distribution() {
		if bar.Count > 0 {
			total += bar.Count
			s.upTo, s.values = append(s.upTo, total), append(s.values, float64(bar.To)/1000)
		}
	}
	return s
}

// atRank gives the rank-th smallest value, counting from 1; +Inf if it is censored.
func (s empirical) atRank(rank int64) float64 {
	i := sort.Search(len(s.upTo), func(i int) bool { return s.upTo[i] >= rank })
	if i == len(s.upTo) {
		return math.Inf(1)
	}
	return s.values[i]
}

// share is the part of the sample below ms, half of those equal to it included.
func (s empirical) share(ms float64) float64 {
	i := sort.SearchFloat64s(s.values, ms)
	below, upTo := int64(0), int64(0)
	if i > 0 {
		below = s.upTo[i-1]
	}
	if upTo = below; i < len(s.upTo) {
		upTo = s.upTo[i]
	}
	return float64(below+upTo) / 2 / float64(s.n)
}

// supports reports whether quantile q of the sample says something: at least one value is expected above it.
func (s empirical) supports(q float64) bool { return s.n >= needed(q) }

// needed is how many values quantile q needs.
func needed(q float64) int64 { return int64(math.Round(1 / (1 - q))) }

// quantile is the smallest value that at least q of the sample do not exceed.
func (s empirical) quantile(q float64) float64 { return s.atRank(int64(math.Ceil(q * float64(s.n)))) }

// resampleQuantile draws the quantile of bootstrap samples. The k-th smallest of n draws with replacement from n values
// is the value at rank ceil(n*U), where U is the k-th smallest of n uniform numbers, which has the distribution
// Beta(k, n+1-k): one draw of U does what n draws of values would. The design effect takes as many off both parameters.
func (s empirical) resampleQuantile(q float64, random *rand.Rand) []float64 {
	k := math.Ceil(q * float64(s.n))
	out := make([]float64, resamples)
	for i := range out {
		u := betaVariate(random, k/s.effect, (float64(s.n)+1-k)/s.effect)
		out[i] = s.atRank(min(max(int64(math.Ceil(u*float64(s.n))), 1), s.n))
	}
	return out
}

func betaVariate(random *rand.Rand, a, b float64) float64 {
	x, y := gammaVariate(random, a), gammaVariate(random, b)
	if x+y == 0 {
		return 0.5
	}
	return x / (x + y)
}

// gammaVariate follows Marsaglia and Tsang, "A simple method for generating gamma variables" (2000).
func gammaVariate(random *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gammaVariate(random, shape+1) * math.Pow(random.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := random.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v *= v * v
		if math.Log(random.Float64()) < 0.5*x*x+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// blockLength is how many neighbouring elements of a series a block bootstrap draws together, so that their dependence
// stays: it grows with the cube root of the length, as is usual (Künsch 1989).
func blockLength(n int) int { return max(1, int(math.Round(1.5*math.Cbrt(float64(n))))) }

// minSeconds is the shortest series that an interval is given for.
const minSeconds = 10

// resampleMean draws the mean of bootstrap samples of parts of a series. Each part, a phase of the load, is drawn by
// itself, in circular blocks. Few blocks vary less among themselves than the mean does: the draws are spread accordingly.
func resampleMean(parts [][]float64, random *rand.Rand) []float64 {
	n, mean := 0, 0.0
	for _, p := range parts {
		n += len(p)
		mean += sum(p)
	}
	mean /= float64(n)
	length := 1.0
	out := make([]float64, resamples)
	for _, p := range parts {
		length = max(length, float64(blockLength(len(p))))
		for i := range out {
			out[i] += drawBlocks(p, random)
		}
	}
	spread := math.Sqrt(float64(n) / max(float64(n)-length, 1))
	for i := range out {
		out[i] = mean + (out[i]/float64(n)-mean)*spread
	}
	return out
}

// drawBlocks is the sum of as many elements as the series has, drawn in blocks.
func drawBlocks(series []float64, random *rand.Rand) float64 {
	length, total := blockLength(len(series)), 0.0
	for left := len(series); left > 0; left -= length {
		start := random.IntN(len(series))
		for i := range min(length, left) {
			total += series[(start+i)%len(series)]
		}
	}
	return total
}

func sum(values []float64) float64 {
	total := 0.0
	for _, v := range values {
		total += v
	}
	return total
}

// interval95 gives the 2.5th and the 97.5th percentile of draws, which it sorts.
func interval95(draws []float64) (low, high float64) {
	sort.Float64s(draws)
	n := float64(len(draws))
	return draws[int(math.Floor(0.025*(n-1)))], draws[int(math.Ceil(0.975*(n-1)))]
}
