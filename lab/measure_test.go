package lab

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"blink/api/client"
	"blink/lab/history"
	"blink/lab/scenario"
)

// steady is a load of one transaction each 50 ms, each final after 20 ms.
func steady(length time.Duration) []Record {
	var out []Record
	for at := time.Duration(0); at < length; at += 50 * time.Millisecond {
		out = append(out, Record{
			Number: len(out), Intended: at, Sent: at, Answered: at + 20*time.Millisecond, Status: client.StatusFinal, Height: int64(len(out) + 1),
		})
	}
	return out
}

// blocksOf gives each final transaction a block, seen when it was answered.
func blocksOf(records []Record) []BlockSeen {
	var out []BlockSeen
	for _, r := range records {
		if r.Status == client.StatusFinal {
			out = append(out, BlockSeen{Node: 0, Height: r.Height, At: r.Answered}, BlockSeen{Node: 1, Height: r.Height, At: r.Answered + time.Millisecond})
		}
	}
	return out
}

// slowed makes the transactions of [from, to) take until at least that end.
func slowed(records []Record, from, to time.Duration) []Record {
	for i := range records {
		if r := &records[i]; r.Intended >= from && r.Intended < to {
			r.Answered = to + 20*time.Millisecond
		}
	}
	return records
}

func mark(at, done float64, verb scenario.Verb, target string) FaultMark {
	return FaultMark{AtS: at, DoneS: done, Action: string(verb), Target: target, Healing: verb.Healing()}
}

var twoNodes = []ClusterNode{{Name: "node0"}, {Name: "node1"}}

func near(got, want float64) bool { return math.Abs(got-want) < 1e-6 }

// Without faults a load of several phases is reported by phase.
func TestPeriodsOfPhases(t *testing.T) {
	records := steady(30 * time.Second)
	for i := 300; i < 500; i++ { // of 15 s to 25 s
		records[i].Status = client.StatusUnknown
	}
	o := observed{
		records: records, blocks: blocksOf(records), length: 30 * time.Second, timeout: 10 * time.Second, nodes: twoNodes,
		phases: []scenario.Phase{{Rate: 20, For: 10 * time.Second}, {Rate: 2.5, For: 20 * time.Second}},
	}
	var r Result
	o.fill(&r)
	if p := r.Periods; len(p) != 2 || p[0].Name != "20/s" || p[0].Final != 200 || p[1].Name != "2.5/s" || p[1].FromS != 10 || p[1].ToS != 30 || p[1].Final != 200 {
		t.Fatalf("periods are %+v", r.Periods)
	}
	for _, c := range []struct {
		least float64
		ok    bool
	}{{50, true}, {51, false}} {
		r.Checks = nil
		r.check(scenario.Expect{LastFinal: &scenario.Bound{Min: &c.least}})
		if last := r.Checks[len(r.Checks)-1]; last.What != "final in the last phase" || last.OK != c.ok {
			t.Errorf("at least %v %%: %+v", c.least, last)
		}
	}
}

// A network that is silent from 10 s to 15 s, by a node that is killed then, and is as before at once.
func TestMeasuresOfAStall(t *testing.T) {
	records := slowed(steady(30*time.Second), 10*time.Second, 15*time.Second)
	o := observed{
		records: records, blocks: blocksOf(records), length: 30 * time.Second, timeout: 10 * time.Second, nodes: twoNodes,
		marks: []FaultMark{mark(9.999, 9.9995, scenario.Kill, "node1"), mark(14, 14.5, scenario.Restart, "node1")},
	}
	var r Result
	o.fill(&r)
	if g := r.Gap; g == nil || !near(g.S, 5.02) || !near(g.FromS, 10) || !near(g.ToS, 15.02) || g.Open || g.After != "kill node1" {
		t.Errorf("gap is %+v", r.Gap)
	}
	if r.RecoveryS == nil || !near(*r.RecoveryS, 0.5) { // the first transaction that is fast again is that of 15 s
		t.Errorf("recovery is %v (%s)", r.RecoveryS, r.Recovery)
	}
	if until := r.Faults[0].UntilS; until == nil || *until != 14.5 {
		t.Errorf("the fault lasted until %v", until)
	}
	var names []string
	sent := 0
	for _, p := range r.Periods {
		names = append(names, p.Name)
		sent += p.Sent
	}
	if strings.Join(names, " ") != "baseline degraded recovering recovered" || sent != 600 || r.Load.Sent != 600 || r.Load.Final != 600 {
		t.Errorf("periods %v, %d sent", names, sent)
	}
	if p := r.period("degraded"); p.TTF.Max == nil || *p.TTF.Max < 4900 {
		t.Errorf("degraded is %+v", p)
	}
	if len(r.Blocks) != 600 || r.Blocks[0].Nodes != 2 || r.Blocks[0].Node != "node0" {
		t.Errorf("%d blocks, the first %+v", len(r.Blocks), r.Blocks[0])
	}
}

