package lab

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
)

// maxProfileColumns is how many nodes fit into a line; of more, only the sum is shown.
const maxProfileColumns = 6

// topFunctions is how many functions of a hot path the summary lists.
const topFunctions = 10

// writeProfiles prints where the nodes spent CPU time.
func (r Report) writeProfiles(w io.Writer) {
	p := r.Profiles
	if p == nil {
		return
	}
	fmt.Fprint(w, "\nWhere the CPU time goes, by profiles of the nodes\n")
	if p.taken() > 0 {
		p.writeTable(w, len(p.Nodes) <= maxProfileColumns)
	}
	for _, err := range p.Errors {
		fmt.Fprintf(w, "  missing: %s\n", err)
	}
	fmt.Fprintf(w, "  To profile costs CPU time itself. Files, with a summary and flame graphs: %s\n", p.Folder)
}

// writeTable prints the shares of the hot paths in the CPU time of all nodes and, with each, of every node.
func (p *Profiles) writeTable(w io.Writer, each bool) {
	columns := []NodeProfile{p.all()}
	if each && len(p.Nodes) > 1 {
		columns = append(slices.Clone(p.Nodes), columns...)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(name, format string, of func(NodeProfile) float64) {
		fmt.Fprintf(t, "  %-20s", name) // of one width, to be on the left
		for _, n := range columns {
			if n.ForS == 0 {
				fmt.Fprint(t, "\t-")
				continue
			}
			fmt.Fprintf(t, "\t"+format, of(n))
		}
		fmt.Fprintln(t, "\t")
	}
	fmt.Fprintf(t, "  %-20s", "")
	for _, n := range columns {
		fmt.Fprint(t, "\t"+n.Name)
	}
	fmt.Fprintln(t, "\t")
	row("CPU time", "%.2f s", func(n NodeProfile) float64 { return n.CPUS })
	row("of one core", "%.1f %%", func(n NodeProfile) float64 { return 100 * n.CPUS / n.ForS })
	for path := range hotPaths {
		row(path.String(), "%.1f %%", func(n NodeProfile) float64 { return 100 * n.Shares[path.Key()] })
	}
	_ = t.Flush()
}

// all is the sum of all nodes.
func (p *Profiles) all() NodeProfile {
	sum := NodeProfile{Name: "all", Shares: map[string]float64{}}
	for _, n := range p.Nodes {
		sum.CPUS += n.CPUS
		sum.MutexS += n.MutexS
		sum.ForS = max(sum.ForS, n.ForS)
	}
	for _, n := range p.Nodes {
		for path, share := range n.Shares {
			sum.Shares[path] += share * n.CPUS / max(sum.CPUS, 1e-9)
		}
	}
	return sum
}

// writeSummary prints all that the profiles say in a few pages.
func (p *Profiles) writeSummary(w io.Writer, b *breakdown) {
	fmt.Fprintf(w, "Where the CPU time goes, by profiles of %s over %.1f s\n\n", count(p.taken(), "node"), p.all().ForS)
	p.writeTable(w, true)
	for _, err := range p.Errors {
		fmt.Fprintf(w, "missing: %s\n", err)
	}
	fmt.Fprint(w, "\nA sample belongs to the innermost function that is of a hot path: what is spent on a transaction's signature counts as\n"+
		"tx verification, whoever asked for it. Below, the functions that decided, with what they call; of the rest, what each\ngoroutine runs. Shares are of all CPU time.\n")
	total := b.flame.value
	for path := range hotPaths {
		fmt.Fprintf(w, "\n%s: %.1f %%\n", path, share(sumOf(b.cpu[path]), total))
		writeTop(w, b.cpu[path], total)
	}
	fmt.Fprintf(w, "\nwaiting for mutexes: %.3f s, of all goroutines together; by who held the mutex\n", p.all().MutexS)
	writeTop(w, b.mutex, sumOf(b.mutex))
	fmt.Fprint(w, "\nfiles:\n  flame.svg           all CPU time by calls; a browser shows the time of the call under the pointer\n"+
		"  flame_*.svg         likewise, one hot path alone\n")
	for _, n := range p.Nodes {
		if n.ForS > 0 {
			fmt.Fprintf(w, "  %-18s  go tool pprof -http : FILE    %s\n", n.Name+"."+cpuFile, n.URL)
		}
	}
	fmt.Fprintf(w, "  %-18s  likewise: who made others wait for a mutex\n", "*."+mutexFile)
	fmt.Fprintf(w, "  %-18s  go tool trace FILE: what each goroutine did in %d s, and how long it waited for its turn\n", "*."+traceFile, traceFor)
}

// writeTop prints the functions with the greatest part of a total.
func writeTop(w io.Writer, of map[string]int64, total int64) {
	names := slices.SortedFunc(maps.Keys(of), func(a, b string) int {
		return cmp.Or(cmp.Compare(of[b], of[a]), cmp.Compare(a, b))
	})
	for _, name := range names[:min(topFunctions, len(names))] {
		fmt.Fprintf(w, "  %5.1f %%  %s\n", share(of[name], total), name)
	}
}

func sumOf(of map[string]int64) int64 {
	sum := int64(0)
	for _, v := range of {
		sum += v
	}
	return sum
}

// share is a part of a total in percent.
func share(part, total int64) float64 { return 100 * float64(part) / float64(max(total, 1)) }
