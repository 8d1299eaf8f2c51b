package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"blink/finality"
	"blink/lab"
)

// bench runs the benchmark and prints its report, also of a run that Ctrl-C ended early.
func (env *environment) bench(f *benchFlags) error {
	if err := f.makeOut(); err != nil {
		return err
	}
	if err := f.makeVerifier(env); err != nil {
		return err
	}
	progress, done := env.benchProgress(f.soak > 0)
	f.cfg.Progress = progress
	report, err := lab.Bench(env.ctx, f.cfg)
	done()
	if err != nil {
		return env.explain(err)
	}
	written := f.writeOut(report)
	var chart []lab.Published
	for _, e := range finality.PublishedTTF() {
		chart = append(chart, lab.Published{Name: e.Name, Seconds: e.Seconds})
	}
	printed := env.print(func(w io.Writer) {
		report.WriteText(w, finality.ComparisonTitle, finality.ComparisonSource, chart)
	}, report)
	if s := report.Receipts; s != nil && s.Lie {
		return errors.Join(hint{errors.New("LIE: a node said that a transaction is final, and its proof says otherwise"),
			"the report names the transaction and the node; keep its data folder"}, written, printed)
	}
	return errors.Join(written, printed)
}

// reportFile is the name of the report in the folder that --out names.
const reportFile = "report.json"

// makeOut makes the folder of --out, before anything is measured.
func (f *benchFlags) makeOut() error {
	if f.out == "" {
		return nil
	}
	if _, err := os.Stat(filepath.Join(f.out, reportFile)); !errors.Is(err, fs.ErrNotExist) {
		return usageError{fmt.Errorf("--out %s holds a report: name another folder, or move it away", f.out)}
	}
	if err := os.MkdirAll(f.out, 0o755); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	probe, err := os.CreateTemp(f.out, ".writable-*")
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// writeOut writes the report to the folder of --out.
func (f *benchFlags) writeOut(r lab.Report) error {
	if f.out == "" {
		return nil
	}
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(f.out, reportFile), append(text, '\n'), 0o644); err != nil {
		return err
	}
	return lab.WritePage(f.out, r)
}
