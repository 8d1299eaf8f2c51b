package lab

import (
	"fmt"
	"sort"
	"strings"
)

// Difference is a condition in which two runs differ.
type Difference struct {
	What string `json:"what"`
	A    string `json:"a"`
	B    string `json:"b"`
}

// differences lists the conditions in which two reports differ. The seed is none: runs should differ in it.
func differences(a, b Report) []Difference {
	out := []Difference{}
	in := func(what string, of func(Report) string) {
		if va, vb := of(a), of(b); va != vb {
			out = append(out, Difference{what, va, vb})
		}
	}
	in("loop", func(r Report) string { return orNone(r.Conditions.Loop) })
	in("plan", planText)
	in("arrivals", func(r Report) string { return orNone(string(r.Conditions.Arrivals)) })
	in("clients", func(r Report) string { return fmt.Sprint(r.Conditions.Clients) })
	in("warm-up", func(r Report) string { return shortMS(r.Conditions.WarmupS * 1000) })
	in("timeout", func(r Report) string { return shortMS(r.Conditions.TimeoutS * 1000) })
	in("accounts", func(r Report) string { return fmt.Sprint(r.Conditions.Accounts) })
	in("validators", func(r Report) string { return fmt.Sprint(r.Conditions.Validators) })
	in("nodes addressed", func(r Report) string { return fmt.Sprint(len(r.Conditions.Nodes)) })
	in("where", func(r Report) string {
		if local(r.Conditions.Nodes) {
			return "nodes on the client's machine"
		}
		return "nodes elsewhere"
	})
	in("profiles", func(r Report) string {
		if r.Profiles != nil {
			return "taken, which costs CPU time"
		}
		return "not taken"
	})
	in("configuration digest", ofNodes(func(n BenchNode) string { return n.ConfigDigest }))
	in("consensus timeouts", ofNodes(timeoutsText))
	in("node version", ofNodes(func(n BenchNode) string { return n.Version }))
	in("client version", func(r Report) string { return orNone(r.Conditions.Client.Version) })
	in("Go", func(r Report) string { return orNone(r.Conditions.Client.Go) })
	in("system", func(r Report) string { return orNone(r.Conditions.Client.OS) })
	in("cores", func(r Report) string { return fmt.Sprint(r.Conditions.Client.Cores) })
	in("processor", func(r Report) string { return orNone(r.Probes.CPU) })
	in("clock", func(r Report) string { return orNone(r.Conditions.Clock) })
	return append(out, probeDifferences(a, b)...)
}

// probeDifferences lists the probes of the machine that differ by more than they do from run to run.
func probeDifferences(a, b Report) []Difference {
	var out []Difference
	far := func(what, unit string, va, vb, factor float64) {
		if va > 0 && vb > 0 && (va > factor*vb || vb > factor*va) {
			out = append(out, Difference{what, fmt.Sprintf("%.3g %s", va, unit), fmt.Sprintf("%.3g %s", vb, unit)})
		}
	}
	if a.Probes.Fsync != nil && b.Probes.Fsync != nil {
		far("fsync, p50", "ms", a.Probes.Fsync.P50, b.Probes.Fsync.P50, 2)
	}
	far("signature verification", "µs", a.Probes.Verify, b.Probes.Verify, 1.3)
	return out
}

// warningsOf is what makes one run a poor witness.
func warningsOf(name string, r Report) []string {
	out := []string{}
	if r.Conditions.Interrupted {
		out = append(out, name+" was interrupted: it is shorter than planned")
	}
	if r.Receipts != nil && r.Receipts.Lie {
		out = append(out, name+": a node acknowledged what its receipt does not prove")
	}
	if n := r.Sent - r.Final; n > 0 {
		out = append(out, fmt.Sprintf("%s: %d of %d transactions did not become final (%d rejected, %d expired, %d unknown)", name, n, r.Sent, r.Rejected, r.Expired, r.Unknown))
	}
	for _, w := range r.Warnings {
		out = append(out, name+": "+w)
	}
	return out
}

func planText(r Report) string {
	if r.Conditions.Loop == LoopClosed {
		return shortMS(r.Conditions.DurationS * 1000)
	}
	parts := []string{}
	for _, p := range r.Conditions.Plan {
		parts = append(parts, fmt.Sprintf("%.6g/s for %v", p.Rate, p.For))
	}
	if len(parts) > 6 {
		parts = append(parts[:6], fmt.Sprintf("%d more phases", len(parts)-6))
	}
	return orNone(strings.Join(parts, ", "))
}

func timeoutsText(n BenchNode) string {
	names := make([]string, 0, len(n.Timeouts))
	for name := range n.Timeouts {
		names = append(names, name)
	}
	sort.Strings(names)
	for i, name := range names {
		names[i] = name + " " + shortMS(n.Timeouts[name])
	}
	return strings.Join(names, " ")
}

// ofNodes gives what the nodes of a report say, each answer once.
func ofNodes(of func(BenchNode) string) func(Report) string {
	return func(r Report) string {
		seen := map[string]bool{}
		var all []string
		for _, n := range r.Conditions.Nodes {
			if v := of(n); v != "" && !seen[v] {
				seen[v] = true
				all = append(all, v)
			}
		}
		sort.Strings(all)
		return orNone(strings.Join(all, "; "))
	}
}

func orNone(s string) string {
	if s == "" {
		return "not known"
	}
	return s
}
