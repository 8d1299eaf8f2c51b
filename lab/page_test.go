package lab

import (
	"encoding/json"
	"fmt"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// nasty is what a node may call itself.
const nasty = "</td></svg><script>alert(1)</script>\u202e\" onload=\"x()"

// fullReport has every part that a report can have. In it nothing that a node says is harmless.
func fullReport(t *testing.T) Report {
	r := synthetic(t, 5, 1, 0.1, 12)
	r.TTF = Latencies{Min: ms(5), Mean: ms(15), P50: ms(14), P90: ms(23.5), P99: ms(36), P999: ms(30_000), Max: ms(30_000), N: 2000, Censored: 12,
		Notes: map[string]string{"p999": "at least this: it falls among the transactions that did not become final", "max": "at least this: some transactions did not become final"}}
	r.SendDelay = Latencies{Min: ms(0.01), Mean: ms(0.1), P50: ms(0.08), P90: ms(0.2), P99: ms(0.9), P999: ms(2), Max: ms(3), N: 2000}
	h, err := r.histogram()
	if err != nil {
		t.Fatal(err)
	}
	r.Histogram, r.FinalPerS, r.SentPerS, r.Rate = bucketsOf(h), 39.76, 40, 40
	for i := range r.Series {
		if p := r.Series[i].P50; p != nil {
			r.Series[i].Max = ms(*p * 2.4)
		}
	}
	at := 0.2
	for _, stage := range []string{"checked", "proposed", "prevoted", "precommitted", "executed", "visible"} {
		at += 2.3
		r.Waterfall = append(r.Waterfall, StageRow{Stage: stage, N: 1988, P50: ms(at), P90: ms(at * 1.6), P99: ms(at * 2.5)})
	}
	r.Waterfall[0].Stage = nasty
	near := func(f float64) Latencies {
		return Latencies{Min: ms(4 * f), Mean: ms(14 * f), P50: ms(13 * f), P90: ms(22 * f), P99: ms(33 * f), N: 1988}
	}
	r.Spread = &Spread{Nodes: 4, Quorum: 3, N: 1988, Late: 1, First: near(0.9), Submitting: near(1), AtQuorum: near(1.05), Last: near(1.2)}
	r.Blocks = &BlockStats{Count: 900, TxsPerBlock: Counts{1, 2.2, 2, 4, 7, 11}, Rounds: map[string]int{"0": 898, "1": 2, "10": 1}, Missing: 1,
		Proposers: []ProposerResult{{Proposer: strings.Repeat("ab", 20), Blocks: 450, Txs: 1000, P50: ms(14), P99: ms(36)}, {Proposer: nasty, Blocks: 1, Txs: 1}}}
	for i := range 12 {
		r.Slowest = append(r.Slowest, SlowTx{T: float64(i), TTF: ms(90 - float64(i)), SendLate: 0.2, Status: nasty, Height: 77, Index: 3, BlockTxs: 9, Round: 1, Proposer: nasty,
			Stages: map[string]float64{"checked": 0.3, "proposed": 70, nasty: 80}})
	}
	r.Slowest[0].TTF = nil
	r.RejectedCodes = map[string]int{nasty: 3}
	r.Receipts = &ReceiptSample{Sampled: 20, Verified: 19, Problems: []string{nasty}}
	r.Client = ClientCost{CPUPerTx: 210, CPUShare: 0.0084, SignedAhead: 2000, SignPerS: 21_000, MaxSendPerS: 95_000}
	r.Probes = Probes{Fsync: &FsyncProbe{N: 100, P50: 0.41, P99: 2.2}, Verify: 140, Sign: 61, CPU: "A processor", Cores: 2, OS: "linux/amd64"}
	r.Warnings = []string{nasty}
	r.Nodes = []NodeView{{URL: "http://127.0.0.1:8080", Finality: json.RawMessage(`{"ttf_ms":{"count":10,"p50":12,"p99":30},"stages":[{"stage":"proposed","p50":3}]}`)}, {URL: "b", Error: nasty}}
	r.Conditions.ChainID, r.Conditions.Nodes[0].Moniker, r.Conditions.Nodes[0].Version = "blink-local", nasty, nasty
	r.Conditions.Nodes[0].Timeouts = map[string]float64{"propose": 300, "commit": 20}
	r.Conditions.Clock, r.Conditions.Accounts, r.Conditions.WarmupS, r.Conditions.WarmupSent = clockNote, 120, 5, 200
	r.Conditions.Client = ClientHost{Version: "v1", Go: "go1.26", OS: "linux/amd64", Cores: 2}
	r.Conditions.Command = []string{"blinkd", "bench", "--rate", "40"}
	return r
}

// stepReport is a step load with its knee.
func stepReport(t *testing.T) Report {
	r := fullReport(t)
	r.Plan, r.Conditions.Plan = nil, nil
	for i, rate := range []float64{50, 100, 200, 400, 800} {
		p := PhaseResult{Rate: rate, ForS: 10, Sent: int(rate * 10), Final: int(rate * 10), FinalPerS: min(rate, 310-float64(i)), TTF: Latencies{P50: ms(14 * math.Pow(1.6, float64(i))), P99: ms(40 * math.Pow(2, float64(i)))}}
		if rate > 200 {
			p.Saturated = "fewer than 95 % were answered in time"
		}
		r.Plan, r.Conditions.Plan = append(r.Plan, p), append(r.Conditions.Plan, Phase{Rate: rate, For: 10 * time.Second})
	}
	r.Knee = &Knee{Rate: 200, Found: true, Reason: "fewer than 95 % were answered in time"}
	return r
}

var outside = regexp.MustCompile(`(?i)<script|<link|<img|<iframe| src=|@import|url\(|\son\w+="`)

// checkPage reads what a page's folder holds.
func checkPage(t *testing.T, dir string, pictures int) string {
	t.Helper()
	html, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(html)
	if found := outside.FindString(page); found != "" {
		t.Errorf("the page has %q: it must stand alone, and what nodes say must be escaped", found)
	}
	if n := strings.Count(page, "<svg "); n != pictures {
		t.Errorf("%d pictures on the page, want %d", n, pictures)
	}
	if strings.ContainsRune(page, '\u202e') {
		t.Error("the page turns the direction of its text")
	}
	ids := map[string]bool{}
	for _, id := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[id[1]] {
			t.Errorf("two elements have the id %q", id[1])
		}
		ids[id[1]] = true
	}
	for _, link := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		f, err := os.Open(filepath.Join(dir, link[1]))
		if err != nil {
			t.Errorf("a link leads nowhere: %v", err)
			continue
		}
		if _, err := png.DecodeConfig(f); err != nil {
			t.Errorf("%s: %v", link[1], err)
		}
		_ = f.Close()
	}
	return page
}

