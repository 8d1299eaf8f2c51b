package scenario

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"blink/genesis"
)

var update = flag.Bool("update", false, "write the expected errors anew")

const everything = `
name: everything
about: All
  that there is.
network:
  validators: [4, 7]
  observers: 2
  profile: lan
  params: {jail_seconds: 5}
  disk: {node3: 64MiB}
  clock_skew: {node1: -5s}
load:
  phases:
    - {rate: 20, for: 30s}
    - {rate: 0.5, for: 30s}
  warmup: 2s
  arrivals: constant
  seed: 7
  timeout: 20s
  nodes: [node0, node1]
  accounts: 50
timeline:
  - {at: 1s, kill: proposer}
  - {at: 2s, restart: victim}
  - {at: 3s, stop: node2}
  - {at: 4s, restart: node2}
  - {at: 5s, pause: node0}
  - {at: 6s, resume: node0}
  - {at: 10s, cut: {from: node0, to: node1}}
  - {at: 11s, delay: {links: all, latency: 100ms, jitter: 20ms}}
  - {at: 12s, bandwidth: {links: [node0, node2], kilobytes_per_second: 64}}
  - {at: 13s, heal: all}
  - {at: 14s, fill_disk: node3}
  - {at: 15s, free_disk: node3}
  - {at: 16s, restart: node3}
  - {at: 18s, disconnect: node0}
  - {at: 19s, reconnect: node0}
  - {at: 20s, unjail: node3}
expect:
  final: 100%
  unknown: 0
  rejected: {max: 3}
  gap: {min: 100ms, max: 2s}
  halts: {from: 12s, to: 20s}
  jailed: node3
  validators: 4
`

func TestParseReadsEverything(t *testing.T) {
	s, err := Parse("dir/everything.yaml", []byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	params := genesis.TestnetParams()
	params.JailSeconds = 5
	want := Network{
		Backend: Process, Validators: []int{4, 7}, Observers: 2, Profile: "lan", Params: params,
		Disks: []Disk{{Node: 3, Bytes: 64 << 20}}, ClockSkews: []ClockSkew{{Node: 1, By: -5 * time.Second}},
	}
	if !reflect.DeepEqual(s.Network, want) {
		t.Errorf("network is %+v\nwant %+v", s.Network, want)
	}
	load := Load{
		Phases: []Phase{{20, 30 * time.Second}, {0.5, 30 * time.Second}}, Warmup: 2 * time.Second, Arrivals: "constant",
		Seed: 7, Timeout: 20 * time.Second, Nodes: []int{0, 1}, Accounts: 50,
	}
	if !reflect.DeepEqual(s.Load, load) {
		t.Errorf("load is %+v", s.Load)
	}
	if s.About != "All that there is." || s.Load.Duration() != time.Minute || !s.NeedsLinks() {
		t.Errorf("about %q, %v, links %v", s.About, s.Load.Duration(), s.NeedsLinks())
	}
	if first, ok := s.FirstFault(); !ok || first != time.Second {
		t.Errorf("the first fault is at %v", first)
	}
	if b := s.Expect.Gap; b.Text("s") != "from 0.1 to 2 s" || b.Holds(2.1) || !b.Holds(2) {
		t.Errorf("gap is %s", b.Text("s"))
	}
	if s.Expect.Final.Text("%") != "100%" || s.Expect.Rejected.Text("") != "at most 3" || *s.Expect.Validators != 4 {
		t.Errorf("expected is %+v", s.Expect)
	}
	var said []string
	for _, a := range s.Timeline {
		said = append(said, strings.TrimSpace(string(a.Verb)+" "+a.Object()+" "+a.Note()))
	}
	for i, want := range map[int]string{
		0: "kill proposer", 1: "restart victim", 6: "cut node0 -> node1 black-hole",
		7: "delay all links 100ms ± 20ms", 8: "bandwidth link node0 - node2 64 kB/s", 9: "heal all links",
	} {
		if said[i] != want {
			t.Errorf("action %d is %q, want %q", i, said[i], want)
		}
	}
}

// Each file of testdata/bad is a scenario with mistakes; the .txt beside it holds what is said about them.
func TestMistakesAreNamedWithTheirLine(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		_, err := ReadFile(file)
		if err == nil {
			t.Errorf("%s was taken", file)
			continue
		}
		got := strings.ReplaceAll(err.Error(), "testdata/bad/", "") + "\n"
		golden := strings.TrimSuffix(file, ".yaml") + ".txt"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
		}
	}
}

func TestLinksHas(t *testing.T) {
	for _, c := range []struct {
		links Links
		i, j  int
		want  bool
	}{
		{nil, 0, 1, true}, {Links{2}, 0, 2, true}, {Links{2}, 2, 3, true}, {Links{2}, 0, 1, false},
		{Links{0, 1}, 1, 0, true}, {Links{0, 1}, 0, 2, false},
	} {
		if got := c.links.Has(c.i, c.j); got != c.want {
			t.Errorf("%v has %d-%d: %v", c.links, c.i, c.j, got)
		}
	}
}

// Whatever is parsed, nothing crashes, and what is taken can be walked through again.
func FuzzParse(f *testing.F) {
	f.Add([]byte(everything))
	files, _ := filepath.Glob("testdata/bad/*.yaml")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, name := range Names() {
		s, err := Shipped(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(s.Source))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Parse("everything.yaml", text)
		if (err == nil) != (s.Name != "") {
			t.Errorf("%v with %+v", err, s)
		}
		if err != nil {
			if _, ok := err.(Problems); !ok || err.Error() == "" {
				t.Errorf("%T %v", err, err)
			}
			return
		}
		for _, a := range s.Timeline {
			if a.At >= s.Load.Duration() || a.Object() == "" {
				t.Errorf("took %+v", a)
			}
		}
	})
}
