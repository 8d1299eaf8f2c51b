package lab

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Published is one bar of a chart of published times to finality.
type Published struct {
	Name    string
	Seconds float64
}

// barWidth is the length of the longest bar, in characters.
const barWidth = 40

// WriteText prints the report for people: what became of the transactions, percentiles, what they can be attributed to, and
// this network's bar beside the published chart.
func (r Report) WriteText(w io.Writer, chartTitle, chartSource string, chart []Published) {
	r.writeOutcomes(w)
	r.writePercentiles(w)
	r.writeDistribution(w)
	r.writeSteps(w)
	r.writeWaterfall(w)
	r.writeProfiles(w)
	r.writeSpread(w)
	r.writeBlocks(w)
	r.writeSlowest(w)
	r.writeChart(w, chartTitle, chartSource, chart)
	r.writeConditions(w)
}

func (r Report) writeOutcomes(w io.Writer) {
	fmt.Fprintf(w, "sent %d   final %d   rejected %d   expired %d   unknown %d\n", r.Sent, r.Final, r.Rejected, r.Expired, r.Unknown)
	for _, code := range slices.Sorted(maps.Keys(r.RejectedCodes)) {
		fmt.Fprintf(w, "  rejected as %s: %d\n", code, r.RejectedCodes[code])
	}
	if r.Conditions.Loop == LoopClosed {
		fmt.Fprintf(w, "closed loop of %s, %.4g/s sent, %.4g/s final\n", count(r.Conditions.Clients, "client"), r.SentPerS, r.FinalPerS)
	} else {
		fmt.Fprintf(w, "rate %.4g/s intended, %.4g/s sent, %.4g/s final\n", r.Rate, r.SentPerS, r.FinalPerS)
	}
	for _, warning := range r.Warnings {
		fmt.Fprintf(w, "warning: %s\n", warning)
	}
	if s := r.Receipts; s != nil {
		for _, problem := range s.Problems {
			fmt.Fprintf(w, "receipt of %s\n", problem)
		}
	}
}

