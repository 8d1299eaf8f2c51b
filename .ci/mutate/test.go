package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// rounds are the runs of the test binary that a mutant must survive: the transcripts first, because they kill most, and
// fast. The random tests have a fixed seed, so that a result can be repeated.
var rounds = [][]string{
	{"-test.run=^TestTranscripts$"},
	{"-test.skip=^TestTranscripts$", "-test.short", "-rapid.seed=1", "-rapid.checks=100", "-rapid.shrinktime=0s", "-rapid.nofailfile"},
}

// memory is the most address space of one run, in KiB: a mutant may make a loop that never ends fill lists.
const memory = 8 << 20

// A verdict is what became of a mutant.
type verdict int

const (
	survived verdict = iota
	killed           // a test failed, or a check of the code itself panicked
	endless          // killed, because the tests did not end
)

// test runs the tests against each mutant and returns the verdicts by id. Without a mutant they must pass.
func test(binary string, mutants []mutant, workers int) (map[int]verdict, error) {
	limits := make([]time.Duration, len(rounds))
	for i, args := range rounds {
		start := time.Now()
		v, out, err := try(binary, 0, 10*time.Minute, args)
		if err != nil || v != survived {
			return nil, fmt.Errorf("the tests fail without any mutant: %v\n%s", err, out)
		}
		limits[i] = max(10*time.Second, 10*time.Since(start)) // a mutant that takes longer does not end
	}
	verdicts := make(map[int]verdict)
	var failure error
	var mu sync.Mutex
	var wait sync.WaitGroup
	next := make(chan mutant)
	for range workers {
		wait.Go(func() {
			for m := range next {
				v, err := judge(binary, m.id, limits)
				mu.Lock()
				verdicts[m.id], failure = v, errors.Join(failure, err)
				if len(verdicts)%100 == 0 {
					fmt.Fprintf(os.Stderr, "mutate: %d of %d tested\n", len(verdicts), len(mutants))
				}
				mu.Unlock()
			}
		})
	}
	for _, m := range mutants {
		next <- m
	}
	close(next)
	wait.Wait()
	return verdicts, failure
}

// judge runs the rounds until one kills the mutant.
func judge(binary string, id int, limits []time.Duration) (verdict, error) {
	for i, args := range rounds {
		if v, _, err := try(binary, id, limits[i], args); v != survived || err != nil {
			return v, err
		}
	}
	return survived, nil
}

// try runs the tests once, beside the copy of testdata that build made, and with temporary files of their own.
func try(binary string, id int, limit time.Duration, args []string) (_ verdict, output string, _ error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	scratch, err := os.MkdirTemp(filepath.Dir(binary), "run")
	if err != nil {
		return survived, "", err
	}
	defer os.RemoveAll(scratch)
	script := fmt.Sprintf(`ulimit -v %d; exec "$0" "$@"`, memory)
	cmd := exec.CommandContext(ctx, "sh", append([]string{"-c", script, binary, "-test.failfast"}, args...)...)
	cmd.Dir = filepath.Dir(binary)
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", variable, id), "TMPDIR="+scratch)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return survived, "", nil
	case ctx.Err() != nil:
		return endless, "the time limit", nil
	case errors.As(err, &exit):
		return killed, fmt.Sprintf("%v\n%s", err, out), nil
	}
	return survived, "", err
}
