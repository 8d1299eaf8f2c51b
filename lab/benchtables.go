package lab

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"blink/lab/chart"
)

func (r Report) blockTables() []table {
	b := r.Blocks
	n := b.TxsPerBlock
	sizes := table{Caption: "Transactions per block, others' too", Head: []string{"", "blocks", "min", "mean", "p50", "p90", "p99", "max"},
		Rows: [][]string{{"per block", integer(b.Count), integer(n.Min), number(n.Mean), integer(n.P50), integer(n.P90), integer(n.P99), integer(n.Max)}}}
	if b.Missing > 0 {
		sizes.Caption += fmt.Sprintf("; %s could not be had after the load", count(b.Missing, "block"))
	}
	rounds := table{Caption: "Rounds: 0 is a block whose first proposer was heard", Head: []string{"round", "blocks"}}
	for _, round := range sortedKeys(b.Rounds) {
		rounds.Rows = append(rounds.Rows, []string{round, integer(b.Rounds[round])})
	}
	proposers := table{Caption: "Proposers, and the times of the transactions in their blocks", Head: []string{"proposer", "blocks", "transactions", "p50", "p99"}}
	for _, p := range b.Proposers {
		proposers.Rows = append(proposers.Rows, []string{p.Proposer, integer(p.Blocks), integer(p.Txs), duration(p.P50), duration(p.P99)})
	}
	return []table{sizes, rounds, proposers}
}

// sortedKeys orders shorter keys first, so that "10" comes after "9".
func sortedKeys(m map[string]int) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		if len(keys[i]) != len(keys[j]) {
			return len(keys[i]) < len(keys[j])
		}
		return keys[i] < keys[j]
	})
	return keys
}

func (r Report) slowestTable() table {
	t := table{Caption: "Slowest first", Head: []string{"transaction", "sent at", "time", "late", "status", "node", "block", "place", "round", "proposer", "stages"}, Folded: len(r.Slowest) > 10}
	if t.Folded {
		t.Caption = fmt.Sprintf("The %d slowest", len(r.Slowest))
	}
	for _, s := range r.Slowest {
		block, place, round := "-", "-", "-"
		if s.Height > 0 {
			block, place, round = chart.Count(s.Height), fmt.Sprintf("%d of %d", s.Index+1, s.BlockTxs), integer(int(s.Round))
		}
		t.Rows = append(t.Rows, []string{abbreviated(s.ID.String()), number(s.T) + " s", duration(s.TTF), chart.Duration(s.SendLate), s.Status, r.nodeName(s.Node), block, place, round, abbreviated(s.Proposer), stagesText(s.Stages)})
	}
	return t
}

// nodeName is what the node calls itself, or its address.
func (r Report) nodeName(i int) string {
	if i < 0 || i >= len(r.Conditions.Nodes) {
		return "-"
	}
	if n := r.Conditions.Nodes[i]; n.Moniker != "" {
		return n.Moniker
	}
	return r.Conditions.Nodes[i].URL
}

func abbreviated(hex string) string {
	if len(hex) > 12 {
		return hex[:12] + "…"
	}
	return hex
}

func stagesText(stages map[string]float64) string {
	names := make([]string, 0, len(stages))
	for name := range stages {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool {
		if stages[names[i]] != stages[names[j]] {
			return stages[names[i]] < stages[names[j]]
		}
		return names[i] < names[j]
	})
	for i, name := range names {
		names[i] = name + " " + chart.Duration(stages[name])
	}
	return strings.Join(names, ", ")
}

// outcomes is what became of the transactions, as a run of the laboratory tells it.
func (r Report) outcomes() LoadResult {
	return LoadResult{Sent: r.Sent, Final: r.Final, Rejected: r.Rejected, RejectedCodes: r.RejectedCodes, Expired: r.Expired, Unknown: r.Unknown}
}

// outcomeTable says what became of the transactions of l, whose clients waited for timeoutS seconds.
func outcomeTable(l LoadResult, timeoutS float64) table {
	t := table{Caption: "Every transaction that was sent", Head: []string{"outcome", "transactions", "meaning"}, Rows: [][]string{
		{"sent", integer(l.Sent), "of the measured part of the load"},
		{"final", integer(l.Final), "in a block, with effect"},
		{"rejected", integer(l.Rejected), "refused, or in a block without effect"},
		{"expired", integer(l.Expired), "will never be in a block"},
		{"unknown", integer(l.Unknown), "no answer within " + shortMS(timeoutS*1000)},
	}}
	for _, code := range sortedKeys(l.RejectedCodes) {
		t.Rows = append(t.Rows, []string{"rejected as " + code, integer(l.RejectedCodes[code]), ""})
	}
	return t
}

