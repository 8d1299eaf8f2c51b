package lab

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// synthetic is a report of a network whose median is 14 ms times factor: 40 transactions per second for 50 s. With drift
// the seconds differ: each has its own median.
func synthetic(t testing.TB, seed uint64, factor, drift float64, lost int) Report {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 11))
	const seconds, rate = 50, 40
	h := hdrhistogram.New(1, 60_000_000, 3)
	r := Report{
		Format: ReportFormat, Sent: seconds * rate, Final: seconds*rate - lost, Unknown: lost, SeriesStepS: 1,
		Plan: []PhaseResult{{Rate: rate, ForS: seconds}},
		Conditions: Conditions{Loop: LoopOpen, Arrivals: Poisson, Rate: rate, DurationS: seconds, TimeoutS: 30, Validators: 4, Seed: seed, Started: time.Unix(0, 0),
			Plan: []Phase{{Rate: rate, For: seconds * time.Second}}, Nodes: []BenchNode{{URL: "http://127.0.0.1:8080", Version: "1", ConfigDigest: "aa"}}},
	}
	left := lost
	for second := range seconds {
		one := hdrhistogram.New(1, 60_000_000, 3)
		level := math.Exp(drift * random.NormFloat64())
		for range rate {
			if left > 0 {
				left--
				continue
			}
			v := int64(14_000 * factor * level * math.Exp(0.4*random.NormFloat64()))
			_, _ = h.RecordValue(v), one.RecordValue(v)
		}
		s := Second{T: float64(second), Sent: rate, Final: int(one.TotalCount()), Answered: int(one.TotalCount())}
		if s.Final > 0 {
			s.P50 = milliseconds(one.ValueAtQuantile(50))
		}
		r.Series = append(r.Series, s)
	}
	raw, err := h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		t.Fatal(err)
	}
	r.HDR = string(raw)
	return r
}

