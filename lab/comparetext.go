package lab

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// WriteText prints the comparison for people.
func (c Comparison) WriteText(w io.Writer) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "\tsent\tfinal\trejected\texpired\tunknown\tstarted")
	for _, r := range []struct {
		name string
		ComparedRun
	}{{"A", c.A}, {"B", c.B}} {
		fmt.Fprintf(tw, "%s\t%d\t%d\t%d\t%d\t%d\t%s\n", r.name, r.Sent, r.Final, r.Rejected, r.Expired, r.Unknown, r.Started)
	}
	fmt.Fprintln(tw)
	fmt.Fprintln(tw, "\tA\tB\tB - A\tB / A\t")
	for _, m := range c.Measures {
		unit := " " + m.Unit
		if m.Unit == "per second" {
			unit = "/s"
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\n", m.Name, m.A.text(unit, ">timeout"), m.B.text(unit, ">timeout"), m.Difference.text(unit, "unknown"), m.Ratio.text("", "unknown"), m.Verdict)
		if m.Note != "" {
			fmt.Fprintf(tw, "\t%s\n", m.Note)
		}
	}
	_ = tw.Flush()
	fmt.Fprintf(w, "\nIn brackets: 95 %% intervals, bootstrap of %d draws, seed %d. They tell what chance within the two runs can do, not what\nanother day, another machine or a restart of the network would.\n", resamples, c.Seed)
	if len(c.Differences) > 0 {
		fmt.Fprint(w, "\nThe conditions differ: the difference may be theirs.\n")
		dw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, d := range c.Differences {
			fmt.Fprintf(dw, "  %s\tA %s\tB %s\n", d.What, d.A, d.B)
		}
		_ = dw.Flush()
	}
	for _, text := range c.Warnings {
		fmt.Fprintf(w, "warning: %s\n", text)
	}
	fmt.Fprintf(w, "\n%s\n", c.Conclusion())
}

// Conclusion is the verdict in one sentence.
func (c Comparison) Conclusion() string {
	tolerance := fmt.Sprintf("%.4g %%", c.Tolerance*100)
	if slower := c.measuresWith(VerdictSlower); len(slower) > 0 {
		return fmt.Sprintf("B is slower than A by more than %s in %s.", tolerance, strings.Join(slower, ", "))
	}
	end := "."
	if none := c.measuresWith(VerdictNone); len(none) == len(c.Measures) {
		return "Nothing could be compared."
	} else if len(none) > 0 {
		end = "; not compared: " + strings.Join(none, ", ") + "."
	}
	if faster := c.measuresWith(VerdictFaster); len(faster) > 0 {
		return fmt.Sprintf("B is not slower than A, and faster by more than %s in %s%s", tolerance, strings.Join(faster, ", "), end)
	}
	return fmt.Sprintf("B is not slower than A by more than %s and chance%s", tolerance, end)
}

func (c Comparison) measuresWith(verdict string) []string {
	var names []string
	for _, m := range c.Measures {
		if m.Verdict == verdict {
			names = append(names, m.Name)
		}
	}
	return names
}

// text writes "14.2 ms [13.9, 14.6]", and beyond for what is null.
func (e Estimate) text(unit, beyond string) string {
	if e == (Estimate{}) {
		return "-"
	}
	value := func(v *float64) string {
		if v == nil {
			return beyond
		}
		return fmt.Sprintf("%.4g", *v)
	}
	if e.Value == nil {
		unit = ""
	}
	return fmt.Sprintf("%s%s [%s, %s]", value(e.Value), unit, value(e.Low), value(e.High))
}
