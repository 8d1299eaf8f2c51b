package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"blink/lab"
)

func TestParseSteps(t *testing.T) {
	for text, want := range map[string]string{
		"50:200:50": "[50 100 150 200]", "1:2:0.25": "[1 1.25 1.5 1.75 2]", "10:25:10": "[10 20]", "7:7:1": "[7]",
		"5, 10,400": "[5 10 400]", "20": "[20]",
		"50:20:10": "must ascend", "5,5": "must ascend", "0:10:1": "each above 0", "1:10:0": "each above 0", "": "each above 0",
		"1:NaN:1": "each above 0", "1:100000:1": "at most 1000 rates", "1:2": "each above 0",
	} {
		rates, err := parseSteps(text)
		got := fmt.Sprint(rates)
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

// A soak writes one line per full minute, however often it is asked.
func TestSoakWritesALinePerMinute(t *testing.T) {
	var out bytes.Buffer
	show := minuteLines(&out)
	total := 3*time.Minute + 30*time.Second
	for elapsed := time.Duration(0); elapsed < total+10*time.Second; elapsed += 250 * time.Millisecond {
		show(lab.Progress{Phase: lab.PhaseRun, Rate: 20, Elapsed: min(elapsed, total), Total: total, Sent: 7, Final: 6, Undecided: 1, P50: 20 * time.Millisecond, P99: 2 * time.Second})
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 3 {
		t.Errorf("%d lines:\n%s", len(lines), out.String())
	}
	if want := "1m0s of 3m30s: measuring  20/s  sent 7  final 6  not final 1  p50 20.0 ms  p99 2.00 s"; !strings.HasSuffix(lines[0], want) {
		t.Errorf("got %q, want %q", lines[0], want)
	}
}