// What nobody waits for is no gap: a load with a pause, and a chain that commits nothing in it.
func TestSilenceIsNoGap(t *testing.T) {
	var records []Record
	for _, r := range steady(20 * time.Second) {
		if r.Intended < 5*time.Second || r.Intended >= 15*time.Second {
			records = append(records, r)
		}
	}
	g := gapOf(commitsOf(blocksOf(records)), records, nil, 20*time.Second)
	if g == nil || !near(g.S, 0.02) || g.After != "" {
		t.Errorf("gap is %+v", g)
	}
	if gapOf(nil, nil, nil, time.Second) != nil {
		t.Error("a gap without a transaction")
	}
}

func TestAGapIsBlamedOnWhatWasNearest(t *testing.T) {
	marks := closeFaults([]FaultMark{
		mark(1, 1, scenario.Kill, "node1"),
		mark(5, 5, scenario.Partition, "a | b"), mark(6, 6, scenario.Heal, "all links"),
		mark(7, 7, scenario.Pause, "node2"), mark(9, 9, scenario.Resume, "node2"),
		mark(12, 12, scenario.Restart, "node1"),
	})
	for _, c := range []struct {
		from, to float64
		want     string
	}{
		{5.1, 8, "partition a | b"}, {4.9, 8, "partition a | b"}, {6.5, 8, "pause node2"}, {10.5, 11, "kill node1"},
		{12.5, 14, "restart node1"}, {20, 21, ""}, {0.1, 0.5, ""},
	} {
		if got := blame(Gap{FromS: c.from, ToS: c.to}, marks); got != c.want {
			t.Errorf("from %v to %v: %q, want %q", c.from, c.to, got, c.want)
		}
	}
}

// A network that never comes back: the gap is open, nothing has recovered, and the lost ones are censored mass.
func TestMeasuresOfAnEnd(t *testing.T) {
	records := steady(20 * time.Second)
	for i := range records {
		if records[i].Intended >= 8*time.Second {
			records[i].Status, records[i].Answered = client.StatusUnknown, records[i].Intended+10*time.Second
		}
	}
	o := observed{
		records: records, blocks: blocksOf(records), length: 20 * time.Second, timeout: 10 * time.Second, nodes: twoNodes,
		marks: []FaultMark{mark(8, 8, scenario.Kill, "node1")},
	}
	var r Result
	o.fill(&r)
	if !r.Gap.Open || !near(r.Gap.S, 12) || r.RecoveryS != nil || r.Recovery == "" {
		t.Errorf("gap %+v, recovery %v %s", r.Gap, r.RecoveryS, r.Recovery)
	}
	p := r.period("degraded")
	if p.Unknown != 240 || p.TTF.Censored != 240 || *p.TTF.P50 != 10_000 || p.ToS != 20 {
		t.Errorf("degraded is %+v", p)
	}
	if r.Load.Unknown != 240 || !near(r.Load.FinalPerS, 8) {
		t.Errorf("load is %+v", r.Load)
	}
}

func TestBlocksSeenLateCountFromTheOthers(t *testing.T) {
	commits := commitsOf([]BlockSeen{
		{Node: 0, Height: 5, At: 100}, {Node: 1, Height: 5, At: 90, Late: true},
		{Node: 0, Height: 7, At: 300}, {Node: 0, Height: 6, At: 900, Late: true},
	})
	if len(commits) != 3 || commits[0].at != 90 || commits[0].nodes != 1 || commits[1].at != 300 || commits[1].nodes != 0 {
		t.Errorf("got %+v", commits)
	}
}

