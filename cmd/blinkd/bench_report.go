package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"blink/lab"

	"github.com/spf13/cobra"
)

func newBenchReportCmd(env *environment) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "report FILE.json --out DIR",
		Short: "Draw the page and the pictures of a report again",
		Long: `Draw the page and the pictures of a report again: report.html, which stands alone, a PNG of every picture, and a copy
of the report itself as report.json.`,
		Example: "  blinkd bench report results/monday/report.json --out /tmp/monday",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if out == "" {
				return usageError{fmt.Errorf("--out must name the folder to write to")}
			}
			report, err := lab.ReadReport(args[0])
			if err != nil {
				return usageError{err}
			}
			if err := lab.WritePage(out, report); err != nil {
				return err
			}
			if err := copyReport(args[0], filepath.Join(out, "report.json")); err != nil {
				return err
			}
			page := filepath.Join(out, "report.html")
			return env.print(func(w io.Writer) { fmt.Fprintln(w, page) }, map[string]string{"page": page})
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "`DIR` to write to")
	return cmd
}

// copyReport copies a report unless it is there already.
func copyReport(from, to string) error {
	a, err := os.Stat(from)
	if err != nil {
		return err
	}
	if b, err := os.Stat(to); err == nil && os.SameFile(a, b) {
		return nil
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}
