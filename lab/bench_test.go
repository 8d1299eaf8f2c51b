package lab

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
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
		t.Errorf("the network saw %d problems, such as: %s", len(l.problems), l.problems[0])
	}
	checkAccounts(t, r)
	return r
}

// checkAccounts checks that every transaction is in each part of a report exactly once.
func checkAccounts(t *testing.T, r Report) {
	t.Helper()
	if r.Sent != r.Final+r.Rejected+r.Expired+r.Unknown {
		t.Errorf("sent %d, accounted for %d", r.Sent, r.Final+r.Rejected+r.Expired+r.Unknown)
	}
	phases, seconds := 0, 0
	for _, p := range r.Plan {
		if p.Sent != p.Final+p.Rejected+p.Expired+p.Unknown {
			t.Errorf("in a phase: sent %d, accounted for %d", p.Sent, p.Final+p.Rejected+p.Expired+p.Unknown)
		}
		phases += p.Sent
	}
	for _, s := range r.Series {
		seconds += s.Final + s.Rejected + s.Expired + s.Unknown
	}
	if phases != r.Sent || seconds != r.Sent {
		t.Errorf("sent %d; %d in the phases, %d in the series", r.Sent, phases, seconds)
	}
	if r.TTF.N != int64(r.Final+r.Expired+r.Unknown) || r.TTF.Censored != int64(r.Expired+r.Unknown) {
		t.Errorf("percentiles of %d, %d of them censored, of %d final and %d lost", r.TTF.N, r.TTF.Censored, r.Final, r.Expired+r.Unknown)
	}
	if h, err := hdrhistogram.Decode([]byte(r.HDR)); err != nil || h.TotalCount() != int64(r.Final) {
		t.Errorf("the raw histogram: %v", err)
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
	r := runBench(t, l, LoadConfig{Nodes: []string{"http://127.0.0.1:1"}, AllowDown: true, Plan: []Phase{{50, 2 * time.Second}}, Timeout: 3 * time.Second, Seed: 5, Accounts: 16})
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
	r, err := Bench(ctx, BenchConfig{LoadConfig: LoadConfig{Nodes: []string{server.URL}, Plan: []Phase{{50, time.Minute}}, Accounts: 16,
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

// What cannot be measured is refused before any load, with the node's name and what to do.
func TestBenchRefusesBadNetworks(t *testing.T) {
	good := httptest.NewServer(newLedger())
	defer good.Close()
	answering := func(status string) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, status) }))
		t.Cleanup(server.Close)
		return server.URL
	}
	other := answering(`{"chain_id":"other","ready":true}`)
	behind := answering(`{"chain_id":"test","ready":false,"not_ready_reason":"it is catching up"}`)
	poor := newLedger()
	poor.noFaucet = true
	empty := httptest.NewServer(poor)
	defer empty.Close()
	for want, nodes := range map[string][]string{
		"no node answered: http://127.0.0.1:1: connection refused; leave this node out": {good.URL, "http://127.0.0.1:1"},
		`is of chain "test", and ` + other + ` of "other"`:                              {good.URL, other},
		behind + " is not ready: it is catching up":                                     {good.URL, behind},
		"no faucet gave anything (faucet of " + empty.URL:                               {empty.URL},
	} {
		_, err := Bench(t.Context(), BenchConfig{LoadConfig: LoadConfig{Nodes: nodes}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if poor.n > 0 {
		t.Error("something was sent")
	}
}

// A receipt that proves something else than what was told is a lie.
func TestReceiptsAreVerified(t *testing.T) {
	if testing.Short() {
		t.Skip("runs for seconds")
	}
	t.Parallel()
	l := newLedger()
	for name, c := range map[string]struct {
		proof Proof
		err   error
		lie   bool
		part  string
	}{
		"false":     {err: errors.New("the signatures are not those of the validators"), lie: true, part: "LIE: the signatures"},
		"another":   {proof: Proof{Height: 2}, lie: true, part: "LIE: the receipt is of transaction 0000"},
		"undecided": {err: errors.Join(ErrUndecided, errors.New("the validators have changed")), part: "the validators have changed"},
	} {
		server := httptest.NewServer(l)
		r, err := Bench(t.Context(), BenchConfig{
			LoadConfig: LoadConfig{Nodes: []string{server.URL}, Plan: []Phase{{40, 200 * time.Millisecond}}, Arrivals: Constant, Accounts: 16},
			Verify:     func(json.RawMessage) (Proof, error) { return c.proof, c.err },
		})
		server.Close()
		if err != nil {
			t.Fatal(err)
		}
		s := r.Receipts
		if s.Sampled != 8 || s.Verified != 0 || s.Lie != c.lie || len(s.Problems) != 8 || !strings.Contains(s.Problems[0], c.part) {
			t.Errorf("%s: %+v", name, *s)
		}
	}
}