func (r Report) receiptTable() table {
	t := table{Caption: "Receipts fetched from another node than the one that said “final”, and verified offline", Head: []string{"receipts", ""}}
	if r.Receipts == nil {
		t.Rows = [][]string{{"sampled", "none"}}
		return t
	}
	t.Rows = [][]string{{"sampled", integer(r.Receipts.Sampled)}, {"verified", integer(r.Receipts.Verified)}}
	for _, p := range r.Receipts.Problems {
		t.Rows = append(t.Rows, []string{"problem", p})
	}
	return t
}

func (r Report) clientTable() table {
	c, p := r.Client, r.Probes
	t := table{Head: []string{"", "value"}, Rows: [][]string{
		{"CPU time per transaction", chart.Duration(c.CPUPerTx / 1000)},
		{"share of one core", shareText(c.CPUShare * 100)},
		{"signed before the load", integer(c.SignedAhead)},
		{"signed while it ran", integer(c.SignedDuring)},
		{"signatures per second it can make", number(c.SignPerS)},
		{"sends per second it can schedule", number(c.MaxSendPerS)},
		{"one signature", chart.Duration(p.Sign / 1000)},
		{"one verification", chart.Duration(p.Verify / 1000)},
		{"processor", p.CPU}, {"cores", integer(p.Cores)}, {"system", p.OS},
	}}
	if p.Fsync != nil {
		t.Rows = append(t.Rows, []string{"write and fsync of 200 bytes", fmt.Sprintf("p50 %s, p99 %s, n = %d", chart.Duration(p.Fsync.P50), chart.Duration(p.Fsync.P99), p.Fsync.N)})
	}
	return t
}

func (r Report) conditionTable() table {
	c := r.Conditions
	rows := [][]string{
		{"chain", c.ChainID}, {"validators", integer(c.Validators)}, {"loop", c.Loop}, {"arrivals", orNone(string(c.Arrivals))}, {"seed", fmt.Sprint(c.Seed)},
		{"load", planText(r)}, {"warm-up", fmt.Sprintf("%s, %s, counted nowhere", shortMS(c.WarmupS*1000), count(c.WarmupSent, "transaction"))},
		{"timeout", shortMS(c.TimeoutS * 1000)}, {"sending accounts", integer(c.Accounts)}, {"clock", c.Clock},
		{"client", strings.Join([]string{c.Client.Version, c.Client.Go, c.Client.OS, count(c.Client.Cores, "core")}, ", ")},
	}
	if c.Loop == LoopClosed {
		rows = append(rows, []string{"clients", integer(c.Clients)})
	}
	if len(c.Command) > 0 {
		rows = append(rows, []string{"command", strings.Join(c.Command, " ")})
	}
	return table{Caption: "The load", Head: []string{"condition", "value"}, Rows: rows}
}

func (r Report) nodeTable() table {
	t := table{Caption: "The nodes that the load went to", Head: []string{"address", "moniker", "version", "height before", "configuration", "timeouts", "error"}}
	for _, n := range r.Conditions.Nodes {
		t.Rows = append(t.Rows, []string{n.URL, n.Moniker, n.Version, chart.Count(n.Height), abbreviated(n.ConfigDigest), timeoutsText(n), n.Error})
	}
	return t
}

// nodeViewTable is what the nodes say by their own clocks.
func (r Report) nodeViewTable() table {
	t := table{Caption: "By the nodes' own clocks, from a transaction's arrival, warm-up included; stages: median of each step", Head: []string{"node", "transactions", "p50", "p99", "stages"}}
	for _, v := range r.Nodes {
		var n nodeTTF
		switch {
		case v.Error != "":
			t.Rows = append(t.Rows, []string{v.URL, "-", "-", "-", v.Error})
		case json.Unmarshal(v.Finality, &n) != nil || n.TTF.Count == 0:
			t.Rows = append(t.Rows, []string{v.URL, "0", "-", "-", ""})
		default:
			stages := make([]string, 0, len(n.Stages))
			for _, s := range n.Stages {
				stages = append(stages, s.Stage+" "+chart.Duration(s.P50))
			}
			t.Rows = append(t.Rows, []string{v.URL, chart.Count(n.TTF.Count), chart.Duration(n.TTF.P50), chart.Duration(n.TTF.P99), strings.Join(stages, ", ")})
		}
	}
	return t
}
