package lab

import (
	"strings"
	"sync"
	"testing"
	"time"
)

// step makes a step that sent rate for a second, of which answered became final in it.
func step(rate float64, answered, lost int, p99 float64) PhaseResult {
	n := int(rate)
	return PhaseResult{Rate: rate, ForS: 1, Sent: n, Final: n - lost, Unknown: lost, Answered: answered,
		SentPerS: rate, FinalPerS: float64(answered), TTF: Latencies{P99: &p99, Max: &p99}}
}

func TestKneeIsTheStepBeforeTheFirstSaturatedOne(t *testing.T) {
	for name, c := range map[string]struct {
		steps  []PhaseResult
		rate   float64
		found  bool
		reason string
	}{
		"throughput": {[]PhaseResult{step(100, 99, 0, 40), step(200, 196, 0, 60), step(300, 210, 0, 900)}, 200, true, "at 300/s 210/s became final of 300/s sent, less than 95 %"},
		"latency":    {[]PhaseResult{step(100, 99, 0, 40), step(200, 196, 0, 1500), step(300, 300, 0, 40)}, 100, true, "at 200/s p99 of TTF was 1500 ms, above 1000 ms"},
		"loss":       {[]PhaseResult{step(100, 99, 0, 40), step(200, 199, 1, 40)}, 100, true, "at 200/s 1 of 200 transactions were not final"},
		"at once":    {[]PhaseResult{step(100, 10, 0, 40)}, 0, true, "at 100/s"},
		"never":      {[]PhaseResult{step(100, 99, 0, 40), step(200, 200, 0, 40)}, 200, false, "no step was saturated"},
	} {
		k := kneeOf(c.steps, DefaultSaturation())
		if k.Rate != c.rate || k.Found != c.found || !strings.HasPrefix(k.Reason, c.reason) {
			t.Errorf("%s: %+v", name, *k)
		}
	}
}

// A network that can do 100 per second is found out, and the load ends after two saturated steps.
func TestStepLoadEndsBeyondTheKnee(t *testing.T) {
	if testing.Short() {
		t.Skip("runs for seconds")
	}
	t.Parallel()
	l := newLedger()
	var mu sync.Mutex
	free := time.Now()
	l.stall = func() time.Duration { // one at a time, 10 ms each
		mu.Lock()
		defer mu.Unlock()
		if now := time.Now(); free.Before(now) {
			free = now
		}
		free = free.Add(10 * time.Millisecond)
		return time.Until(free)
	}
	saturation := DefaultSaturation()
	r := runBench(t, l, LoadConfig{Plan: []Phase{{20, time.Second}, {200, time.Second}, {250, time.Second}, {300, time.Second}, {350, time.Second}},
		Arrivals: Constant, Accounts: 64, Saturation: &saturation})
	if r.Knee == nil || !r.Knee.Found || r.Knee.Rate > 100 {
		t.Errorf("knee %+v", r.Knee)
	}
	if n := len(r.Plan); n > 4 {
		t.Errorf("%d steps were begun, and the second is beyond the knee", n)
	}
	if r.Plan[1].Saturated == "" {
		t.Errorf("200 per second counts as not saturated: %+v", r.Plan[1])
	}
}
