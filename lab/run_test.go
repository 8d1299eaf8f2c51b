//go:build unix

package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"blink/api/client"
	"blink/crypto"
	"blink/lab/link"
	"blink/lab/scenario"
)

func TestTheProposerIsThatOfTheNodeAhead(t *testing.T) {
	r := &trial{byConsensus: map[string]int{"A": 0, "B": 1, "C": 2}}
	at := func(height int64, round int32, proposer string) *client.Status {
		return &client.Status{Consensus: &client.Consensus{Height: height, Round: round, Proposer: proposer}}
	}
	for _, c := range []struct {
		answers []*client.Status
		node    int
		ok      bool
	}{
		{[]*client.Status{at(5, 0, "A"), at(6, 0, "B"), at(5, 3, "C")}, 1, true},
		{[]*client.Status{at(6, 0, "A"), at(6, 1, "C"), at(6, 0, "A")}, 2, true},
		{[]*client.Status{at(6, 0, "B"), nil, at(5, 0, "A")}, -1, false}, // the next proposer does not answer
		{[]*client.Status{at(6, 0, "Z"), at(5, 0, "A"), nil}, 0, false},  // nobody that is known here
		{[]*client.Status{{}, nil, at(0, 0, "")}, -1, false},             // nobody has begun
		{[]*client.Status{{}, at(3, 0, "A"), at(3, 0, "A")}, 0, true},    // one catches up
	} {
		node, _, ok := r.proposer(c.answers)
		if ok != c.ok || ok && node != c.node {
			t.Errorf("got %d %v, want %d %v", node, ok, c.node, c.ok)
		}
	}
}

func TestCrossing(t *testing.T) {
	pairs := []link.Pair{{A: 0, B: 1}, {A: 0, B: 2}, {A: 1, B: 2}, {A: 2, B: 3}, {A: 0, B: 3}}
	if got := fmt.Sprint(crossing(pairs, [][]int{{0, 1}, {2, 3}})); got != "[0-2 1-2 0-3]" {
		t.Errorf("got %s", got)
	}
	if got := fmt.Sprint(crossing(pairs, [][]int{{0}, {1, 2}, {3}})); got != "[0-1 0-2 2-3 0-3]" {
		t.Errorf("got %s", got)
	}
}

func TestConditionsOfNodes(t *testing.T) {
	r := &trial{nodes: make([]ClusterNode, 2)}
	for _, v := range []scenario.Verb{scenario.Pause, scenario.Disconnect, scenario.FillDisk} {
		r.book(v, 1)
	}
	if r.conditions[1] != (condition{paused: true, off: true, full: true}) || r.conditions[0] != (condition{}) {
		t.Errorf("got %+v", r.conditions)
	}
	r.book(scenario.Kill, 1) // and with it the pause
	r.book(scenario.Reconnect, 1)
	r.book(scenario.FreeDisk, 1)
	r.book(scenario.Partition, -1)
	if r.conditions[1] != (condition{}) {
		t.Errorf("got %+v", r.conditions)
	}
}

func TestStandings(t *testing.T) {
	var ours, theirs crypto.Address
	ours[1], theirs[1] = 1, 2
	r := &trial{nodes: []ClusterNode{{Name: "node0"}, {Name: "node1"}}, byOperator: map[crypto.Address]int{ours: 1}}
	got := r.standings([]client.Validator{{Operator: theirs, Status: "active", Power: 9}, {Operator: ours, Status: "jailed", Power: 5}})
	if got[0].Status != "none" || got[1].Status != "jailed" || got[1].Power != 5 || got[1].Node != "node1" {
		t.Errorf("got %+v", got)
	}
}

func TestPlacementGoesRound(t *testing.T) {
	n := scenario.Network{Regions: []string{"London", "Tokyo"}, Observers: 1}
	if got := fmt.Sprint(placement(n, 2)); got != "[London Tokyo London]" {
		t.Errorf("got %s", got)
	}
	s := scenario.Scenario{Network: n}
	ms := 500.0
	f, err := floorOf(s, 2, Latencies{P50: &ms})
	if err != nil || f.Ratio == nil || f.Min <= 0 || f.Min > f.P50 || f.P50 > f.Max {
		t.Errorf("floor is %+v, %v", f, err)
	}
	if f, err := floorOf(scenario.Scenario{}, 2, Latencies{}); f != nil || err != nil {
		t.Errorf("a floor without regions: %+v, %v", f, err)
	}
}

// What a run left is written over by the next one, and what another program left is not touched.
func TestFoldersOfARun(t *testing.T) {
	out := t.TempDir()
	r := &trial{scenario: scenario.Scenario{Name: "one", Network: scenario.Network{Validators: []int{4}}}, validators: 4, cfg: RunConfig{Out: out, Keep: true}}
	dir, err := r.networkFolder()
	if err != nil || dir != filepath.Join(out, "one", "network") {
		t.Fatalf("%s, %v", dir, err)
	}
	if _, err := r.networkFolder(); err == nil {
		t.Error("a folder without a network's manifest was thrown away")
	}
	if err := (manifest{}).write(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := r.networkFolder(); err != nil || exists(manifestPath(dir)) {
		t.Errorf("the network of the run before is in the way: %v", err)
	}
	r.scenario.Network.Validators = []int{1, 4}
	if got := r.folder(); got != filepath.Join(out, "one", "validators-4") {
		t.Errorf("a run of a sweep writes to %s", got)
	}
	log := filepath.Join(out, "node0.out")
	if err := os.WriteFile(log, []byte("it said this"), 0o644); err != nil {
		t.Fatal(err)
	}
	r.nodes = []ClusterNode{{Name: "node0", Log: log}, {Name: "node1"}}
	if err := r.keepLogs(r.folder()); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(r.folder(), "logs", "node0.log")); err != nil || string(text) != "it said this" {
		t.Errorf("%q, %v", text, err)
	}
}

// Nodes that stand for ones that end by themselves, are killed, paused and started again.
func TestSingleNodesOfANetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	l := &Localnet{
		cfg:     LocalnetConfig{Binary: script(t, "echo started >&2; while :; do sleep 0.1; done"), StopGrace: 5 * time.Second},
		starter: newStarter(), exits: make(chan Exit, 16),
	}
	dir := t.TempDir()
	l.network.Nodes = []NodeInfo{{Name: "node0", Home: dir, Log: filepath.Join(dir, "log")}}
	p, err := l.starter.start(l.cfg.Binary, l.network.Nodes[0].Log)
	if err != nil {
		t.Fatal(err)
	}
	l.nodes = []*process{p}
	go l.watch(0, p)
	defer l.Stop()
	l.Kill(0)
	if e := <-l.Exits(); !e.Told || l.Running(0) {
		t.Errorf("killed: %+v", e)
	}
	if err := l.Restart(0); err != nil || !l.Running(0) || l.Network().Nodes[0].PID == p.pid() {
		t.Errorf("restarted: %v", err)
	}
	if err := l.Pause(0); err != nil {
		t.Error(err)
	}
	l.Terminate(0) // wakes it, or it would not hear
	if e := <-l.Exits(); !e.Told || e.Code != -1 {
		t.Errorf("stopped: %+v", e)
	}
	if err := l.Restart(0); err != nil {
		t.Fatal(err)
	}
	signalKill(l.Network().Nodes[0].PID) // by somebody else
	if e := <-l.Exits(); e.Told {
		t.Errorf("ended by itself: %+v", e)
	}
}