func TestPageStandsAlone(t *testing.T) {
	for name, c := range map[string]struct {
		report   Report
		pictures int
		says     []string
	}{
		"full": {fullReport(t), 5, []string{"≥ 30 s", "12 of 2\u202f000 are not", "Nodes in one room", "&lt;script&gt;", "blinkd bench --rate 40", "99.4 %", "fsync"}},
		"step": {stepReport(t), 6, []string{"Knee: 200 per second", "800"}},
		"none": {Report{Format: ReportFormat}, 3, []string{"no transaction became final"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "new", "folder")
			if err := WritePage(dir, c.report); err != nil {
				t.Fatal(err)
			}
			page := checkPage(t, dir, c.pictures)
			for _, want := range c.says {
				if !strings.Contains(page, want) {
					t.Errorf("the page does not say %q", want)
				}
			}
		})
	}
}

func TestSharesAreNotRoundedAway(t *testing.T) {
	for v, want := range map[float64]string{100: "100 %", 0: "0 %", 99.4: "99.4 %", 99.996: "99.996 %", 0.84: "0.8 %", 0.003: "0.003 %"} {
		if got := shareText(v); got != want {
			t.Errorf("shareText(%v) = %q, want %q", v, got, want)
		}
	}
}

func TestSeriesIsMergedForPictures(t *testing.T) {
	var series []Second
	for i := range 1001 {
		series = append(series, Second{T: float64(i), Sent: 2, Final: 1, P50: ms(float64(i)), Max: ms(float64(i))})
	}
	m := merged(series, 100)
	sent := 0
	for _, s := range m {
		sent += s.Sent
	}
	if len(m) > 100 || sent != 2002 || *m[0].Max != 10 || *m[0].P50 != 5 || m[1].T != 11 {
		t.Errorf("%d elements, %d sent, first %s", len(m), sent, fmt.Sprint(*m[0].Max, *m[0].P50, m[1].T))
	}
}
