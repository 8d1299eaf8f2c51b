package lab

import (
	"context"
	"math"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func runBench(t *testing.T, l *ledger, cfg LoadConfig) Report {
	t.Helper()
	server := httptest.NewServer(l)
	defer server.Close()
	cfg.Nodes = append([]string{server.URL}, cfg.Nodes...)
	r, err := Bench(t.Context(), BenchConfig{LoadConfig: cfg})
	if err != nil {
		t.Fatal(err)
	}
	if len(l.problems) > 0 {
		t.Errorf("the network saw: %q", l.problems)
	}
	if r.Sent != r.Final+r.Rejected+r.Expired+r.Unknown {
		t.Errorf("sent %d, accounted for %d", r.Sent, r.Final+r.Rejected+r.Expired+r.Unknown)
	}
	return r
}

// A server that stalls for half of each second must show it: arrivals fall into the stall with probability one half and
// then wait for a uniformly distributed rest of it. So the quantile q is 0 up to 0.5 and (q-0.5)/0.5 of the stall
// beyond. A load that waited for its answers would send little during the stall and report a p90 near zero.
//
// Less than arithmetic says is omission, always. More may be this machine's own doing, so that is tried again.
func TestNoCoordinatedOmission(t *testing.T) {
	if testing.Short() {
		t.Skip("runs for seconds")
	}
	t.Parallel()
	const period, stall, tolerance = time.Second, 500 * time.Millisecond, 50.0
	for try := 1; ; try++ {
		l := newLedger()
		begun := time.Now()
		l.stall = func() time.Duration { return max(0, stall-time.Since(begun)%period) }
		r := runBench(t, l, LoadConfig{Plan: []Phase{{40, 4 * period}}, Arrivals: Constant, Accounts: 16})
		if r.Sent != 160 || r.Final != 160 {
			t.Errorf("sent %d, final %d, want 160", r.Sent, r.Final)
		}
		disturbed := *r.TTF.Min > tolerance
		for _, c := range []struct {
			q   float64
			got float64
		}{{0.90, *r.TTF.P90}, {0.99, *r.TTF.P99}, {1, *r.TTF.Max}} {
			want := (c.q - 0.5) / 0.5 * float64(stall.Milliseconds())
			if c.got < want-tolerance {
				t.Errorf("quantile %v: got %.0f ms, arithmetic says %.0f ms", c.q, c.got, want)
			}
			disturbed = disturbed || c.got > want+tolerance
		}
		if !disturbed || t.Failed() {
			return
		}
		t.Logf("fastest %s, p90 %s, p99 %s, slowest %s: too slow, this machine is busy", formatMS(r.TTF.Min), formatMS(r.TTF.P90), formatMS(r.TTF.P99), formatMS(r.TTF.Max))
		if try == 3 {
			t.Skip("the machine was too busy, three times, to hold the upper bound")
		}
	}
}

func TestEveryTransactionIsAccountedFor(t *testing.T) {
	if testing.Short() {
		t.Skip("runs for seconds")
	}
	t.Parallel()
	l := newLedger()
	pending := `{"status":"pending"}`
	l.answer = func(n int) (int, string) {
		switch {
		case n%10 == 3:
			return 503, `{"status":503,"code":"mempool_full"}`
		case n%10 == 7:
			return 200, `{"status":"expired"}`
		case n == 1:
			return 202, pending
		}
		return 0, ""
	}
	// A node that is down all the time: half of the load must find the other.
	r := runBench(t, l, LoadConfig{Nodes: []string{"http://127.0.0.1:1"}, Plan: []Phase{{50, 2 * time.Second}}, Timeout: 3 * time.Second, Seed: 5, Accounts: 16})
	if r.RejectedCodes["mempool_full"] != r.Rejected || r.Rejected == 0 {
		t.Errorf("rejected %d as %v", r.Rejected, r.RejectedCodes)
	}
	if r.Expired == 0 || r.Final == 0 {
		t.Errorf("expired %d, final %d", r.Expired, r.Final)
	}
	if *r.TTF.Max != 3000 || r.TTF.Notes["max"] == "" {
		t.Errorf("%d never became final, yet the slowest is %s (%q)", r.Expired+r.Unknown, formatMS(r.TTF.Max), r.TTF.Notes["max"])
	}
	if r.Conditions.Nodes[1].Error == "" {
		t.Error("the report does not say that a node was down")
	}
}

func TestInterruptedBenchReports(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newLedger())
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := Bench(ctx, BenchConfig{LoadConfig: LoadConfig{Nodes: []string{server.URL}, Plan: []Phase{{50, 20 * time.Minute}}, Accounts: 16,
		Progress: func(p Progress) {
			if p.Phase == PhaseRun && p.Sent >= 20 {
				cancel()
			}
		}}})
	if err != nil || !r.Conditions.Interrupted || r.Final < 20 || r.Final != r.Sent {
		t.Errorf("interrupted %v, sent %d, final %d, %v", r.Conditions.Interrupted, r.Sent, r.Final, err)
	}
}

func TestBenchRefuses(t *testing.T) {
	one := []Phase{{1, time.Second}}
	for want, cfg := range map[string]LoadConfig{
		"rate must be from 0 to 100000 per second, was -1": {Plan: []Phase{{-1, time.Second}}},
		"rate must be from 0":                              {Plan: []Phase{{math.NaN(), time.Second}}},
		"rate must be above 0":                             {Plan: []Phase{{0, time.Second}}},
		"duration must be":                                 {Plan: []Phase{{1, -1}}},
		"warmup must be":                                   {Plan: one, Warmup: -1},
		"timeout must be from 2s":                          {Timeout: time.Second},
		"arrivals must be":                                 {Arrivals: "bursts"},
		"accounts must be":                                 {Accounts: -1},
		"closed must be":                                   {Closed: -1},
	} {
		if _, err := Bench(t.Context(), BenchConfig{LoadConfig: cfg}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %q", cfg, err, want)
		}
	}
}
