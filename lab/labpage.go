package lab

import (
	"fmt"
	"strings"

	"blink/lab/chart"
)

// WriteLabPage writes report.html and its pictures as PNG into dir, beside result.json. The page stands alone.
func WriteLabPage(dir string, r Result) error {
	pictures := r.Pictures()
	return r.page(pictures).write(dir, pictures)
}

// Definitions, as a reader needs them who has only the page.
const (
	definitionPeriods  = "A transaction belongs to the period of its intended send time. Baseline: before the first fault. Degraded: from the first fault to the last healing. Recovering: until times are back to within 10 % of the baseline. Recovered: from then on."
	definitionGap      = "The longest wait for a commit is the longest interval of the load in which the client saw no node serve a new block: what it takes to notice a fault and get over it."
	definitionRecovery = "Recovery runs from the last healing to the first transaction from which on times are back to within 10 % of the baseline: it is itself within, and so is the median of the 20 that begin with it."
	definitionHistory  = "From what clients submitted and were told, and from every node's chain: all nodes have the same blocks, what was told final is in all of them exactly once, nothing is in them that nobody submitted, balances and nonces are those that a naive replay gives, and what was final before another was submitted stands before it."
	definitionFloor    = "The floor is what distance alone costs, by the same table of latencies that the links carry: one hop to the proposer, then proposal, prevotes and precommits, each until more than 2/3 of the power is there. Nothing else is in it: no processing, no disk, no queue."
	definitionAxis     = "One dot is one transaction, at the time at which it was meant to be sent. Bars above: how long each fault lasted. Below: blocks that the client saw come."
)

func (r Result) page(pictures []chart.Drawing) page {
	p := page{
		Title: r.Scenario, Sub: strings.TrimSpace(r.About), Alerts: r.alerts(),
	}
	figures := figuresOf(pictures...)
	if len(r.Runs) > 0 {
		p.Tiles = []tile{r.verdictTile(), {Name: "took", Value: chart.Duration(r.TookS * 1000)}}
		p.Sections = r.sweepSections(figures)
	} else {
		p.Tiles = r.tiles()
		p.Sections = r.sections(figures)
	}
	p.Sections = append(p.Sections, section{Title: "The scenario", Pre: strings.TrimSpace(r.Source)})
	return p
}

// sections of one run.
func (r Result) sections(figures []figure) []section {
	axis := "Faults and finality on one time axis"
	if len(r.Faults) == 0 {
		axis = "Finality over the run"
	}
	out := []section{
		{Title: axis, Text: []string{definitionAxis}, Figures: figures},
		{Title: "What was expected, and what came", Tables: []table{r.checkTable()}},
		{Title: "Before, during and after", Text: []string{definitionTTF, definitionPeriods, definitionGap, definitionRecovery}, Tables: []table{r.periodTable(), r.timeTable()}},
	}
	if r.Floor != nil {
		out = append(out, section{Title: "Against the speed of light", Text: []string{definitionFloor}, Tables: []table{r.floorTable()}})
	}
	if len(r.Faults) > 0 {
		out = append(out, section{Title: "What was done", Tables: []table{r.faultTable()}})
	}
	out = append(out,
		section{Title: "What became of the transactions", Tables: []table{outcomeTable(r.Load, r.Conditions.TimeoutS)}},
		section{Title: "The nodes at the end", Text: []string{r.agreement()}, Tables: []table{r.endTable()}},
	)
	if len(r.Validators) > 0 {
		out = append(out, section{Title: "Who voted", Tables: []table{r.validatorTable()}})
	}
	return append(out,
		section{Title: "The history", Text: []string{definitionHistory}, Tables: r.historyTables()},
		section{Title: "Conditions", Tables: []table{r.conditionTable()}},
	)
}

