package lab

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// Rows of the tables of a text report.
const (
	textSlowest   = 5
	textProposers = 10
)

// writeSteps prints one row per phase of the plan, if there is more than one.
func (r Report) writeSteps(w io.Writer) {
	if len(r.Plan) < 2 && r.Knee == nil {
		return
	}
	fmt.Fprint(w, "\nThroughput and latency by phase, ms\n")
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "RATE/S\tFOR S\tSENT\tFINAL/S\tP50\tP99\tSLOWEST\tNOT FINAL\t  ")
	for _, p := range r.Plan {
		fmt.Fprintf(tw, "%.4g\t%.4g\t%d\t%.4g\t%s\t%s\t%s\t%d\t  %s\n", p.Rate, p.ForS, p.Sent, p.FinalPerS,
			bareMS(p.TTF.P50), bareMS(p.TTF.P99), bareMS(p.TTF.Max), p.Rejected+p.Expired+p.Unknown, r.mark(p))
	}
	tw.Flush()
	if k := r.Knee; k != nil {
		switch {
		case !k.Found:
			fmt.Fprintf(w, "  Saturation knee: not reached, at %.4g/s or above.\n", k.Rate)
		case k.Rate == 0:
			fmt.Fprintf(w, "  Saturation knee: below the first step; %s.\n", k.Reason)
		default:
			fmt.Fprintf(w, "  Saturation knee: %.4g/s; %s.\n", k.Rate, k.Reason)
		}
	}
}

// mark says what a step is to the knee.
func (r Report) mark(p PhaseResult) string {
	switch {
	case r.Knee == nil:
		return ""
	case p.Saturated != "":
		return "saturated"
	case r.Knee.Found && p.Rate == r.Knee.Rate:
		return "knee"
	}
	return ""
}

// writeWaterfall prints where the time goes inside the node.
func (r Report) writeWaterfall(w io.Writer) {
	if len(r.Waterfall) == 0 {
		return
	}
	fmt.Fprint(w, "\nWhere the time goes: ms since the node that was asked received it, by its own clock\n")
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "  STAGE\tP50\tP90\tP99\tP50 OF EACH STEP")
	end := 1e-9
	for _, s := range r.Waterfall {
		if s.P50 != nil {
			end = max(end, *s.P50)
		}
	}
	before := 0.0
	for _, s := range r.Waterfall {
		line := ""
		if s.P50 != nil {
			from, to := int(before/end*barWidth), int(*s.P50/end*barWidth)
			line = strings.Repeat(" ", max(from, 0)) + strings.Repeat("█", max(to-from, 1))
			before = *s.P50
		}
		fmt.Fprintf(tw, "  %s\t%s\t%s\t%s\t%s\n", s.Stage, bareMS(s.P50), bareMS(s.P90), bareMS(s.P99), line)
	}
	tw.Flush()
}

// writeSpread prints when the nodes served the blocks.
func (r Report) writeSpread(w io.Writer) {
	s := r.Spread
	if s == nil || s.Nodes < 2 {
		return
	}
	fmt.Fprintf(w, "\nWhen the nodes served the block: ms since the intended send time, by the client's clock (%d transactions)\n", s.N)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "  NODE\tP50\tP90\tP99\tSLOWEST")
	row := func(name string, l Latencies) {
		fmt.Fprintf(tw, "  %s\t%s\t%s\t%s\t%s\n", name, bareMS(l.P50), bareMS(l.P90), bareMS(l.P99), bareMS(l.Max))
	}
	row("first", s.First)
	row("submitting", s.Submitting)
	row(fmt.Sprintf("quorum (%d of %d)", s.Quorum, s.Nodes), s.AtQuorum)
	row("last", s.Last)
	tw.Flush()
	if s.Late > 0 {
		fmt.Fprintf(w, "  %d observations came late, after a reconnect: upper bounds.\n", s.Late)
	}
}

// writeBlocks prints what the blocks were like, and who proposed them.
func (r Report) writeBlocks(w io.Writer) {
	b := r.Blocks
	if b == nil || b.Count == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s, transactions in each: p50 %d, p99 %d, at most %d; decided in", count(b.Count, "block"), b.TxsPerBlock.P50, b.TxsPerBlock.P99, b.TxsPerBlock.Max)
	for i, round := range slices.Sorted(maps.Keys(b.Rounds)) {
		if i > 0 {
			fmt.Fprint(w, ",")
		}
		fmt.Fprintf(w, " round %s: %d", round, b.Rounds[round])
	}
	fmt.Fprintln(w)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "  PROPOSER\tBLOCKS\tTXS\tP50\tP99")
	for i, p := range b.Proposers {
		if i == textProposers {
			fmt.Fprintf(tw, "  and %d more\n", len(b.Proposers)-i)
			break
		}
		fmt.Fprintf(tw, "  %.12s\t%d\t%d\t%s\t%s\n", p.Proposer, p.Blocks, p.Txs, bareMS(p.P50), bareMS(p.P99))
	}
	tw.Flush()
}

// writeSlowest prints what the tail can be attributed to.
func (r Report) writeSlowest(w io.Writer) {
	if len(r.Slowest) == 0 {
		return
	}
	fmt.Fprint(w, "\nThe slowest\n")
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "  TRANSACTION\tAT S\tTTF\tSENT LATE\tBLOCK\tPLACE\tROUND\tPROPOSER\tLONGEST STEP")
	for _, s := range r.Slowest[:min(textSlowest, len(r.Slowest))] {
		ttf := s.Status
		if s.TTF != nil {
			ttf = bareMS(s.TTF)
		}
		block, place, round := "-", "-", "-"
		if s.Height > 0 {
			block, place = fmt.Sprint(s.Height), fmt.Sprint(s.Index+1)
		}
		if s.BlockTxs > 0 {
			place, round = fmt.Sprintf("%d of %d", s.Index+1, s.BlockTxs), fmt.Sprint(s.Round)
		}
		fmt.Fprintf(tw, "  %.12s\t%.2f\t%s\t%.1f\t%s\t%s\t%s\t%.12s\t%s\n", s.ID, s.T, ttf, s.SendLate, block, place, round, s.Proposer, s.longestStep())
	}
	tw.Flush()
}

// longestStep names the stage that took the longest to reach from the one before it.
func (s SlowTx) longestStep() string {
	name, longest, before := "-", 0.0, 0.0
	for _, stage := range stageNames {
		at, ok := s.Stages[stage]
		if !ok {
			continue
		}
		if step := at - before; step > longest {
			name, longest = fmt.Sprintf("%s %.0f ms", stage, step), step
		}
		before = at
	}
	return name
}

// bareMS writes milliseconds for a table that names the unit.
func bareMS(ms *float64) string {
	switch {
	case ms == nil:
		return "-"
	case *ms >= 1000:
		return fmt.Sprintf("%.0f", *ms)
	}
	return fmt.Sprintf("%.1f", *ms)
}