func (r Report) writePercentiles(w io.Writer) {
	if r.Conditions.Loop == LoopClosed {
		fmt.Fprint(w, "\nTime to finality, from the actual send time (closed loop: coordinated omission is possible)\n")
	} else {
		fmt.Fprint(w, "\nTime to finality, from the intended send time\n")
	}
	for _, row := range []struct {
		name, label string
		value       *float64
	}{
		{"min", "fastest", r.TTF.Min}, {"p50", "p50", r.TTF.P50}, {"p90", "p90", r.TTF.P90}, {"p99", "p99", r.TTF.P99}, {"p999", "p99.9", r.TTF.P999}, {"max", "slowest", r.TTF.Max},
	} {
		line := fmt.Sprintf("  %-8s %12s   %s", row.label, formatMS(row.value), r.TTF.Notes[row.name])
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

func (r Report) writeDistribution(w io.Writer) {
	if len(r.Histogram) == 0 {
		return
	}
	fmt.Fprint(w, "\nDistribution\n")
	highest := int64(1)
	for _, b := range r.Histogram {
		highest = max(highest, b.Count)
	}
	for _, b := range r.Histogram {
		length := ""
		if b.Count > 0 {
			length = bar(float64(b.Count) / float64(highest))
		}
		fmt.Fprintf(w, "  %8s to %-8s %s %d\n", shortMS(b.From), shortMS(b.To), length, b.Count)
	}
	if lost := r.Expired + r.Unknown; lost > 0 {
		fmt.Fprintf(w, "  not final: %d\n", lost)
	}
}

// writeChart draws the published times and this network's median on one logarithmic scale, as the chart does.
func (r Report) writeChart(w io.Writer, title, source string, chart []Published) {
	if r.TTF.P50 == nil || len(chart) == 0 {
		return
	}
	own := Published{Name: "this network", Seconds: *r.TTF.P50 / 1000}
	fmt.Fprintf(w, "\n%s (logarithmic scale; the others: %s)\n", title, source)
	for _, e := range append(chart, own) {
		// From 1 ms at the left to 3600 s at the right.
		length := math.Log10(max(e.Seconds, 0.001)/0.001) / math.Log10(3600/0.001)
		value := fmt.Sprintf("%.6g s", e.Seconds)
		if e.Seconds < 1 {
			value = fmt.Sprintf("%.3g ms", e.Seconds*1000)
		}
		fmt.Fprintf(w, "  %-14s %s %s\n", e.Name, bar(length), value)
	}
}

// Machine is what the client ran on, and how fast that was.
func (r Report) Machine() string {
	p := r.Probes
	text := fmt.Sprintf("%s, %s, %s, %s", count(p.Cores, "core"), p.CPU, p.OS, r.Conditions.Client.Go)
	if p.Fsync != nil {
		text += fmt.Sprintf("; fsync p50 %.2f ms, p99 %.2f ms", p.Fsync.P50, p.Fsync.P99)
	}
	return text + fmt.Sprintf("; a signature %.0f us, its verification %.0f us", p.Sign, p.Verify)
}

func (r Report) writeConditions(w io.Writer) {
	c := r.Conditions
	fmt.Fprintf(w, "\nConditions: %s (chain %s), %s addressed; %s, %.4g s %s;\n",
		count(c.Validators, "validator"), c.ChainID, count(len(c.Nodes), "node"), c.load(), c.DurationS, c.warmup())
	fmt.Fprintf(w, "  %s, timeout %.4g s.\n", count(c.Accounts, "account"), c.TimeoutS)
	fmt.Fprintf(w, "  Machine of the client: %s.\n", r.Machine())
	fmt.Fprintf(w, "  The client: late in sending by p50 %s, p99 %s, included above; %.0f us of CPU time per transaction, %.1f %% of a core;\n",
		formatMS(r.SendDelay.P50), formatMS(r.SendDelay.P99), r.Client.CPUPerTx, 100*r.Client.CPUShare)
	fmt.Fprintf(w, "  signed %d ahead, %d meanwhile; its limits: %.0f signatures/s, %.0f sends/s.\n",
		r.Client.SignedAhead, r.Client.SignedDuring, r.Client.SignPerS, r.Client.MaxSendPerS)
	if s := r.Receipts; s != nil {
		fmt.Fprintf(w, "  Receipts: %d of a sample of %d verified, each from another node than the one that answered, where there is one.\n", s.Verified, s.Sampled)
	}
	if local(c.Nodes) {
		fmt.Fprint(w, "  Nodes in one room are not a global network: distance adds its round trips to these figures.\n")
	}
	if c.Interrupted {
		fmt.Fprint(w, "  The run was interrupted: it is shorter than planned.\n")
	}
}

func (c Conditions) warmup() string {
	if c.WarmupS == 0 {
		return "without a warm-up"
	}
	return fmt.Sprintf("after %.4g s of warm-up (%d transactions, not counted)", c.WarmupS, c.WarmupSent)
}

// load names the loop and its arrivals.
func (c Conditions) load() string {
	if c.Loop == LoopClosed {
		return fmt.Sprintf("closed loop of %s, seed %d", count(c.Clients, "client"), c.Seed)
	}
	text := fmt.Sprintf("open loop, %s arrivals, seed %d", c.Arrivals, c.Seed)
	if c.BatchMS > 0 {
		text += fmt.Sprintf(", what falls due within %s in one request", shortMS(c.BatchMS))
	}
	return text
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// local reports whether every node was addressed on this machine.
func local(nodes []BenchNode) bool {
	for _, n := range nodes {
		if !strings.Contains(n.URL, "127.0.0.1") && !strings.Contains(n.URL, "localhost") && !strings.Contains(n.URL, "[::1]") {
			return false
		}
	}
	return true
}

// bar draws part (0 to 1) of barWidth, never nothing.
func bar(part float64) string {
	return strings.Repeat("█", max(1, int(math.Round(part*barWidth))))
}

func formatMS(ms *float64) string {
	if ms == nil {
		return "-"
	}
	return fmt.Sprintf("%.2f ms", *ms)
}

// shortMS writes a round number of milliseconds: "5 ms", "20 s".
func shortMS(ms float64) string {
	if ms >= 1000 {
		return strconv.FormatFloat(ms/1000, 'f', -1, 64) + " s"
	}
	return strconv.FormatFloat(ms, 'f', -1, 64) + " ms"
}
