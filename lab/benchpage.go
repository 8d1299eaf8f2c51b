package lab

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"blink/lab/chart"
)

// WritePage writes report.html and its pictures as PNG into dir, beside report.json. The page stands alone: pictures are
// in it as SVG, and it loads nothing.
func WritePage(dir string, r Report) error {
	pictures := r.Pictures()
	return r.page(pictures).write(dir, pictures)
}

func (r Report) page(pictures []chart.Drawing) page {
	p := page{
		Title: "Time to finality of " + r.Conditions.ChainID, Sub: r.Conditions.Started.UTC().Format("2 January 2006, 15:04:05 UTC") + ". " + r.Summary(),
		Tiles: r.tiles(), Alerts: r.alerts(),
	}
	by := map[string][]figure{}
	for _, d := range pictures {
		by[d.Name] = figuresOf(d)
	}
	p.Sections = []section{
		{Title: "Among the published networks", Figures: by["comparison"]},
		{Title: "Time to finality", Text: []string{definitionTTF, definitionCensored}, Figures: by["ttf"], Tables: []table{r.latencyTable(), r.histogramTable()}},
		{Title: "Over time", Figures: by["series"], Tables: []table{r.seriesTable()}},
	}
	if len(r.Plan) > 1 {
		p.Sections = append(p.Sections, section{Title: "Throughput against latency", Figures: by["load"], Tables: []table{r.planTable()}})
	}
	if len(r.Waterfall) > 0 {
		p.Sections = append(p.Sections, section{Title: "Stages inside the node", Text: []string{definitionStages}, Figures: by["waterfall"], Tables: []table{r.waterfallTable()}})
	}
	if r.Spread != nil {
		p.Sections = append(p.Sections, section{Title: "At every node", Text: []string{definitionSpread}, Figures: by["spread"], Tables: []table{r.spreadTable()}})
	}
	if r.Blocks != nil {
		p.Sections = append(p.Sections, section{Title: "Blocks, rounds and proposers", Tables: r.blockTables()})
	}
	p.Sections = append(p.Sections,
		section{Title: "The slowest transactions", Text: []string{"What each can be attributed to: the round and proposer of its block, its place in the block, and its stages."}, Tables: []table{r.slowestTable()}},
		section{Title: "What became of the transactions", Tables: []table{outcomeTable(r.outcomes(), r.Conditions.TimeoutS), r.receiptTable()}},
		section{Title: "The client", Text: []string{definitionClient}, Tables: []table{r.clientTable()}},
		section{Title: "Conditions", Tables: []table{r.conditionTable(), r.nodeTable(), r.nodeViewTable()}},
	)
	return p
}

// Definitions, as a reader needs them who has only the page.
const (
	definitionTTF      = "Time to finality (TTF) runs, by the client's own monotonic clock, from the moment at which a transaction was meant to be sent to the answer that it is final: in a block that more than 2/3 of the voting power has committed to, executed, and served. The intended moment counts, not the actual one: a network that stalls cannot hide it by slowing the load down (coordinated omission)."
	definitionCensored = "Percentiles are taken over all transactions that were accepted. Those that never became final (expired, or unknown after the timeout) count as slower than any that did: a percentile that falls among them is given as “at least the timeout”. A percentile that the number of transactions cannot support is not given."
	definitionStages   = "Times since the node that was asked received the transaction, by that node's clock; each holds the ones before it. Checked: valid, in the mempool. Proposed: in a proposal. Prevoted and precommitted: more than 2/3 of the voting power voted so; from then on it is final. Executed: applied to the state. Visible: the node serves the result."
	definitionSpread   = "From the intended send time until the nodes served the block, by the client's clock, over the nodes that the client watched."
	definitionClient   = "What the load generator itself cost and could have done: while these are far from the load, the client is not what was measured."
)

func (r Report) tiles() []tile {
	final := 0.0
	if r.Sent > 0 {
		final = 100 * float64(r.Final) / float64(r.Sent)
	}
	note := "all of " + chart.Count(int64(r.Sent))
	class := "good"
	if r.Final < r.Sent {
		note, class = fmt.Sprintf("%s of %s are not", chart.Count(int64(r.Sent-r.Final)), chart.Count(int64(r.Sent))), "bad"
	}
	tiles := []tile{
		{Name: "median", Value: r.TTF.text("p50", r.TTF.P50)}, {Name: "99th percentile", Value: r.TTF.text("p99", r.TTF.P99)},
		{Name: "slowest", Value: r.TTF.text("max", r.TTF.Max)}, {Name: "final per second", Value: number(r.FinalPerS)},
		{Name: "final", Value: shareText(final), Note: note, Class: class},
	}
	if r.Knee != nil && r.Knee.Found {
		tiles = append(tiles, tile{Name: "knee", Value: number(r.Knee.Rate) + "/s"})
	}
	return tiles
}

func (r Report) alerts() []string {
	var out []string
	if local(r.Conditions.Nodes) {
		out = append(out, "All nodes ran on the machine that measured. Nodes in one room are not a global network: distance adds its round trips to these figures.")
	}
	if r.Conditions.Loop == LoopClosed {
		out = append(out, "This was a closed loop: a network that stalls is asked less, so its times look better than they are (coordinated omission is possible).")
	}
	if r.Conditions.Interrupted {
		out = append(out, "The run was interrupted: it is shorter than planned.")
	}
	if r.Receipts != nil && r.Receipts.Lie {
		out = append(out, "A node acknowledged as final what its receipt does not prove.")
	}
	return append(out, r.Warnings...)
}

