package lab

import (
	"fmt"
	"math"

	"blink/api/client"
	"blink/lab/chart"
)

// Pictures draws the time axis of a run; of a sweep, first the runs side by side, then the time axis of each.
func (r Result) Pictures() []chart.Drawing {
	if len(r.Runs) == 0 {
		return []chart.Drawing{r.timeline("timeline", r.Scenario)}
	}
	out := []chart.Drawing{r.sweepPicture()}
	for i, one := range r.Runs {
		name := fmt.Sprintf("timeline-%d-%d", i+1, one.Conditions.Validators)
		out = append(out, one.timeline(name, fmt.Sprintf("%s, %s", r.Scenario, count(one.Conditions.Validators, "validator"))))
	}
	return out
}

func (r Result) timeline(name, title string) chart.Drawing {
	length := max(r.Conditions.DurationS, 1)
	s := chart.Series{
		Name: name, Title: title + ": finality over the run", ToS: length, BarName: "blocks per second", Notes: []string{r.Summary()},
		Sub: "Each transaction at the time at which it was meant to be sent. Logarithmic scale of times to finality.",
	}
	for _, p := range r.Points {
		s.Dots = append(s.Dots, chart.Dot{AtS: p.AtS, MS: p.TTF, Final: p.Status == client.StatusFinal})
	}
	if len(r.Points) < r.Load.Sent && len(r.Points) > 0 {
		s.Notes = append(s.Notes, fmt.Sprintf("%s of %s transactions are shown, evenly chosen.", integer(len(r.Points)), integer(r.Load.Sent)))
	}
	for _, p := range r.Periods {
		s.Periods = append(s.Periods, chart.Span{FromS: p.FromS, ToS: p.ToS, Name: p.Name})
		if p.Name == "baseline" && p.TTF.P50 != nil && len(r.Faults) > 0 {
			s.Levels = append(s.Levels, chart.Level{Name: "baseline p50 " + chart.Duration(*p.TTF.P50), MS: *p.TTF.P50})
		}
	}
	if r.Floor != nil {
		s.Levels = append(s.Levels, chart.Level{Name: "floor: distance alone, p50 " + chart.Duration(r.Floor.P50), MS: r.Floor.P50})
	}
	for _, f := range r.Faults {
		if f.AtS <= length && !f.Healing {
			s.Faults = append(s.Faults, f.span(length))
		}
	}
	if len(r.Faults) > 0 {
		s.Title = title + ": faults and finality"
	}
	// Between two blocks of an undisturbed network there is always some longest wait: only a notable one is marked.
	if g := r.Gap; g != nil && (len(r.Faults) > 0 || g.S > 1) {
		s.Gap = &chart.Span{FromS: g.FromS, ToS: g.ToS, Name: "no block for " + chart.Duration(g.S*1000)}
	}
	s.Bars = blockBars(r.Blocks, length)
	return s.Drawing()
}

// span is the mark as a bar of the time axis. A fault that nothing ended lasts to the end of the load.
func (m FaultMark) span(length float64) chart.Span {
	s := chart.Span{FromS: max(m.AtS, 0), ToS: length, Name: m.what()}
	if m.Note != "" {
		s.Name += " (" + m.Note + ")"
	}
	switch {
	case m.Staking || !m.fault():
		s.Moment, s.ToS = true, s.FromS
	case m.UntilS != nil:
		s.ToS = min(*m.UntilS, length)
	}
	return s
}

// maxBars bounds the bars of a time axis.
const maxBars = 240

// blockBars counts the blocks by the second, or by more in a long load.
func blockBars(blocks []BlockMark, length float64) []chart.Bar {
	step := math.Ceil(length / maxBars)
	bars := make([]chart.Bar, int(math.Ceil(length/step)))
	for i := range bars {
		from := float64(i) * step
		bars[i] = chart.Bar{AtS: from, ForS: min(step, length-from)}
	}
	for _, b := range blocks {
		if i := int(math.Floor(b.FirstS / step)); b.FirstS >= 0 && i < len(bars) {
			bars[i].Good += 1 / bars[i].ForS
		}
	}
	return bars
}

func (r Result) sweepPicture() chart.Drawing {
	s := chart.Sweep{}
	for _, one := range r.Runs {
		s.Sizes = append(s.Sizes, chart.Size{Validators: one.Conditions.Validators, P50: orNaN(one.Load.TTF.P50), P99: orNaN(one.Load.TTF.P99), FinalPerS: one.Load.FinalPerS})
	}
	if len(r.Runs) > 0 {
		s.Notes = []string{"The first run: " + r.Runs[0].Summary()}
		if r.Runs[0].Conditions.Cores < r.Runs[len(r.Runs)-1].Conditions.Validators {
			s.Notes = append(s.Notes, "All validators share the cores of one machine: part of what more of them cost is the machine's, not the protocol's.")
		}
	}
	return s.Drawing()
}
