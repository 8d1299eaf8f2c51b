package finality

import (
	"fmt"
	"math"
	"strconv"
)

// Entry is a published time to finality.
type Entry struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
}

// The published chart that blink compares itself with.
const (
	ComparisonTitle  = "Blockchain Time To Finality"
	ComparisonSource = "chainspect.app, chart “Blockchain Time To Finality”"
)

// PublishedTTF gives the published chart, slowest first.
func PublishedTTF() []Entry {
	return []Entry{
		{"Bitcoin", 3600},
		{"Ethereum", 960},
		{"Polkadot", 60},
		{"Solana", 12.8},
		{"BNB Chain", 7.5},
		{"Avalanche", 1},
	}
}

// Measured is this network's own time to finality and the conditions under which it was measured.
type Measured struct {
	Network    string  `json:"network"` // chain id
	Count      int64   `json:"count"`   // transactions measured; 0 means no measurement yet, and no times
	P50        float64 `json:"p50_seconds"`
	P99        float64 `json:"p99_seconds"`
	Conditions string  `json:"conditions"` // what was measured where, in one line
}

// Comparison is the published chart with this network's bar.
type Comparison struct {
	Title     string   `json:"title"`
	Source    string   `json:"source"`
	Published []Entry  `json:"published"`
	Measured  Measured `json:"measured"`
	Note      string   `json:"note"`
}

// comparisonNote is printed with every chart: the numbers do not measure the same thing.
const comparisonNote = "The published values are of public networks spread over the world; compare with the conditions above in mind."

// NewComparison puts a measurement beside the published chart.
func NewComparison(network string, validators int, s Snapshot) Comparison {
	m := Measured{Network: network, Count: s.TTF.Count}
	if m.Count > 0 {
		m.P50, m.P99 = s.TTF.P50/1000, s.TTF.P99/1000
	}
	over := "since this node started"
	if s.Window != All.String() {
		over = "in the last " + s.Window
	}
	m.Conditions = fmt.Sprintf("%s: n = %s transactions %s, %s, measured at one node from submission to served result",
		network, grouped(m.Count), over, plural(validators, "validator"))
	return Comparison{Title: ComparisonTitle, Source: ComparisonSource, Published: PublishedTTF(), Measured: m, Note: comparisonNote}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// grouped prints n with a space between groups of three digits.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// humanSeconds prints a time with the unit that suits it: "60 min", "12.8 s", "14.2 ms".
func humanSeconds(s float64) string {
	switch {
	case s >= 60:
		return trimmed(s/60) + " min"
	case s >= 1:
		return trimmed(s) + " s"
	default:
		return trimmed(s*1000) + " ms"
	}
}

func trimmed(v float64) string {
	if v >= 100 {
		return strconv.FormatFloat(math.Round(v), 'f', -1, 64)
	}
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}