func compared(t testing.TB, a, b Report, tolerance float64) Comparison {
	t.Helper()
	c, err := Compare(a, b, CompareConfig{Tolerance: tolerance, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Two runs of one network differ by chance alone. Without tolerance a measure may be called slower in 2.5 % of the pairs;
// with the default tolerance hardly ever. Seconds that differ from each other change nothing in that.
func TestTheSameIsNotARegression(t *testing.T) {
	if testing.Short() {
		t.Skip("600 comparisons take a while")
	}
	const trials = 200
	for _, c := range []struct {
		name             string
		drift, tolerance float64
		most             int // false alarms: two measures depend on chance here, each in 2.5 % of 200, and three deviations
	}{
		{"independent, no tolerance", 0, 0, 19},
		{"dependent seconds, no tolerance", 0.15, 0, 19},
		{"independent, 5 %", 0, 0.05, 4},
	} {
		alarms := 0
		for trial := range uint64(trials) {
			if compared(t, synthetic(t, 2*trial, 1, c.drift, 0), synthetic(t, 2*trial+1, 1, c.drift, 0), c.tolerance).Slower {
				alarms++
			}
		}
		t.Logf("%s: %d of %d", c.name, alarms, trials)
		if alarms > c.most {
			t.Errorf("%s: %d false alarms in %d, want at most %d", c.name, alarms, trials, c.most)
		}
	}
}

func TestARunIsNotSlowerThanItself(t *testing.T) {
	a := synthetic(t, 1, 1, 0, 0)
	c := compared(t, a, a, 0)
	if c.Slower || len(c.Differences) != 0 || len(c.Warnings) != 0 {
		t.Errorf("%+v", c)
	}
	for _, m := range c.Measures {
		if *m.Ratio.Value != 1 || *m.Difference.Value != 0 {
			t.Errorf("%s: ratio %v, difference %v", m.Name, *m.Ratio.Value, *m.Difference.Value)
		}
	}
}

// A shift of 20 % with n = 2000 is found every time, in both directions.
func TestAShiftIsFound(t *testing.T) {
	for trial := range uint64(30) {
		a, b := synthetic(t, 2*trial, 1, 0, 0), synthetic(t, 2*trial+1, 1.2, 0, 0)
		if c := compared(t, a, b, 0.05); !c.Slower || c.Measures[0].Verdict != VerdictSlower {
			t.Errorf("trial %d: 20 %% slower was not found: %+v", trial, c.Measures[0].Ratio)
		}
		if c := compared(t, b, a, 0.05); c.Slower || c.Measures[0].Verdict != VerdictFaster {
			t.Errorf("trial %d: 20 %% faster was not found: %+v", trial, c.Measures[0].Ratio)
		}
	}
}

// What was lost makes a network slower, however fast the rest was.
func TestLostTransactionsAreSlow(t *testing.T) {
	a, b := synthetic(t, 1, 1, 0, 0), synthetic(t, 2, 0.9, 0, 60)
	c := compared(t, a, b, 0.05)
	p99 := c.Measures[1]
	if p99.Verdict != VerdictSlower || p99.B.Value != nil || !strings.Contains(p99.Note, "at least 30000.00 ms") {
		t.Errorf("p99: %+v", p99)
	}
	if text := strings.Join(c.Warnings, "\n"); !strings.Contains(text, "B: 60 of 2000 transactions did not become final") {
		t.Errorf("warnings: %q", text)
	}
	if c = compared(t, b, b, 0.05); c.Slower || c.Measures[1].Verdict != VerdictNone {
		t.Errorf("nothing is known of a p99 beyond the timeout in both: %+v", c.Measures[1])
	}
	if _, err := json.Marshal(c); err != nil { // no infinity reaches the JSON
		t.Error(err)
	}
	slow := synthetic(t, 3, 1, 0, 0)
	for i := range slow.Series {
		slow.Series[i].Answered = slow.Series[i].Answered * 8 / 10
	}
	if c = compared(t, a, slow, 0.05); c.Measures[2].Verdict != VerdictSlower || !c.Slower {
		t.Errorf("throughput: %+v", c.Measures[2])
	}
}

func TestTooFewAreNotCompared(t *testing.T) {
	a, few := synthetic(t, 1, 1, 0, 0), synthetic(t, 2, 1, 0, 1950)
	few.Sent, few.Unknown, few.Series = 50, 0, few.Series[:5]
	c := compared(t, a, few, 0.05)
	if c.Measures[1].Verdict != VerdictNone || c.Measures[1].Note != "needs at least 100 accepted transactions, B had 50" {
		t.Errorf("p99: %+v", c.Measures[1])
	}
	if c.Measures[2].Verdict != VerdictNone || !strings.Contains(c.Measures[2].Note, "B had 5") {
		t.Errorf("throughput: %+v", c.Measures[2])
	}
}

func TestConditionsThatDifferAreListed(t *testing.T) {
	a, b := synthetic(t, 1, 1, 0, 0), synthetic(t, 2, 1, 0, 0)
	b.Conditions.Plan = []Phase{{Rate: 20, For: 50 * time.Second}}
	b.Conditions.Validators, b.Conditions.Arrivals, b.Conditions.Client.Cores = 7, Constant, 8
	b.Conditions.Nodes = []BenchNode{{URL: "http://203.0.113.7", Version: "2", ConfigDigest: "bb", Timeouts: map[string]float64{"propose": 3000}}}
	b.Conditions.Interrupted = true
	a.Probes.Fsync, b.Probes.Fsync = &FsyncProbe{P50: 0.2}, &FsyncProbe{P50: 4}
	var text strings.Builder
	compared(t, a, b, 0.05).WriteText(&text)
	for _, want := range []string{"plan", "40/s for 50s", "validators", "arrivals", "cores", "configuration digest", "propose 3 s", "node version", "nodes elsewhere", "fsync, p50", "B was interrupted", "95 % intervals"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is missing in\n%s", want, text.String())
		}
	}
}

// Seconds with a level of their own make transactions say less; independent ones do not.
func TestDesignEffect(t *testing.T) {
	effect := func(drift float64) float64 {
		total := 0.0
		for seed := range uint64(40) {
			run, err := measured(synthetic(t, seed, 1, drift, 0))
			if err != nil {
				t.Fatal(err)
			}
			total += run.sample.effect / 40
		}
		return total
	}
	if e := effect(0); e > 1.4 {
		t.Errorf("independent: %.2f", e)
	}
	if e := effect(0.2); e < 3 {
		t.Errorf("dependent: %.2f", e)
	}
}

// Whatever a file holds where the histogram should be, the program goes on.
func FuzzHistogram(f *testing.F) {
	f.Add(synthetic(f, 1, 1, 0, 0).HDR)
	f.Add("QUJD")
	f.Fuzz(func(t *testing.T, text string) {
		r := Report{HDR: text, Final: 2000}
		if h, err := r.histogram(); (h == nil) == (err == nil) {
			t.Errorf("histogram %v, error %v", h != nil, err)
		}
	})
}

func TestDamagedReportsAreRefused(t *testing.T) {
	a := synthetic(t, 1, 1, 0, 0)
	for want, damage := range map[string]func(*Report){
		`report A: "ttf_hdr" is missing`:                           func(r *Report) { r.HDR = "" },
		`report A: "ttf_hdr" is not an HdrHistogram V2: illegal`:   func(r *Report) { r.HDR = "!" },
		`report A: "ttf_hdr" is not an HdrHistogram`:               func(r *Report) { r.HDR = "QUJD" },
		`report A: "ttf_hdr" holds 2000 times, but "final" says 7`: func(r *Report) { r.Final = 7 },
	} {
		bad := a
		damage(&bad)
		if _, err := Compare(bad, a, CompareConfig{}); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := Compare(a, a, CompareConfig{Tolerance: -1}); err == nil {
		t.Error("a negative tolerance was accepted")
	}
}
