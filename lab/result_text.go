package lab

import (
	"fmt"
	"io"
	"sort"
	"strings"
	"text/tabwriter"
)

// WriteText prints the result for people.
func (r Result) WriteText(w io.Writer) {
	fmt.Fprintf(w, "%s: %s\n", r.Scenario, r.verdict())
	fmt.Fprintln(w, wrap(r.About, 110))
	if len(r.Runs) > 0 {
		r.writeSweep(w)
		return
	}
	r.writeFaults(w)
	r.writeLoad(w)
	r.writePeriods(w)
	r.writeTimes(w)
	r.writeNodes(w)
	r.writeViolations(w)
	r.writeChecks(w)
	r.writeConditions(w)
	for _, warning := range r.Warnings {
		fmt.Fprintf(w, "  Warning: %s.\n", warning)
	}
}

// verdict is passed, or what the matter is.
func (r Result) verdict() string {
	switch {
	case r.Interrupted:
		return "INTERRUPTED: what follows is of the time until then"
	case r.Error != "":
		return "FAILED: " + r.Error
	case r.Passed:
		return "passed"
	}
	var failed []string
	for _, c := range r.Checks {
		if !c.OK {
			failed = append(failed, fmt.Sprintf("%s: want %s, got %s", c.What, c.Want, c.Got))
		}
	}
	for _, run := range r.Runs {
		if !run.Passed {
			failed = append(failed, fmt.Sprintf("%s: %s", count(run.Conditions.Validators, "validator"), run.verdict()))
		}
	}
	return "FAILED: " + strings.Join(failed, "; ")
}

// Verdict is one line: passed, or why not.
func (r Result) Verdict() string { return r.verdict() }

func (r Result) writeFaults(w io.Writer) {
	if len(r.Faults) == 0 {
		return
	}
	fmt.Fprintln(w)
	for _, m := range r.Faults {
		fmt.Fprintf(w, "%10s  %s\n", formatS(m.AtS), strings.TrimPrefix(m.line(), formatS(m.AtS)+"  "))
	}
}

func (r Result) writeLoad(w io.Writer) {
	l := r.Load
	fmt.Fprintf(w, "\nsent %d   final %d   rejected %d   expired %d   unknown %d   (%.4g final per second)\n", l.Sent, l.Final, l.Rejected, l.Expired, l.Unknown, l.FinalPerS)
	codes := make([]string, 0, len(l.RejectedCodes))
	for code := range l.RejectedCodes {
		codes = append(codes, code)
	}
	sort.Strings(codes)
	for _, code := range codes {
		fmt.Fprintf(w, "  rejected as %s: %d\n", code, l.RejectedCodes[code])
	}
}

// writePeriods prints TTF by period, in ms. A percentile that is only a lower bound is marked.
func (r Result) writePeriods(w io.Writer) {
	fmt.Fprint(w, "\nTime to finality in ms, from the intended send time\n")
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "  PERIOD\tFROM\tTO\tSENT\tFINAL\tMIN\tP50\tP90\tP99\tMAX\t")
	for _, p := range r.Periods {
		fmt.Fprintf(tw, "  %s\t%s\t%s\t%d\t%d", p.Name, formatS(p.FromS), formatS(p.ToS), p.Sent, p.Final)
		for _, q := range []struct {
			name string
			ms   *float64
		}{{"min", p.TTF.Min}, {"p50", p.TTF.P50}, {"p90", p.TTF.P90}, {"p99", p.TTF.P99}, {"max", p.TTF.Max}} {
			fmt.Fprintf(tw, "\t%s", quantileText(q.ms, p.TTF.Notes[q.name]))
		}
		fmt.Fprintln(tw, "\t")
	}
	tw.Flush()
}

// quantileText is "12.3", "> 30000" for a lower bound, or "-".
func quantileText(ms *float64, note string) string {
	switch {
	case ms == nil:
		return "-"
	case note != "":
		return fmt.Sprintf("> %.0f", *ms)
	}
	return fmt.Sprintf("%.1f", *ms)
}

