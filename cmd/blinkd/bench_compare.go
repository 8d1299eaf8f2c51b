package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"blink/lab"

	"github.com/spf13/cobra"
)

func newBenchCompareCmd(env *environment) *cobra.Command {
	tolerance, cfg := "5%", lab.CompareConfig{Seed: 1}
	cmd := &cobra.Command{
		Use:   "compare A.json B.json",
		Short: "Tell whether B is slower than A, beyond chance",
		Long: `Tell whether B is slower than A, beyond chance: p50 and p99 of time to finality, and throughput, each with its 95 %
interval, and so their difference and ratio.

The intervals come from a bootstrap over the reports' own histograms and series. Transactions that never became final
count as slower than any that did. That transactions of the same seconds share their fate is estimated and allowed for.
What is not in the two files cannot be: that the machine was busier on another day. Compare more than one pair.

Conditions in which the runs differ are listed: the difference may be theirs.

Exit status 0: B is not slower. 1: in at least one measure the whole interval of the ratio is slower than the tolerance
allows. 2: wrong usage, or a file that is no report.`,
		Example: "  blinkd bench compare before.json after.json --tolerance 5%",
		Args:    cobra.ExactArgs(2),
	}
	cmd.Flags().StringVar(&tolerance, "tolerance", tolerance, "by how much B may be slower and still pass: `PERCENT`")
	cmd.Flags().Uint64Var(&cfg.Seed, "seed", cfg.Seed, "`NUMBER` that the bootstrap's draws follow from")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		var err error
		if cfg.Tolerance, err = parseTolerance(tolerance); err != nil {
			return usageError{fmt.Errorf("--tolerance %w", err)}
		}
		return env.benchCompare(args[0], args[1], cfg)
	}
	return cmd
}

func (env *environment) benchCompare(fileA, fileB string, cfg lab.CompareConfig) error {
	a, err := lab.ReadReport(fileA)
	if err != nil {
		return usageError{err}
	}
	b, err := lab.ReadReport(fileB)
	if err != nil {
		return usageError{err}
	}
	comparison, err := lab.Compare(a, b, cfg)
	if err != nil {
		return usageError{err}
	}
	err = env.print(func(w io.Writer) {
		var text strings.Builder
		comparison.WriteText(&text)
		fmt.Fprint(w, visible(text.String()))
	}, comparison)
	if err == nil && comparison.Slower {
		err = errors.New(strings.TrimSuffix(comparison.Conclusion(), "."))
	}
	return err
}

// parseTolerance reads "5%", "0.5 %" or "5" as a share.
func parseTolerance(s string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "%")), 64)
	if err != nil || !(v >= 0 && v <= 1000) {
		return 0, fmt.Errorf("must be from 0%% to 1000%%, was %q", s)
	}
	return v / 100, nil
}
