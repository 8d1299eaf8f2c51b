package lab

import (
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"blink/lab/history"
)

// fullResult is a run with every part that one can have. In it nothing that a node or a file says is harmless.
func fullResult() Result {
	until := 25.0
	around := func(p50 float64) Latencies {
		return Latencies{Min: ms(p50 / 2), Mean: ms(p50), P50: ms(p50), P90: ms(p50 * 2), P99: ms(p50 * 3), Max: ms(p50 * 4), N: 200}
	}
	r := Result{
		Format: ResultFormat, Scenario: "one-of-four", About: "One of four is killed. " + nasty, Source: "name: one-of-four\nabout: " + nasty, Started: time.Unix(0, 0), TookS: 61,
		Conditions: LabConditions{Cores: 2, ChainID: "blink-lab", Backend: "process", Validators: 4, Profile: "lan", Regions: []string{"London", nasty}, Arrivals: "poisson", DurationS: 40, WarmupS: 3, TimeoutS: 10, Clock: clockNote},
		Faults: []FaultMark{
			{PlannedS: 10, AtS: 10.01, DoneS: 10.02, UntilS: &until, Action: "kill", Target: "node3", Note: nasty},
			{PlannedS: 25, AtS: 25, DoneS: 25.1, Action: "restart", Target: "node3", Healing: true},
			{PlannedS: 30, AtS: 30, DoneS: 30.1, Action: "bond", Target: nasty, Staking: true, Error: nasty},
		},
		Load:    LoadResult{Sent: 800, Final: 798, Rejected: 1, RejectedCodes: map[string]int{nasty: 1}, Unknown: 1, FinalPerS: 19.95, TTF: around(15)},
		Periods: []Period{{Name: "baseline", ToS: 10, Sent: 200, Final: 200, TTF: around(14)}, {Name: "degraded", FromS: 10, ToS: 25, Sent: 300, Final: 298, TTF: around(40)}, {Name: "recovered", FromS: 25, ToS: 40, TTF: around(15)}},
		Gap:     &Gap{FromS: 10, ToS: 12.2, S: 2.2, After: "kill node3"}, RecoveryS: ms(0.4),
		Nodes:      []NodeEnd{{Name: "node0", Height: 700, AppHash: "AA"}, {Name: nasty, Height: 700, AppHash: "AB", Error: nasty}},
		Floor:      &FloorResult{Mean: 11, P50: 10, Min: 5, Max: 20, Ratio: ms(1.4)},
		Warnings:   []string{"late: " + nasty},
		Validators: []ValidatorChange{{AtS: 31, Node: nasty, Status: nasty, Power: 7}},
		Checks:     []Check{{What: "final", Want: "100%", Got: "99.75%"}, {What: nasty, Want: nasty, Got: nasty, OK: true}},
		Violations: []history.Violation{{Rule: "agreement", Node: nasty, Height: 3, Text: nasty}}, Checked: &history.Scope{Nodes: 4, Last: 700},
	}
	for i := range 800 {
		status := "final"
		if i%300 == 7 {
			status = "unknown"
		}
		r.Points = append(r.Points, TxPoint{AtS: float64(i) / 20, TTF: 14 * (1.5 + math.Sin(float64(i))), Status: status})
		r.Blocks = append(r.Blocks, BlockMark{Height: int64(i), FirstS: float64(i) / 20})
	}
	return r
}

func TestLabPageStandsAlone(t *testing.T) {
	sweep := Result{Scenario: "validators-sweep", Passed: true}
	for _, n := range []int{1, 4, 4} {
		one := fullResult()
		one.Conditions.Validators = n
		sweep.Runs = append(sweep.Runs, one)
	}
	quiet := Result{Scenario: "baseline", Passed: true, Conditions: LabConditions{DurationS: 10_000}}
	for name, c := range map[string]struct {
		result   Result
		pictures int
		says     []string
	}{
		"full":  {fullResult(), 1, []string{"FAILED", "kill node3", "no block for 2.2 s", "do not agree", "798 of 800", "breaks its rules in 1 places", "&lt;script&gt;", "emulated", "floor: distance alone, p50 10 ms", "times the floor", "late: "}},
		"sweep": {sweep, 4, []string{"Side by side", "4 validators", "The cost of more validators"}},
		"quiet": {quiet, 1, []string{"passed", "Nodes in one room"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "result")
			if err := WriteLabPage(dir, c.result); err != nil {
				t.Fatal(err)
			}
			page := checkPage(t, dir, c.pictures)
			for _, want := range c.says {
				if !strings.Contains(page, want) {
					t.Errorf("the page does not say %q", want)
				}
			}
		})
	}
}

// The bars of a time axis count every block of the load, however long it was.
func TestBlockBarsCountEveryBlock(t *testing.T) {
	for _, length := range []float64{1, 40, 12.5, 5000} {
		var blocks []BlockMark
		for i := range 500 {
			blocks = append(blocks, BlockMark{FirstS: length * (float64(i) + 0.5) / 500})
		}
		blocks = append(blocks, BlockMark{FirstS: -1}, BlockMark{FirstS: length + 1e6})
		total := 0.0
		bars := blockBars(blocks, length)
		for _, b := range bars {
			total += b.Good * b.ForS
		}
		if math.Abs(total-500) > 1e-6 || len(bars) > maxBars {
			t.Errorf("%v s: %v blocks in %d bars", length, total, len(bars))
		}
	}
}
