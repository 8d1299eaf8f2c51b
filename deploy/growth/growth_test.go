package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestQuick runs all series on networks of the real program, tiny.
func TestQuick(t *testing.T) {
	if testing.Short() || runtime.GOOS != "linux" {
		t.Skip("starts networks of processes, on Linux")
	}
	t.Setenv("TMPDIR", t.TempDir())
	blinkd, out := filepath.Join(t.TempDir(), "blinkd"), filepath.Join(t.TempDir(), "rows.json")
	if text, err := exec.Command("go", "build", "-o", blinkd, "../../cmd/blinkd").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, text)
	}
	var tables, progress bytes.Buffer
	if err := run(t.Context(), []string{"--blinkd", blinkd, "--quick", "--json", out}, &tables, &progress); err != nil {
		t.Fatalf("%v\n%s%s", err, &tables, &progress)
	}
	t.Logf("%s", &tables)
	rows := readRows(t, out)
	want := map[string]int{"height": 2, "accounts": 6, "history": 2, "validators": 4}
	for series, count := range want {
		some := rows[series]
		if len(some) != count {
			t.Errorf("%s: %d rows, want %d", series, len(some), count)
			continue
		}
		first, last := some[0], some[len(some)-1]
		if first.At >= last.At || *first.ToFirst.P50 != 1 || last.P50 == nil || last.Final == 0 || last.MemoryMB == 0 || last.DiskMB == 0 {
			t.Errorf("%s: rows say nothing:\n%+v\n%+v", series, first, last)
		}
	}
	for _, r := range rows["height"] {
		if r.Height < r.At || r.Height > r.At+20 {
			t.Errorf("to be measured at height %d, was at %d", r.At, r.Height)
		}
	}
	if left, _ := os.ReadDir(os.Getenv("TMPDIR")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func readRows(t *testing.T, path string) map[string][]Row {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]Row{}
	for line := range bytes.Lines(text) {
		var r Row
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		rows[r.Series] = append(rows[r.Series], r)
	}
	return rows
}

// Processes that do not listen are all killed, and what they left in memory is deleted.
func TestDeafNodesAreKilled(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("on Linux only")
	}
	runtime.LockOSThread() // as run does
	defer runtime.UnlockOSThread()
	deaf := filepath.Join(t.TempDir(), "deaf")
	if err := os.WriteFile(deaf, []byte("#!/bin/sh\ntrap '' TERM\necho deaf\nwhile :; do sleep 0.1; done\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	memory := filepath.Join(t.TempDir(), "blinkd-wal-1")
	over, end := context.WithCancel(t.Context())
	var nodes []*process
	for range 2 {
		home := t.TempDir()
		if err := errors.Join(os.MkdirAll(memory, 0o755), os.Mkdir(filepath.Join(home, "data"), 0o755), os.Symlink(memory, filepath.Join(home, "data", "wal_memory"))); err != nil {
			t.Fatal(err)
		}
		p, err := startNode(deaf, home)
		if err != nil {
			t.Fatal(err)
		}
		for lastLines(home) != "deaf" {
			time.Sleep(5 * time.Millisecond)
		}
		p.askToStop()
		nodes = append(nodes, p)
	}
	end()
	for _, p := range nodes {
		p.awaitStop(over)
		if p.running() {
			t.Error("still running")
		}
	}
	if _, err := os.Stat(memory); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("left in memory: %v", err)
	}
}

func TestWrongFlagsAreNamed(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--series heights", `--series must be of height,accounts,history,validators, was "heights"`},
		{"--heights 5,5", `-heights: must be ascending numbers`},
		{"--heights 0", `--heights must be 1 to`},
		{"--sizes 4,200", `--sizes must be 1 to 100, was 200`},
		{"--rate NaN", `--rate must be 0.1 to 10000, was NaN`},
		{"--duration 1ms", `--duration must be at least 100ms, was 1ms`},
		{"--blinkd nowhere", `--blinkd must be the program`},
		{"--blinkd growth_test.go more", `there must be flags only, was "more"`},
	} {
		if _, err := parseSettings(strings.Fields(c.args), &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.args, err, c.want)
		}
	}
}

func TestQuickLeavesWhatWasGiven(t *testing.T) {
	s, err := parseSettings([]string{"--quick", "--heights", "7", "--control", "--blinkd", "growth_test.go"}, &bytes.Buffer{})
	if err != nil || s.heights.String() != "7" || !s.control || s.accounts.String() != "100,2000" {
		t.Errorf("got %+v, %v", s, err)
	}
}

// Ratios are to the first row of the same series and rate, and to the fresh network.
func TestRatios(t *testing.T) {
	ms := func(v float64) *float64 { return &v }
	var rs rows
	for _, r := range []Row{
		{Series: "validators", At: 4, Load: "2/s", P50: ms(10), FinalPerS: 2},
		{Series: "validators", At: 4, Load: "10/s", P50: ms(20), FreshP50: ms(20), FinalPerS: 10},
		{Series: "validators", At: 7, Load: "10/s", P50: ms(30), FreshP50: ms(15), FinalPerS: 5},
		{Series: "height", At: 500, Load: "10/s", FinalPerS: 10},
	} {
		if err := rs.add(r); err != nil {
			t.Fatal(err)
		}
	}
	third, fourth := rs.all[2], rs.all[3]
	if *third.ToFirst.P50 != 1.5 || *third.ToFirst.FinalPerS != 0.5 || *third.ToFresh.P50 != 2 || third.ToFirst.P99 != nil || fourth.ToFirst.P50 != nil {
		t.Errorf("got %+v, %+v", third, fourth)
	}
}
