package lab

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// CompareConfig says how to compare two reports.
type CompareConfig struct {
	Tolerance float64 // by how much B may be slower and still pass: 0.05 = 5 %
	Seed      uint64  // of the bootstrap: the same reports and seed give the same intervals
}

// ComparisonFormat names the JSON of a Comparison.
const ComparisonFormat = "blink-compare/1"

// Comparison says how B differs from A. Its intervals hold 95 % of 2000 bootstrap draws: they tell what chance within
// the two runs can do, not what another day, another machine or a restart of the network would.
type Comparison struct {
	Format      string       `json:"format"`
	A           ComparedRun  `json:"a"`
	B           ComparedRun  `json:"b"`
	Tolerance   float64      `json:"tolerance"`
	Seed        uint64       `json:"seed"`
	Measures    []Measure    `json:"measures"`
	Differences []Difference `json:"differences"` // of conditions: what is compared may be these
	Warnings    []string     `json:"warnings"`
	Slower      bool         `json:"slower"` // some measure of B is slower beyond the tolerance, beyond chance
}

// ComparedRun is what became of one run's transactions.
type ComparedRun struct {
	Started      string  `json:"started"`
	Sent         int     `json:"sent"`
	Final        int     `json:"final"`
	Rejected     int     `json:"rejected"`
	Expired      int     `json:"expired"`
	Unknown      int     `json:"unknown"`
	DesignEffect float64 `json:"design_effect"` // of this many times fewer independent transactions the intervals would be
}

// Measure is one number of both runs.
type Measure struct {
	Name       string   `json:"name"`       // p50, p99, throughput
	Unit       string   `json:"unit"`       // ms, per second
	A          Estimate `json:"a"`          //
	B          Estimate `json:"b"`          //
	Difference Estimate `json:"difference"` // B - A
	Ratio      Estimate `json:"ratio"`      // B / A
	Verdict    string   `json:"verdict"`    // see Verdict constants
	Note       string   `json:"note,omitempty"`
}