func TestFaultsEndWithWhatUndoesThem(t *testing.T) {
	marks := closeFaults([]FaultMark{
		mark(1, 1, scenario.Kill, "node1"),
		mark(2, 2, scenario.Pause, "node2"),
		mark(3, 3, scenario.Restart, "node2"),
		mark(4, 4, scenario.Kill, "node2"),
		mark(5, 5.5, scenario.Restart, "node1"),
		mark(6, 6, scenario.Delay, "all links"),
		mark(7, 7, scenario.Heal, "all links"),
		mark(8, 8, scenario.Kill, "node0"),
	})
	for i, want := range map[int]float64{0: 5.5, 1: 4, 5: 7} {
		if marks[i].UntilS == nil || *marks[i].UntilS != want {
			t.Errorf("%s ends at %v, want %v", marks[i].what(), marks[i].UntilS, want)
		}
	}
	for _, i := range []int{2, 3, 4, 6, 7} {
		if marks[i].UntilS != nil {
			t.Errorf("%s ends at %v", marks[i].what(), *marks[i].UntilS)
		}
	}
	if s := spanOf(marks, 20*time.Second); !s.faulty || s.healed || s.begin != time.Second {
		t.Errorf("span is %+v", s)
	}
	if s := spanOf(marks[:1], 20*time.Second); s.healed != true || s.end != 5500*time.Millisecond {
		t.Errorf("span is %+v", s)
	}
	if s := spanOf(marks[:1], 5*time.Second); s.healed {
		t.Errorf("healed after the load: %+v", s)
	}
}

func TestRecoveryNeedsSomethingToCompareWith(t *testing.T) {
	records := steady(10 * time.Second)
	for _, c := range []struct {
		s    span
		want string
	}{
		{span{healed: true}, "no fault"},
		{span{faulty: true, begin: time.Second}, "not everything was healed"},
		{span{faulty: true, begin: 500 * time.Millisecond, healed: true, end: time.Second}, "needs at least 20"},
		{span{faulty: true, begin: 5 * time.Second, healed: true, end: 9500 * time.Millisecond}, "needs at least 20"},
	} {
		if got, why := recoveryOf(records, c.s, time.Second); got != nil || !strings.Contains(why, c.want) {
			t.Errorf("%+v: %v %q", c.s, got, why)
		}
	}
	whole := span{faulty: true, begin: 3 * time.Second, healed: true, end: 4 * time.Second}
	if got, why := recoveryOf(records, whole, time.Second); got == nil || *got != 0 {
		t.Errorf("got %v %s", got, why)
	}
	for i := range records {
		if records[i].Intended >= 4*time.Second {
			records[i].Answered += 10 * time.Millisecond
		}
	}
	if got, why := recoveryOf(records, whole, time.Second); got != nil || !strings.Contains(why, "22.0 ms") {
		t.Errorf("got %v %s", got, why)
	}
}

