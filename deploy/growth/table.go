package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// nouns are what the first column of each series counts.
var nouns = map[string]string{"height": "height", "accounts": "accounts", "history": "transactions", "validators": "validators"}

// writeTable prints the rows of a series for people; nothing if there are none.
func writeTable(w io.Writer, series string, rows []Row) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n%s\n\n", series, rows[0].Conditions)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "%s\tload\tn\tfinal\tp50 ms\tto first\tto fresh\tp99 ms\tto first\tto fresh\tfinal/s\tto first\tat height\tstart s\tMB now\tMB peak\tMB disk\tfsync ms\tsign us\t\n", nouns[series])
	for _, r := range rows {
		fmt.Fprintf(t, "%d\t%s\t%d\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%.1f\t%s\t%d\t%.1f\t%.0f\t%.0f\t%.0f\t%.2f\t%.0f\t\n",
			r.At, r.Load, r.N, r.Final,
			milliseconds(r.P50, slices.Contains(r.AtLeast, "p50")), times(r.ToFirst.P50), times(r.ToFresh.P50),
			milliseconds(r.P99, slices.Contains(r.AtLeast, "p99")), times(r.ToFirst.P99), times(r.ToFresh.P99),
			r.FinalPerS, times(r.ToFirst.FinalPerS), r.Height, r.StartS, r.MemoryMB, r.PeakMB, r.DiskMB, r.FsyncMS, r.SignUS)
	}
	_ = t.Flush()
}

// milliseconds is "-" for a time that the number of transactions cannot support.
func milliseconds(ms *float64, atLeast bool) string {
	switch {
	case ms == nil:
		return "-"
	case atLeast:
		return fmt.Sprintf(">%.0f", *ms)
	case *ms >= 100:
		return fmt.Sprintf("%.0f", *ms)
	}
	return fmt.Sprintf("%.1f", *ms)
}

func times(ratio *float64) string {
	if ratio == nil {
		return "-"
	}
	return fmt.Sprintf("%.2f", *ratio)
}
