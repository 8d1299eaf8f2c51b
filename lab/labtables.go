package lab

import (
	"fmt"
	"strings"

	"blink/lab/chart"
)

func passedText(ok bool) string {
	if ok {
		return cellPassed
	}
	return cellFailed
}

func (r Result) checkTable() table {
	t := table{Head: []string{"what", "want", "got", "result"}}
	for _, c := range r.Checks {
		t.Rows = append(t.Rows, []string{c.What, c.Want, c.Got, passedText(c.OK)})
	}
	return t
}

func (r Result) periodTable() table {
	t := table{Caption: "Time to finality by period", Head: []string{"period", "from", "to", "sent", "final", "rejected", "expired", "unknown", "fastest", "p50", "p90", "p99", "slowest"}}
	for _, p := range r.Periods {
		t.Rows = append(t.Rows, p.row(p.Name))
	}
	whole := Period{ToS: r.Conditions.DurationS, Sent: r.Load.Sent, Final: r.Load.Final, Rejected: r.Load.Rejected, Expired: r.Load.Expired, Unknown: r.Load.Unknown, TTF: r.Load.TTF}
	t.Rows = append(t.Rows, whole.row("whole load"))
	return t
}

func (p Period) row(name string) []string {
	return []string{name, formatS(p.FromS), formatS(p.ToS), integer(p.Sent), integer(p.Final), integer(p.Rejected), integer(p.Expired), integer(p.Unknown),
		p.TTF.text("min", p.TTF.Min), p.TTF.text("p50", p.TTF.P50), p.TTF.text("p90", p.TTF.P90), p.TTF.text("p99", p.TTF.P99), p.TTF.text("max", p.TTF.Max)}
}

// timeTable holds the times that are of the run, not of a period.
func (r Result) timeTable() table {
	t := table{Head: []string{"", "value", ""}}
	if g := r.Gap; g != nil {
		note := fmt.Sprintf("from %.2f s to %.2f s", g.FromS, g.ToS)
		if g.After != "" {
			note += ", after " + g.After
		}
		if g.Open {
			note += ", still open when the load ended"
		}
		t.Rows = append(t.Rows, []string{"longest wait for a commit", chart.Duration(g.S * 1000), note})
	}
	recovery := []string{"recovery", "-", r.Recovery}
	if r.RecoveryS != nil {
		recovery[1] = chart.Duration(*r.RecoveryS * 1000)
	}
	t.Rows = append(t.Rows, recovery,
		[]string{"final per second", number(r.Load.FinalPerS), "over the load"},
		[]string{"the client's lateness in sending, p99", r.Load.SendDelay.text("p99", r.Load.SendDelay.P99), "part of the times above"})
	return t
}

func (r Result) floorTable() table {
	f, ratio := r.Floor, "-"
	if f.Ratio != nil {
		ratio = number(*f.Ratio)
	}
	return table{Caption: "By proposer, and by the node at which a transaction enters", Head: []string{"", "p50", "mean", "fastest", "slowest", "measured p50 / floor p50"},
		Rows: [][]string{{"floor", chart.Duration(f.P50), chart.Duration(f.Mean), chart.Duration(f.Min), chart.Duration(f.Max), ratio}}}
}

func (r Result) faultTable() table {
	t := table{Head: []string{"action", "planned", "done", "took", "until", "note", "error"}}
	for _, m := range r.Faults {
		until := "-"
		if m.UntilS != nil {
			until = formatS(*m.UntilS)
		}
		t.Rows = append(t.Rows, []string{m.what(), formatS(m.PlannedS), fmt.Sprintf("%.3f s", m.AtS), chart.Duration((m.DoneS - m.AtS) * 1000), until, m.Note, m.Error})
	}
	return t
}

// agreement says whether the nodes ended with one chain.
func (r Result) agreement() string {
	if len(r.Nodes) == 0 {
		return "The run ended before the nodes could be compared."
	}
	if text := disagreement(r.Nodes); text != "" {
		return "The nodes do not agree: " + text + "."
	}
	return fmt.Sprintf("All %d nodes agree: they are at one height with one AppHash. Nodes that were down had been started again for that.", len(r.Nodes))
}

func (r Result) endTable() table {
	t := table{Head: []string{"node", "height", "AppHash", "region", "error"}}
	for i, n := range r.Nodes {
		region := ""
		if i < len(r.Conditions.Regions) {
			region = r.Conditions.Regions[i]
		}
		t.Rows = append(t.Rows, []string{n.Name, chart.Count(n.Height), n.AppHash, region, n.Error})
	}
	return t
}

func (r Result) validatorTable() table {
	t := table{Caption: "Changes of who votes, as they were first seen", Head: []string{"node", "at", "status", "power"}}
	for _, v := range r.Validators {
		t.Rows = append(t.Rows, []string{v.Node, formatS(v.AtS), v.Status, chart.Count(v.Power)})
	}
	return t
}

// maxViolationRows bounds the violations on the page; result.json has all.
const maxViolationRows = 100

func (r Result) historyTables() []table {
	t := table{Caption: "Violations", Head: []string{"rule", "node", "block", "transaction", "what was found"}}
	for i, v := range r.Violations {
		if i == maxViolationRows {
			t.Rows = append(t.Rows, []string{fmt.Sprintf("and %d more", len(r.Violations)-i), "", "", "", ""})
			break
		}
		t.Rows = append(t.Rows, []string{v.Rule, v.Node, chart.Count(v.Height), abbreviated(v.Tx), v.Text})
	}
	if r.Checked == nil {
		return []table{{Rows: [][]string{{"verdict", "not checked"}}}, t}
	}
	c := r.Checked
	verdict := table{Head: []string{"checked", ""}, Rows: [][]string{
		{"verdict", passedText(len(r.Violations) == 0)},
		{"nodes", integer(c.Nodes)}, {"blocks", fmt.Sprintf("%d to %d", c.First, c.Last)}, {"transactions in them", integer(c.Txs)},
		{"of those, from outside the load", integer(c.Outside)}, {"submissions", integer(c.Submissions)}, {"told final", integer(c.Final)}, {"told expired", integer(c.Expired)},
		{"accounts", integer(c.Accounts)}, {"of those, with stake: only their nonce is replayed", integer(c.Opaque)},
	}}
	if len(r.Violations) == 0 {
		return []table{verdict}
	}
	return []table{verdict, t}
}

func (r Result) conditionTable() table {
	c := r.Conditions
	links := "direct"
	if c.Links {
		links = "through proxies"
	}
	return table{Head: []string{"condition", "value"}, Rows: [][]string{
		{"started", r.Started.UTC().Format("2 January 2006, 15:04:05 UTC")}, {"took", chart.Duration(r.TookS * 1000)},
		{"chain", c.ChainID}, {"backend", c.Backend}, {"validators", integer(c.Validators)}, {"observers", integer(c.Observers)}, {"profile", orNone(c.Profile)},
		{"regions", orNone(strings.Join(c.Regions, ", "))}, {"links between nodes", links},
		{"arrivals", orNone(c.Arrivals)}, {"seed", fmt.Sprint(c.Seed)}, {"duration", shortMS(c.DurationS * 1000)}, {"warm-up", shortMS(c.WarmupS * 1000)},
		{"timeout", shortMS(c.TimeoutS * 1000)}, {"sending accounts", integer(c.Accounts)}, {"clock", c.Clock},
		{"program", strings.Join([]string{c.Version, c.Go, c.OS, count(c.Cores, "core")}, ", ")},
	}}
}
