package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// settings of all runs. The random tests have a fixed seed, so that a result can be repeated.
var settings = []string{"-test.short", "-test.failfast", "-rapid.seed=1", "-rapid.checks=100", "-rapid.shrinktime=0s", "-rapid.nofailfile"}

// memory is the most address space of one run, in KiB: a mutant may make a loop that never ends fill lists.
const memory = 8 << 20

// leftOut are tests that take long and are about export and import only, which are not mutated.
var leftOut = []string{"TestAnExportedChainGoesOnTheSame", "TestAnExportedChainGoesOnForLong"}

// A verdict is what became of a mutant.
type verdict int

const (
	survived verdict = iota
	killed           // a test failed, or a check of the code itself panicked
	endless          // killed, because the tests did not end
)

// A judge is one test that can be run by itself: a transcript, or a test function.
type judge struct {
	name       string
	transcript bool
	reaches    map[int]bool // the mutants that it runs into
	takes      time.Duration
}

// test runs against each mutant the tests that reach it, and returns the verdicts by id. Without a mutant all must pass.
func test(ctx context.Context, binary string, mutants []mutant, workers int) (map[int]verdict, error) {
	judges, err := findJudges(ctx, binary)
	if err != nil {
		return nil, err
	}
	if err := each(workers, judges, func(j *judge) error { return j.measure(ctx, binary) }); err != nil {
		return nil, err
	}
	verdicts := make(map[int]verdict)
	var mu sync.Mutex
	err = each(workers, mutants, func(m mutant) error {
		v, err := try(ctx, binary, m.id, judges)
		mu.Lock()
		defer mu.Unlock()
		verdicts[m.id] = v
		if v == survived && err == nil {
			fmt.Fprintln(os.Stderr, "mutate: survived", m)
		}
		if len(verdicts)%100 == 0 {
			fmt.Fprintf(os.Stderr, "mutate: %d of %d tested\n", len(verdicts), len(mutants))
		}
		return err
	})
	return verdicts, err
}

// each runs fn on all items, some at a time, until one fails.
func each[T any](workers int, items []T, fn func(T) error) error {
	var failures error
	var mu sync.Mutex
	var wait sync.WaitGroup
	next := make(chan T)
	for range workers {
		wait.Go(func() {
			for item := range next {
				mu.Lock()
				stop := failures != nil
				mu.Unlock()
				if stop {
					continue
				}
				err := fn(item)
				mu.Lock()
				failures = errors.Join(failures, err)
				mu.Unlock()
			}
		})
	}
	for _, item := range items {
		next <- item
	}
	close(next)
	wait.Wait()
	return failures
}

// findJudges lists the tests of the binary.
func findJudges(ctx context.Context, binary string) ([]*judge, error) {
	cmd := exec.CommandContext(ctx, binary, "-test.list", "^Test")
	cmd.Dir = filepath.Dir(binary)
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var all []*judge
	for _, name := range strings.Fields(string(out)) {
		if name != "TestTranscripts" && !slices.Contains(leftOut, name) {
			all = append(all, &judge{name: name})
		}
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(binary), "testdata", "*.txt"))
	for _, file := range files {
		all = append(all, &judge{name: strings.TrimSuffix(filepath.Base(file), ".txt"), transcript: true})
	}
	return all, err
}

// measure runs a test without a mutant, and notes what it reaches.
func (j *judge) measure(ctx context.Context, binary string) error {
	start := time.Now()
	v, out, reached, err := execute(ctx, binary, 0, 10*time.Minute, []*judge{j})
	if err != nil || v != survived {
		return fmt.Errorf("%s fails without any mutant: %v\n%s", j.name, err, out)
	}
	j.takes = time.Since(start)
	j.reaches = reached
	return nil
}

// try runs first the transcripts, which kill most, then the other tests.
func try(ctx context.Context, binary string, id int, judges []*judge) (verdict, error) {
	for _, transcripts := range []bool{true, false} {
		var chosen []*judge
		limit := time.Duration(0)
		for _, j := range judges {
			if j.transcript == transcripts && j.reaches[id] {
				chosen = append(chosen, j)
				limit += 3 * j.takes // a mutant that takes longer does not end
			}
		}
		if len(chosen) == 0 {
			continue
		}
		if v, _, _, err := execute(ctx, binary, id, max(limit, 10*time.Second), chosen); v != survived || err != nil {
			return v, err
		}
	}
	return survived, nil
}

// execute runs tests of one sort in one process, beside the copy of testdata that build made, and with temporary files of
// their own. It returns what they printed and which mutants they reached.
func execute(ctx context.Context, binary string, id int, limit time.Duration, judges []*judge) (_ verdict, output string, _ map[int]bool, _ error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	scratch, err := os.MkdirTemp(filepath.Dir(binary), "run")
	if err != nil {
		return survived, "", nil, err
	}
	defer os.RemoveAll(scratch)
	names := make([]string, len(judges))
	for i, j := range judges {
		names[i] = regexp.QuoteMeta(j.name)
	}
	pattern := "^(" + strings.Join(names, "|") + ")$"
	if judges[0].transcript {
		pattern = "^TestTranscripts$/" + pattern
	}
	script := fmt.Sprintf(`ulimit -v %d; exec "$0" "$@"`, memory)
	cmd := exec.CommandContext(ctx, "sh", append([]string{"-c", script, binary, "-test.run", pattern}, settings...)...)
	cmd.Dir = filepath.Dir(binary)
	cmd.Env = append(os.Environ(), "TMPDIR="+scratch)
	list := filepath.Join(scratch, "reached")
	if id != 0 {
		cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%d", variable, id))
	} else {
		cmd.Env = append(cmd.Env, listVariable+"="+list)
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil && id != 0:
		return survived, string(out), nil, nil
	case err == nil:
		reached, err := readReached(list)
		return survived, string(out), reached, err
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return endless, "the time limit", nil, nil
	case ctx.Err() == nil && errors.As(err, &exit):
		return killed, string(out), nil, nil
	}
	return survived, string(out), nil, err
}

// readReached reads the list of mutants that a run without one has written; none if there is no list.
func readReached(path string) (map[int]bool, error) {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	reached := make(map[int]bool)
	for line := range bytes.Lines(text) {
		id, err := strconv.Atoi(string(bytes.TrimSpace(line)))
		if err != nil {
			return nil, err
		}
		reached[id] = true
	}
	return reached, nil
}
