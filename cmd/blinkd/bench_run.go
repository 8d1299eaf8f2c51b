package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"blink/finality"
	"blink/lab"
)

// bench runs the benchmark and prints its report, also of a run that Ctrl-C ended early.
func (env *environment) bench(f *benchFlags) error {
	if err := f.makeFolders(); err != nil {
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

// summaryFile is written to the folder that --profile names when the profiles are read.
const summaryFile = "summary.txt"

// makeFolders makes the folders of --out and --profile, before anything is measured.
func (f *benchFlags) makeFolders() error {
	return errors.Join(
		makeFolder("--out", f.out, reportFile, "a report"),
		makeFolder("--profile", f.cfg.Profile, summaryFile, "profiles"))
}

// makeFolder makes a folder that can be written to and holds nothing yet of what it is for, as the file tells.
func makeFolder(flag, dir, file, what string) error {
	if dir == "" {
		return nil
	}
	if _, err := os.Stat(filepath.Join(dir, file)); err == nil {
		return usageError{fmt.Errorf("%s %s holds %s: name another folder, or move it away", flag, dir, what)}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("%s: %w", flag, err)
	}
	probe, err := os.CreateTemp(dir, ".writable-*")
	if err != nil {
		return fmt.Errorf("%s: %w", flag, err)
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