func TestExpectations(t *testing.T) {
	records := slowed(steady(30*time.Second), 10*time.Second, 15*time.Second)
	o := observed{
		records: records, blocks: blocksOf(records), length: 30 * time.Second, timeout: 10 * time.Second, nodes: twoNodes,
		marks: []FaultMark{mark(9.999, 9.9995, scenario.Kill, "node1"), mark(14, 14.5, scenario.Restart, "node1")},
	}
	bound := func(low, high float64) *scenario.Bound { return &scenario.Bound{Min: &low, Max: &high} }
	good := scenario.Expect{
		Final: bound(100, 100), Unknown: bound(0, 0), Gap: bound(5, 5.1), Recovery: bound(0, 1), BaselineP50: bound(0, 0.03),
		DegradedP50: bound(2, 3), Throughput: bound(19, 21), Halts: &scenario.Interval{From: 10500 * time.Millisecond, To: 14 * time.Second},
		Joined: []int{1}, Jailed: []int{0}, Validators: new(int),
	}
	run := func(e scenario.Expect) Result {
		r := Result{Passed: true, Nodes: []NodeEnd{{Name: "node0", Height: 9, AppHash: "abc"}, {Name: "node1", Height: 9, AppHash: "abc"}}}
		r.Checked = &history.Scope{}
		r.Validators = []ValidatorChange{{AtS: 2, Node: "node1", Status: "active"}, {AtS: 3, Node: "node0", Status: "jailed"}}
		o.fill(&r)
		r.check(e)
		return r
	}
	if r := run(good); !r.Passed || len(r.Checks) != 13 {
		t.Errorf("%s; %d checks", r.Verdict(), len(r.Checks))
	}
	bad := scenario.Expect{
		Final: bound(0, 99), Unknown: bound(1, 9), Gap: bound(0, 1), BaselineP99: bound(1, 2), RecoveredP99: bound(1, 2),
		Halts: &scenario.Interval{From: 9 * time.Second, To: 12 * time.Second}, Joined: []int{0}, Left: []int{1}, Validators: new(int),
	}
	*bad.Validators = 4
	r := run(bad)
	for _, c := range r.Checks[2:] {
		if c.OK || c.Got == "" || c.Want == "" {
			t.Errorf("%+v", c)
		}
	}
	if r.Passed || !strings.HasPrefix(r.Verdict(), "FAILED: unknown: want from 1 to 9, got 0; ") {
		t.Errorf("verdict %s", r.Verdict())
	}
	var text strings.Builder
	r.WriteText(&text)
	for _, want := range []string{"FAILED  gap", "5.020 s, from 10.00 s to 15.02 s, after kill node1"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
}

func TestALateClientIsAWarning(t *testing.T) {
	records := steady(10 * time.Second)
	fill := func() (r Result) {
		observed{records: records, length: 10 * time.Second, timeout: time.Second, nodes: twoNodes}.fill(&r)
		return r
	}
	if r := fill(); len(r.Warnings) > 0 {
		t.Errorf("got %v", r.Warnings)
	}
	for i := range records {
		records[i].Sent += 25 * time.Millisecond
	}
	if r := fill(); len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "p99 25 ms") {
		t.Errorf("got %v", r.Warnings)
	}
}

func TestANodeThatEndsByItselfFailsARun(t *testing.T) {
	for _, c := range []struct {
		marks []FaultMark
		want  bool
	}{
		{[]FaultMark{mark(1, 1, scenario.FillDisk, "node1"), {AtS: 2, Action: ActionExit, Target: "node1", Note: "exit 1"}}, true},
		{[]FaultMark{mark(1, 1, scenario.FillDisk, "node0"), {AtS: 2, Action: ActionExit, Target: "node1", Note: "exit 1"}}, false},
	} {
		r := Result{Passed: true, Error: "no more to check", Faults: c.marks}
		if r.check(scenario.Expect{}); r.Passed != c.want {
			t.Errorf("%+v: %+v", c.marks, r.Checks)
		}
	}
}

func TestDisagreement(t *testing.T) {
	a := NodeEnd{Name: "node0", Height: 9, AppHash: "abc"}
	for want, b := range map[string]NodeEnd{
		"":                                 {Name: "node1", Height: 9, AppHash: "abc"},
		"node0 is at height 9, node1 at 8": {Name: "node1", Height: 8, AppHash: "abc"},
		"node0 and node1 have other AppHashes at height 9": {Name: "node1", Height: 9, AppHash: "abd"},
		"node1 does not answer":                            {Name: "node1", Error: "does not answer"},
	} {
		if got := disagreement([]NodeEnd{a, b}); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPointsAreBounded(t *testing.T) {
	var records []Record
	for i := range 3*MaxPoints + 7 {
		records = append(records, Record{Number: i, Intended: time.Duration(i) * time.Millisecond})
	}
	points := pointsOf(records)
	if len(points) != MaxPoints || points[0].AtS != 0 || points[MaxPoints-1].AtS < 11.9 {
		t.Errorf("%d points to %v", len(points), points[len(points)-1])
	}
	if got := pointsOf(records[:3]); len(got) != 3 || fmt.Sprint(got[2].AtS) != "0.002" {
		t.Errorf("got %+v", got)
	}
}
