package lab

import (
	"fmt"
	"math"
	"strings"

	"blink/finality"
	"blink/lab/chart"
)

// ownName is how pictures and pages call this network among the published ones.
const ownName = "blink"

// Pictures draws a report. What was not measured has no picture.
func (r Report) Pictures() []chart.Drawing {
	pictures := []chart.Drawing{r.comparisonPicture(), r.ttfPicture(), r.seriesPicture()}
	if len(r.Waterfall) > 0 {
		pictures = append(pictures, r.waterfallPicture())
	}
	if r.Spread != nil {
		pictures = append(pictures, r.spreadPicture())
	}
	if len(r.Plan) > 1 {
		pictures = append(pictures, r.loadPicture())
	}
	return pictures
}

// Summary says in one line under which conditions a report was measured.
func (r Report) Summary() string {
	c := r.Conditions
	where := "nodes elsewhere"
	if local(c.Nodes) {
		where = fmt.Sprintf("all on one machine with %s", count(c.Client.Cores, "core"))
	}
	load := fmt.Sprintf("%s per second (%s arrivals, seed %d)", number(c.Rate), c.Arrivals, c.Seed)
	if run := r.phasesRun(); len(run) > 1 {
		load = fmt.Sprintf("%d rates from %s to %s per second (%s arrivals, seed %d)", len(run), number(lowestRate(run)), number(highestRate(run)), c.Arrivals, c.Seed)
	}
	if c.Loop == LoopClosed {
		load = "closed loop of " + count(c.Clients, "client")
	}
	return fmt.Sprintf("%s: %s, %s; %s for %s after %s of warm-up; n = %s accepted transactions; %s.",
		c.ChainID, count(c.Validators, "validator"), where, load, chart.Duration(c.DurationS*1000), chart.Duration(c.WarmupS*1000),
		chart.Count(int64(r.Final)+r.censored()), c.Clock)
}

// phasesRun are the phases in which something was sent: a step load ends early when the network is saturated.
func (r Report) phasesRun() []Phase {
	var run []Phase
	for _, p := range r.Plan {
		if p.Sent > 0 {
			run = append(run, Phase{Rate: p.Rate, For: seconds(p.ForS)})
		}
	}
	return run
}

func lowestRate(plan []Phase) float64 {
	rate := math.Inf(1)
	for _, p := range plan {
		rate = min(rate, p.Rate)
	}
	return rate
}

func (r Report) comparisonPicture() chart.Drawing {
	c := chart.Comparison{
		Title: finality.ComparisonTitle, Source: finality.ComparisonSource, Own: ownName, P50: orNaN(r.TTF.P50) / 1000, P99: orNaN(r.TTF.P99) / 1000,
		P99Least: r.TTF.atLeast("p99"), Local: local(r.Conditions.Nodes), Validators: r.Conditions.Validators, Notes: []string{r.Summary()},
	}
	for _, e := range finality.PublishedTTF() {
		c.Published = append(c.Published, chart.PublishedTTF{Name: e.Name, Seconds: e.Seconds})
	}
	return c.Drawing()
}

func (r Report) ttfPicture() chart.Drawing {
	t := chart.TTF{Accepted: int64(r.Final) + r.censored(), Censored: r.censored(), TimeoutMS: r.Conditions.TimeoutS * 1000, Notes: []string{r.Summary()}}
	if h, err := r.histogram(); err == nil {
		s := empiricalOf(h, r.censored())
		for i, v := range s.values {
			t.Steps = append(t.Steps, chart.Step{MS: v, Share: float64(s.upTo[i]) / float64(s.n)})
		}
	}
	for _, m := range []struct {
		name, label string
		share       float64
		value       *float64
	}{{"p50", "p50", 0.5, r.TTF.P50}, {"p90", "p90", 0.9, r.TTF.P90}, {"p99", "p99", 0.99, r.TTF.P99}} {
		if m.value != nil {
			t.Marks = append(t.Marks, chart.Mark{Name: m.label, Share: m.share, MS: *m.value, AtLeast: r.TTF.atLeast(m.name)})
		}
	}
	return t.Drawing()
}

// maxElements bounds the elements of a series in a picture: there are not more columns to be seen.
const maxElements = 600