// Estimate is a value with its 95 % interval. What is null is unknown, or beyond the timeout: the note says which.
type Estimate struct {
	Value *float64 `json:"value"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
}

// Verdicts.
const (
	VerdictSlower = "slower"        // beyond the tolerance, and beyond chance
	VerdictFaster = "faster"        // likewise
	VerdictSame   = "no difference" // none beyond the tolerance and chance
	VerdictNone   = "not compared"  // the note says why
)

// Compare compares two reports.
func Compare(a, b Report, cfg CompareConfig) (Comparison, error) {
	if !(cfg.Tolerance >= 0 && cfg.Tolerance <= 10) {
		return Comparison{}, fmt.Errorf("tolerance must be from 0 %% to 1000 %%, was %v %%", cfg.Tolerance*100)
	}
	runA, err := measured(a)
	if err != nil {
		return Comparison{}, fmt.Errorf("report A: %w", err)
	}
	runB, err := measured(b)
	if err != nil {
		return Comparison{}, fmt.Errorf("report B: %w", err)
	}
	random := rand.New(rand.NewPCG(cfg.Seed, 0))
	c := Comparison{
		Format: ComparisonFormat, A: runA.summary(), B: runB.summary(), Tolerance: cfg.Tolerance, Seed: cfg.Seed,
		Differences: differences(a, b), Warnings: append(warningsOf("A", a), warningsOf("B", b)...),
	}
	c.Measures = []Measure{
		compareQuantile("p50", 0.5, runA, runB, cfg, random), compareQuantile("p99", 0.99, runA, runB, cfg, random),
		compareThroughput(runA, runB, cfg, random),
	}
	for _, m := range c.Measures {
		c.Slower = c.Slower || m.Verdict == VerdictSlower
	}
	return c, nil
}

// witness is a report as the statistics need it.
type witness struct {
	Report
	sample empirical
	series [][]float64 // finals that arrived per second, by phase
}

func measured(r Report) (witness, error) {
	h, err := r.histogram()
	if err != nil {
		return witness{}, err
	}
	out := witness{Report: r, sample: empiricalOf(h, r.censored())}
	phases := r.elements()
	for _, elements := range phases {
		var rates []float64
		for _, e := range elements {
			rates = append(rates, float64(e.Answered)/r.step())
		}
		out.series = append(out.series, rates)
	}
	out.sample.effect = designEffect(phases, out.sample)
	return out, nil
}

func (r witness) summary() ComparedRun {
	return ComparedRun{
		Started: r.Conditions.Started.UTC().Format("2006-01-02 15:04:05"), Sent: r.Sent, Final: r.Final, Rejected: r.Rejected,
		Expired: r.Expired, Unknown: r.Unknown, DesignEffect: r.sample.effect,
	}
}

func compareQuantile(name string, q float64, a, b witness, cfg CompareConfig, random *rand.Rand) Measure {
	m := Measure{Name: name, Unit: "ms", Verdict: VerdictNone}
	for _, r := range []struct {
		name string
		witness
	}{{"A", a}, {"B", b}} {
		if !r.sample.supports(q) {
			m.Note = fmt.Sprintf("needs at least %d accepted transactions, %s had %d", needed(q), r.name, r.sample.n)
			return m
		}
	}
	va, vb := a.sample.quantile(q), b.sample.quantile(q)
	m.judge(va, vb, a.sample.resampleQuantile(q, random), b.sample.resampleQuantile(q, random), cfg.Tolerance, false)
	switch {
	case math.IsInf(va, 1) && math.IsInf(vb, 1):
		m.Verdict, m.Note = VerdictNone, "in both it falls among the transactions that did not become final"
	case math.IsInf(vb, 1):
		m.Note = fmt.Sprintf("in B it falls among the transactions that did not become final: at least %s", formatMS(ms(b.Conditions.TimeoutS*1000)))
	case math.IsInf(va, 1):
		m.Note = fmt.Sprintf("in A it falls among the transactions that did not become final: at least %s", formatMS(ms(a.Conditions.TimeoutS*1000)))
	}
	return m
}

func compareThroughput(a, b witness, cfg CompareConfig, random *rand.Rand) Measure {
	m := Measure{Name: "throughput", Unit: "per second", Verdict: VerdictNone}
	means := []float64{}
	for _, r := range []struct {
		name string
		witness
	}{{"A", a}, {"B", b}} {
		n, total := 0, 0.0
		for _, p := range r.series {
			n, total = n+len(p), total+sum(p)
		}
		if n < minSeconds {
			m.Note = fmt.Sprintf("needs a series of at least %d elements, %s had %d", minSeconds, r.name, n)
			return m
		}
		means = append(means, total/float64(n))
	}
	m.judge(means[0], means[1], resampleMean(a.series, random), resampleMean(b.series, random), cfg.Tolerance, true)
	return m
}

// judge fills in estimates and verdict from the values and their draws. Of a throughput more is better.
func (m *Measure) judge(a, b float64, drawsA, drawsB []float64, tolerance float64, moreIsBetter bool) {
	difference, ratio := make([]float64, resamples), make([]float64, resamples)
	for i := range resamples {
		difference[i], ratio[i] = minus(drawsB[i], drawsA[i]), over(drawsB[i], drawsA[i])
	}
	m.A, m.B = estimate(a, drawsA), estimate(b, drawsB)
	m.Difference, m.Ratio = estimate(minus(b, a), difference), estimate(over(b, a), ratio)
	low, high := interval95(ratio)
	slower, faster := low > 1+tolerance, high < 1-tolerance
	if moreIsBetter {
		slower, faster = faster, slower
	}
	switch {
	case slower:
		m.Verdict = VerdictSlower
	case faster:
		m.Verdict = VerdictFaster
	default:
		m.Verdict = VerdictSame
	}
}

// minus and over treat two infinities as equal: both lie beyond the timeout, and nothing says which is the greater.
func minus(b, a float64) float64 {
	if a == b {
		return 0
	}
	return b - a
}

func over(b, a float64) float64 {
	if a == b {
		return 1
	}
	return b / a
}

func estimate(value float64, draws []float64) Estimate {
	low, high := interval95(draws)
	return Estimate{ms(value), ms(low), ms(high)}
}

// ms gives a pointer to a finite value; nil stands for any other.
func ms(v float64) *float64 {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return nil
	}
	return &v
}