// text writes a percentile: "14.2 ms", "≥ 30 s", "-".
func (l Latencies) text(name string, v *float64) string {
	switch {
	case v == nil:
		return "-"
	case l.atLeast(name):
		return "≥ " + chart.Duration(*v)
	}
	return chart.Duration(*v)
}

func duration(v *float64) string { return chart.Duration(orNaN(v)) }

// number writes a rate: "20", "19.97", "1 250".
func number(v float64) string {
	if v >= 1000 {
		return chart.Count(int64(v + 0.5))
	}
	return strconv.FormatFloat(float64(int64(v*100+0.5))/100, 'f', -1, 64)
}

// shareText writes a percentage, never rounding a loss away.
func shareText(percent float64) string {
	for decimals := range 7 {
		s := strconv.FormatFloat(percent, 'f', decimals, 64)
		if v, _ := strconv.ParseFloat(s, 64); decimals >= 1 || v == percent {
			if (v == 100) == (percent == 100) && (v == 0) == (percent == 0) {
				return s + " %"
			}
		}
	}
	return fmt.Sprintf("%v %%", percent)
}

func (r Report) latencyTable() table {
	t := table{Caption: "Percentiles", Head: latencyHead("")}
	t.Rows = append(t.Rows, r.TTF.row("time to finality"), r.SendDelay.row("of it, lateness in sending"))
	if notes := r.TTF.noteText(); notes != "" {
		t.Caption += ". " + notes
	}
	return t
}

func latencyHead(first string) []string {
	return []string{first, "n", "fastest", "mean", "p50", "p90", "p99", "p99.9", "slowest"}
}

func (l Latencies) row(name string) []string {
	return []string{name, chart.Count(l.N), duration(l.Min), duration(l.Mean), l.text("p50", l.P50), l.text("p90", l.P90), l.text("p99", l.P99), l.text("p999", l.P999), l.text("max", l.Max)}
}

func (l Latencies) noteText() string {
	names := make([]string, 0, len(l.Notes))
	for name := range l.Notes {
		names = append(names, name)
	}
	sort.Strings(names)
	for i, name := range names {
		names[i] = name + ": " + l.Notes[name]
	}
	return strings.Join(names, "; ")
}

func (r Report) histogramTable() table {
	t := table{Caption: "Histogram", Head: []string{"from", "to", "transactions"}, Folded: true}
	for _, b := range r.Histogram {
		t.Rows = append(t.Rows, []string{shortMS(b.From), shortMS(b.To), chart.Count(b.Count)})
	}
	return t
}

// maxSeriesRows bounds the table of the series.
const maxSeriesRows = 300

func (r Report) seriesTable() table {
	series := merged(r.Series, maxSeriesRows)
	t := table{Caption: "The series in numbers", Head: []string{"from", "sent", "final", "rejected", "expired", "unknown", "answered", "p50", "slowest"}, Folded: true}
	for _, s := range series {
		t.Rows = append(t.Rows, []string{number(s.T) + " s", integer(s.Sent), integer(s.Final), integer(s.Rejected), integer(s.Expired), integer(s.Unknown), integer(s.Answered), duration(s.P50), duration(s.Max)})
	}
	return t
}

func integer(n int) string { return chart.Count(int64(n)) }

func (r Report) planTable() table {
	t := table{Caption: "Steps. Final per second counts the answers that arrived while the step lasted.",
		Head: []string{"sent per second", "for", "sent", "final", "rejected", "expired", "unknown", "final per second", "p50", "p99", "lateness p99", "saturated"}}
	if r.Knee != nil {
		t.Caption += " " + r.Knee.text()
	}
	for _, p := range r.Plan {
		t.Rows = append(t.Rows, []string{number(p.Rate), shortMS(p.ForS * 1000), integer(p.Sent), integer(p.Final), integer(p.Rejected), integer(p.Expired), integer(p.Unknown),
			number(p.FinalPerS), p.TTF.text("p50", p.TTF.P50), p.TTF.text("p99", p.TTF.P99), p.SendDelay.text("p99", p.SendDelay.P99), p.Saturated})
	}
	return t
}

func (r Report) waterfallTable() table {
	t := table{Head: []string{"stage", "n", "p50", "p90", "p99"}}
	for _, s := range r.Waterfall {
		t.Rows = append(t.Rows, []string{s.Stage, chart.Count(s.N), duration(s.P50), duration(s.P90), duration(s.P99)})
	}
	return t
}

func (r Report) spreadTable() table {
	t := table{Head: latencyHead(""), Caption: fmt.Sprintf("%s watched; quorum: %d of them; %s reported late, after a reconnect", count(r.Spread.Nodes, "node"), r.Spread.Quorum, count(r.Spread.Late, "block"))}
	for _, x := range r.Spread.rows() {
		t.Rows = append(t.Rows, x.row(x.name))
	}
	return t
}