// sweepSections show the runs of a sweep side by side, then each run's time axis.
func (r Result) sweepSections(figures []figure) []section {
	t := table{Head: []string{"validators", "verdict", "sent", "final", "final per second", "p50", "p90", "p99", "slowest"}}
	out := []section{{Title: "Side by side", Figures: figures[:1]}}
	checks := table{Caption: "Checks", Head: []string{"validators", "what", "want", "got", "result"}}
	for i, one := range r.Runs {
		l := one.Load
		t.Rows = append(t.Rows, []string{integer(one.Conditions.Validators), passedText(one.Passed), integer(l.Sent), integer(l.Final), number(l.FinalPerS),
			l.TTF.text("p50", l.TTF.P50), l.TTF.text("p90", l.TTF.P90), l.TTF.text("p99", l.TTF.P99), l.TTF.text("max", l.TTF.Max)})
		for _, c := range one.Checks {
			checks.Rows = append(checks.Rows, []string{integer(one.Conditions.Validators), c.What, c.Want, c.Got, passedText(c.OK)})
		}
		if i+1 < len(figures) {
			out = append(out, section{Title: count(one.Conditions.Validators, "validator"), Text: []string{one.Summary()}, Figures: figures[i+1 : i+2], Tables: []table{one.periodTable()}})
		}
	}
	out[0].Tables = []table{t, checks}
	return out
}

func (r Result) verdictTile() tile {
	t := tile{Name: "verdict", Value: cellPassed, Class: "good"}
	if !r.Passed || r.Interrupted {
		t.Value, t.Class, t.Note = cellFailed, "bad", r.verdict()
		if r.Interrupted {
			t.Value = "INTERRUPTED"
		}
	}
	return t
}

func (r Result) tiles() []tile {
	tiles := []tile{r.verdictTile()}
	for _, p := range r.Periods {
		t := tile{Name: p.Name + ", median", Value: p.TTF.text("p50", p.TTF.P50)}
		if p.TTF.P99 != nil {
			t.Note = "p99 " + p.TTF.text("p99", p.TTF.P99)
		}
		tiles = append(tiles, t)
	}
	if r.Gap != nil {
		tiles = append(tiles, tile{Name: "longest wait for a commit", Value: chart.Duration(r.Gap.S * 1000), Note: r.Gap.After})
	}
	if r.RecoveryS != nil {
		tiles = append(tiles, tile{Name: "recovery", Value: chart.Duration(*r.RecoveryS * 1000), Note: "after the last healing"})
	}
	if r.Floor != nil && r.Floor.Ratio != nil {
		tiles = append(tiles, tile{Name: "times the floor", Value: number(*r.Floor.Ratio), Note: "of distance alone: " + chart.Duration(r.Floor.P50)})
	}
	final := tile{Name: "final", Value: "-"}
	if l := r.Load; l.Sent > 0 {
		final.Value, final.Note = shareText(100*float64(l.Final)/float64(l.Sent)), fmt.Sprintf("%s of %s", integer(l.Final), integer(l.Sent))
	}
	return append(tiles, final)
}

func (r Result) alerts() []string {
	var out []string
	if r.Error != "" {
		out = append(out, "The run failed: "+r.Error)
	}
	if r.Interrupted {
		out = append(out, "The run was interrupted: what follows is of the time until then.")
	}
	if n := len(r.Violations); n > 0 {
		out = append(out, fmt.Sprintf("The history breaks its rules in %d places.", n))
	}
	out = append(out, r.Warnings...)
	if len(r.Conditions.Regions) == 0 {
		return append(out, "All nodes ran on the machine that measured, and shared it with the client. Nodes in one room are not a global network: distance adds its round trips to these figures.")
	}
	return append(out, "The distances between the nodes are emulated: the links carry the latencies of their regions, while the nodes shared one machine.")
}

// Summary says in one line under which conditions a run was measured.
func (r Result) Summary() string {
	c := r.Conditions
	nodes := count(c.Validators, "validator")
	if c.Observers > 0 {
		nodes += " and " + count(c.Observers, "observer")
	}
	where := "on one machine"
	if len(c.Regions) > 0 {
		where = "with emulated distances of " + count(different(c.Regions), "region") + ", on one machine"
	}
	return fmt.Sprintf("%s %s with %s shared by client and nodes (%s, profile %s); %s sent (%s arrivals, seed %d) in %s after %s of warm-up; %s.",
		nodes, where, count(c.Cores, "core"), c.Backend, orNone(c.Profile), count(r.Load.Sent, "transaction"), c.Arrivals, c.Seed, shortMS(c.DurationS*1000), shortMS(c.WarmupS*1000), c.Clock)
}

func different(names []string) int {
	seen := map[string]bool{}
	for _, n := range names {
		seen[n] = true
	}
	return len(seen)
}
