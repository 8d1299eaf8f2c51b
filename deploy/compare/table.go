package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// writeTable prints the comparison for people.
func writeTable(w io.Writer, r report) {
	c := r.Conditions
	fmt.Fprintf(w, "\n%s, %d cores of %s, Linux %s, fsync %.2f ms, CometBFT %s, etcd %s\n",
		c.Started.Format("2006-01-02 15:04 MST"), c.Cores, c.CPU, c.Kernel, c.FsyncMS, c.Versions["cometbft"], c.Versions["etcd"])
	fmt.Fprintf(w, "open loop, Poisson, %g per second for %s, seed %d; milliseconds from the intended send time to the answer\n\n", r.Rate, r.Duration, r.Seed)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "p50\tp90\tp99\tmax\tn\tfailed\tsend late p99\tcommitted/s\tothers\t  server")
	for _, row := range r.Results {
		l, rate := row.Latency, "-"
		if row.Throughput != nil {
			rate = fmt.Sprintf("%.0f", row.Throughput.PerSecond)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%d\t%s\t%s\t%d%%\t  %s\n", l.P50, l.P90, l.P99, l.Max, l.N, l.Failed, l.Lateness, rate, row.Machine.OthersPercent, row.Server)
	}
	_ = t.Flush()
	fmt.Fprintln(w)
	for _, row := range r.Results {
		fmt.Fprintf(w, "%s: %s", row.Server, row.About)
		if row.Throughput != nil {
			fmt.Fprintf(w, "; throughput by %s", row.Throughput.How)
		}
		fmt.Fprintf(w, "; load average before %s\n", row.Machine.LoadBefore)
		if row.Error != "" {
			fmt.Fprintf(w, "    %s\n", row.Error)
		}
	}
}

// String is "-" for a quantile that the number of values does not support.
func (q *quantile) String() string {
	if q == nil {
		return "-"
	}
	s := fmt.Sprintf("%.1f", q.MS)
	if q.MS >= 100 {
		s = fmt.Sprintf("%.0f", q.MS)
	}
	if q.AtLeast {
		return ">" + s
	}
	return s
}
