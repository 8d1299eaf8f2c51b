//go:build unix

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"blink/lab"
)

// Two short scenarios, on real processes: what is expected are outcomes, which a busy machine does not change.
const (
	shortBaseline = `name: short-baseline
about: A load without a fault.
network: {validators: 4}
load: {rate: 10, for: 6s, warmup: 1s}
expect: {final: 100%, validators: 4}
`
	shortCrash = `name: short-crash
about: The next proposer is killed and comes back, another node is paused, and the links of a third are slow for a while.
network: {validators: 4, observers: 1}
load: {rate: 10, for: 12s, warmup: 1s}
timeline:
  - {at: 2s, kill: proposer}
  - {at: 5s, restart: victim}
  - {at: 6s, delay: {links: node1, latency: 20ms, jitter: 5ms}}
  - {at: 7s, pause: node4}
  - {at: 8s, resume: node4}
  - {at: 9s, heal: all}
expect: {final: 100%, unknown: 0, validators: 4}
`
	shortFailure = `name: short-failure
about: Expects what cannot be.
network: {validators: 1}
load: {rate: 10, for: 2s, warmup: 0s}
expect: {final: 0%}
`
	long = `name: long
about: Is interrupted.
network: {validators: 4}
load: {rate: 10, for: 10m}
timeline:
  - {at: 1s, pause: node3}
`
)

// labRun is a run of blinkd lab run with its networks in a folder of its own.
func (b builtBinary) labRun(t *testing.T, dir string, scenarios ...string) *exec.Cmd {
	t.Helper()
	args := []string{"lab", "run", "-o", "json", "--out", filepath.Join(dir, "out")}
	for _, text := range scenarios {
		name := strings.TrimPrefix(strings.SplitN(text, "\n", 2)[0], "name: ")
		file := filepath.Join(dir, name+".yaml")
		must(t, os.WriteFile(file, []byte(text), 0o644))
		args = append(args, file)
	}
	must(t, os.MkdirAll(filepath.Join(dir, "tmp"), 0o755))
	cmd := exec.Command(string(b), args...)
	cmd.Env = append(os.Environ(), "TMPDIR="+filepath.Join(dir, "tmp"))
	return cmd
}

func (b builtBinary) testLab(t *testing.T) {
	dir := t.TempDir()
	cmd := b.labRun(t, dir, shortBaseline, shortCrash)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, said.String(), out)
	}
	var results []lab.Result
	must(t, json.Unmarshal(out, &results))
	for _, r := range results {
		checkLabResult(t, r)
	}
	crash := results[1]
	if len(crash.Faults) != 6 || crash.Faults[0].Action != "kill" || crash.Faults[0].Target == "proposer" || crash.Faults[0].UntilS == nil ||
		crash.Faults[1].Target != crash.Faults[0].Target || len(crash.Nodes) != 5 || !crash.Conditions.Links {
		t.Errorf("faults are %+v", crash.Faults)
	}
	if !strings.Contains(said.String(), " kill "+crash.Faults[0].Target) {
		t.Errorf("it said\n%s", said.String())
	}
	for _, name := range []string{"short-baseline", "short-crash"} {
		if got := b.check(t, filepath.Join(dir, "out", name), 0); !got.OK || got.Checked.Final == 0 {
			t.Errorf("%s: %+v", name, got)
		}
		if _, err := os.Stat(filepath.Join(dir, "out", name, "logs")); err == nil {
			t.Errorf("%s has passed and kept logs", name)
		}
	}
	nothingLeft(t, dir)
}

func checkLabResult(t *testing.T, r lab.Result) {
	t.Helper()
	if !r.Passed || r.Error != "" || r.Load.Sent == 0 || r.Load.Final != r.Load.Sent || len(r.Checks) < 4 || len(r.Violations) > 0 {
		t.Errorf("%s: %s; %+v", r.Scenario, r.Verdict(), r.Load)
	}
	if len(r.Blocks) == 0 || len(r.Points) != r.Load.Sent || r.Gap == nil || r.Gap.S <= 0 || r.Checked == nil {
		t.Errorf("%s: %d blocks, %d points, gap %+v", r.Scenario, len(r.Blocks), len(r.Points), r.Gap)
	}
}

// nothingLeft checks that a run has left no network and no process.
func nothingLeft(t *testing.T, dir string) {
	t.Helper()
	if left, err := os.ReadDir(filepath.Join(dir, "tmp")); err != nil || len(left) > 0 {
		t.Errorf("%v is left (%v)", left, err)
	}
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline") // none on systems without it
	for _, line := range lines {
		if text, err := os.ReadFile(line); err == nil && strings.Contains(string(text), filepath.Join(dir, "tmp")) {
			t.Errorf("a process is left: %s", strings.ReplaceAll(string(text), "\x00", " "))
		}
	}
}

// An expectation that fails is exit status 1, with the reason and the nodes' logs.
func (b builtBinary) testLabFailure(t *testing.T) {
	dir := t.TempDir()
	cmd := b.labRun(t, dir, shortFailure)
	var said strings.Builder
	cmd.Stderr = &said
	out, _ := cmd.Output()
	var results []lab.Result
	must(t, json.Unmarshal(out, &results))
	if cmd.ProcessState.ExitCode() != 1 || results[0].Passed || !strings.Contains(results[0].Verdict(), "final: want 0%, got 100%") {
		t.Errorf("exit status %d: %s", cmd.ProcessState.ExitCode(), results[0].Verdict())
	}
	if _, err := os.Stat(filepath.Join(dir, "out", "short-failure", "logs", "node0.log")); err != nil {
		t.Error(err)
	}
	nothingLeft(t, dir)
}

// Ctrl-C ends a run in the middle: what is known is written, and nothing is left, not even a paused node.
func (b builtBinary) testLabInterrupted(t *testing.T) {
	dir := t.TempDir()
	cmd := b.labRun(t, dir, long)
	r := &running{t: t, cmd: cmd, done: make(chan error, 1)}
	cmd.Stderr = r
	must(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	go func() { r.done <- cmd.Wait() }()
	eventually(t, "node3 is paused", func() bool { return strings.Contains(r.said(), "pause node3") })
	time.Sleep(300 * time.Millisecond) // some of the load
	must(t, cmd.Process.Signal(syscall.SIGINT))
	_ = r.awaitEnd(40 * time.Second)
	if cmd.ProcessState.ExitCode() != 1 || !strings.Contains(r.said(), "interrupted; no node is left running") {
		t.Errorf("exit status %d:\n%s", cmd.ProcessState.ExitCode(), r.said())
	}
	text, err := os.ReadFile(filepath.Join(dir, "out", "long", "result.json"))
	must(t, err)
	var result lab.Result
	must(t, json.Unmarshal(text, &result))
	if !result.Interrupted || result.Passed || result.Load.Sent == 0 || len(result.Faults) != 1 {
		t.Errorf("written was %+v", result.Load)
	}
	nothingLeft(t, dir)
}