func (r Result) writeTimes(w io.Writer) {
	fmt.Fprintln(w)
	if g := r.Gap; g != nil {
		text := fmt.Sprintf("longest wait for a commit: %.3f s, from %.2f s to %.2f s", g.S, g.FromS, g.ToS)
		if g.Open {
			text += ", when the load ended"
		}
		if g.After != "" {
			text += ", after " + g.After
		}
		fmt.Fprintln(w, text)
	}
	switch {
	case r.RecoveryS != nil:
		fmt.Fprintf(w, "recovery: within 10 %% of the baseline %.2f s after the last healing\n", *r.RecoveryS)
	case len(r.Faults) > 0:
		fmt.Fprintf(w, "recovery: none measured: %s\n", r.Recovery)
	}
	if r.Floor != nil {
		fmt.Fprintln(w, r.Floor.text())
	}
	for _, v := range r.Validators {
		fmt.Fprintf(w, "%10s  %s is %s, power %d\n", formatS(v.AtS), v.Node, v.Status, v.Power)
	}
}

func (r Result) writeNodes(w io.Writer) {
	if len(r.Nodes) == 0 {
		return
	}
	if disagreement(r.Nodes) == "" {
		fmt.Fprintf(w, "at the end all %d nodes at height %d, AppHash %s\n", len(r.Nodes), r.Nodes[0].Height, r.Nodes[0].AppHash)
		return
	}
	for _, n := range r.Nodes {
		fmt.Fprintf(w, "at the end %s at height %d, AppHash %s %s\n", n.Name, n.Height, n.AppHash, n.Error)
	}
}

// maxViolationLines bounds how many broken rules are printed; result.json has all.
const maxViolationLines = 20

func (r Result) writeViolations(w io.Writer) {
	for i, v := range r.Violations {
		if i == maxViolationLines {
			fmt.Fprintf(w, "and %d more\n", len(r.Violations)-i)
			return
		}
		fmt.Fprintf(w, "history: %s\n", violationText(v))
	}
}

func (r Result) writeChecks(w io.Writer) {
	if len(r.Checks) == 0 {
		return
	}
	fmt.Fprintln(w)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "\tCHECK\tWANT\tGOT")
	for _, c := range r.Checks {
		mark := "ok"
		if !c.OK {
			mark = "FAILED"
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", mark, c.What, c.Want, c.Got)
	}
	tw.Flush()
}

func (r Result) writeConditions(w io.Writer) {
	c := r.Conditions
	fmt.Fprintf(w, "\nConditions: %s and %s, %s timeouts, %s arrivals with seed %d, %.4g s after %.4g s of warm-up,\n",
		count(c.Validators, "validator"), count(c.Observers, "observer"), c.Profile, c.Arrivals, c.Seed, c.DurationS, c.WarmupS)
	fmt.Fprintf(w, "  timeout %.4g s; client and nodes share %d cores (%s, %s); the client's own lateness in sending, included above: p99 %s.\n",
		c.TimeoutS, c.Cores, c.OS, c.Go, formatMS(r.Load.SendDelay.P99))
	if c.Links {
		fmt.Fprint(w, "  The nodes' connections run through fault proxies on this machine.\n")
	}
	if len(c.Regions) > 0 {
		fmt.Fprint(w, "  The distances between regions are played: nodes and clients are in one room, and a client stands beside its node.\n")
	} else {
		fmt.Fprint(w, "  Nodes in one room are not a global network: distance adds its round trips to these figures.\n")
	}
}

// writeSweep prints one row per number of validators.
func (r Result) writeSweep(w io.Writer) {
	fmt.Fprintln(w)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "VALIDATORS\tSENT\tFINAL\tP50 MS\tP99 MS\tFINAL/S\tGAP S\tRESULT\t")
	for _, run := range r.Runs {
		t, gap, verdict := run.Load.TTF, "-", "passed"
		if run.Gap != nil {
			gap = fmt.Sprintf("%.2f", run.Gap.S)
		}
		if !run.Passed {
			verdict = "FAILED"
		}
		fmt.Fprintf(tw, "%d\t%d\t%d\t%s\t%s\t%.1f\t%s\t%s\t\n", run.Conditions.Validators, run.Load.Sent, run.Load.Final,
			quantileText(t.P50, t.Notes["p50"]), quantileText(t.P99, t.Notes["p99"]), run.Load.FinalPerS, gap, verdict)
	}
	tw.Flush()
	if len(r.Runs) > 0 {
		r.Runs[len(r.Runs)-1].writeConditions(w)
	}
}

// wrap breaks a text into lines of at most so many characters.
func wrap(text string, width int) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
		case column+1+len(word) > width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}