func (r Report) seriesPicture() chart.Drawing {
	series := merged(r.Series, maxElements)
	step := r.step() * float64(max(1, (len(r.Series)+maxElements-1)/maxElements))
	s := chart.Series{ToS: r.Conditions.DurationS, BarName: "final", LostName: "not final", Notes: []string{r.Summary()}}
	for _, e := range series {
		s.Seconds = append(s.Seconds, chart.Second{AtS: e.T + step/2, P50: orNaN(e.P50), Max: orNaN(e.Max)})
		s.Bars = append(s.Bars, chart.Bar{AtS: e.T, ForS: step, Good: float64(e.Final) / step, Lost: float64(e.Sent-e.Final) / step})
	}
	if step != 1 {
		s.Sub = fmt.Sprintf("By the time at which a transaction was meant to be sent, in steps of %s. Logarithmic scale of times.", shortMS(step*1000))
	}
	if len(r.Plan) > 1 {
		begin := 0.0
		for _, p := range r.Plan {
			s.Periods = append(s.Periods, chart.Span{FromS: begin, ToS: begin + p.ForS, Name: number(p.Rate) + "/s"})
			begin += p.ForS
		}
		s.ToS = max(begin, 1)
	}
	return s.Drawing()
}

// merged joins neighbours until at most n are left: counts are added, of medians the middle one stands for all.
func merged(series []Second, n int) []Second {
	group := (len(series) + n - 1) / n
	if group <= 1 {
		return series
	}
	var out []Second
	for from := 0; from < len(series); from += group {
		part := series[from:min(from+group, len(series))]
		sum := Second{T: part[0].T}
		var medians []float64
		for _, e := range part {
			sum.Sent, sum.Final, sum.Rejected, sum.Expired = sum.Sent+e.Sent, sum.Final+e.Final, sum.Rejected+e.Rejected, sum.Expired+e.Expired
			sum.Unknown, sum.Answered = sum.Unknown+e.Unknown, sum.Answered+e.Answered
			if e.P50 != nil {
				medians = append(medians, *e.P50)
			}
			if e.Max != nil && (sum.Max == nil || *e.Max > *sum.Max) {
				sum.Max = e.Max
			}
		}
		sum.P50 = middle(medians)
		out = append(out, sum)
	}
	return out
}

func (r Report) waterfallPicture() chart.Drawing {
	w := chart.Waterfall{Notes: []string{
		"Stages by the clock of the node that a transaction was handed to; precommitted: more than 2/3 of the power committed to the block, which makes it final.", r.Summary()}}
	for _, s := range r.Waterfall {
		w.Stages = append(w.Stages, chart.Row{Name: s.Stage, N: s.N, P50: orNaN(s.P50), P90: orNaN(s.P90), P99: orNaN(s.P99)})
	}
	return w.Drawing()
}

func (r Report) spreadPicture() chart.Drawing {
	s := chart.Spread{Notes: []string{fmt.Sprintf("%s watched; the quorum is the %s of them.", count(r.Spread.Nodes, "node"), ordinal(r.Spread.Quorum)), r.Summary()}}
	for _, x := range r.Spread.rows() {
		s.Nodes = append(s.Nodes, chart.Row{Name: x.name, N: x.N, P50: orNaN(x.P50), P90: orNaN(x.P90), P99: orNaN(x.P99)})
	}
	return s.Drawing()
}

type spreadRow struct {
	name string
	Latencies
}

func (s Spread) rows() []spreadRow {
	return []spreadRow{{"first node", s.First}, {"submitting node", s.Submitting}, {"quorum", s.AtQuorum}, {"last node", s.Last}}
}

func (r Report) loadPicture() chart.Drawing {
	l := chart.Load{Notes: []string{r.Summary()}}
	if r.Knee != nil {
		l.Knee = r.Knee.Reason
		l.Notes = append([]string{r.Knee.text()}, l.Notes...)
	}
	for _, p := range r.Plan {
		if p.Sent == 0 { // the load ended as it began: its throughput is that of the step before
			continue
		}
		l.Steps = append(l.Steps, chart.LoadStep{
			Rate: p.Rate, FinalPerS: p.FinalPerS, P50: orNaN(p.TTF.P50), P99: orNaN(p.TTF.P99),
			Knee: r.Knee != nil && r.Knee.Found && p.Rate == r.Knee.Rate,
		})
	}
	return l.Drawing()
}

func (k Knee) text() string {
	switch {
	case !k.Found:
		return "No step was saturated: the knee is at " + number(k.Rate) + " per second or above."
	case k.Rate == 0:
		return "Even the first step was saturated: " + k.Reason + "."
	}
	return "Knee: " + number(k.Rate) + " per second. The step after it is saturated: " + strings.TrimSuffix(k.Reason, ".") + "."
}

// atLeast reports whether a field is only a lower bound.
func (l Latencies) atLeast(name string) bool { return strings.HasPrefix(l.Notes[name], "at least") }

func orNaN(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

func ordinal(n int) string {
	switch {
	case n%10 == 1 && n%100 != 11:
		return fmt.Sprintf("%dst", n)
	case n%10 == 2 && n%100 != 12:
		return fmt.Sprintf("%dnd", n)
	case n%10 == 3 && n%100 != 13:
		return fmt.Sprintf("%drd", n)
	}
	return fmt.Sprintf("%dth", n)
}
