package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"
)

var update = flag.Bool("update", false, "write the golden files anew")

// profileOf is a small profile of either kind.
func profileOf(t *testing.T, typ string, stacks map[string]int64) []byte {
	t.Helper()
	p := &profile.Profile{
		SampleType:    []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: typ, Unit: "nanoseconds"}},
		DurationNanos: 2e9,
	}
	functions := map[string]*profile.Location{}
	for stack, value := range stacks {
		sample := &profile.Sample{Value: []int64{1, value}}
		for _, name := range strings.Fields(stack) {
			if functions[name] == nil {
				f := &profile.Function{ID: uint64(len(functions) + 1), Name: name}
				p.Function = append(p.Function, f)
				functions[name] = &profile.Location{ID: f.ID, Line: []profile.Line{{Function: f}}}
				p.Location = append(p.Location, functions[name])
			}
			sample.Location = append(sample.Location, functions[name])
		}
		p.Sample = append(p.Sample, sample)
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var (
	cpuStacks = map[string]int64{
		"syscall.Fsync blink/node.(*journal).put github.com/cometbft/cometbft/consensus.(*State).receiveRoutine":            400e6,
		"blink/crypto.Verify blink/api.(*Server).postTx net/http.(*conn).serve":                                             300e6,
		"net/http.readRequest net/http.(*conn).serve":                                                                       100e6,
		"runtime.findRunnable runtime.mcall":                                                                                100e6,
		`slices.SortFunc[go.shape.[]<"a/b.T">&'x'] main.work`:                                                               99e6,
		"github.com/cosmos/iavl.(*tooNarrow).ToBeSeen github.com/cometbft/cometbft/consensus.(*State).receiveRoutine":       1e5,
		"github.com/cosmos/iavl.(*also).TooNarrow.func1 blink/store.(*Store).Commit github.com/cosmos/iavl.(*also).NotSeen": 9e5,
	}
	mutexStacks = map[string]int64{"sync.(*Mutex).Unlock blink/api.(*hub).emit": 30e6, "runtime.unlock runtime.mcall": 10e6}
)

// The profiles of two nodes: the table, the summary and the flame graphs, that of one path among them. Files made anew are the same.
func TestProfilesAreSummedUp(t *testing.T) {
	dir := t.TempDir()
	for _, node := range []string{"node0", "node1"} {
		write(t, profileFile(dir, node, cpuFile), profileOf(t, "cpu", cpuStacks))
		write(t, profileFile(dir, node, mutexFile), profileOf(t, "delay", mutexStacks))
	}
	nodes := []NodeProfile{{Name: "node0", URL: "http://a"}, {Name: "node1", URL: "http://b"}, {Name: "node2", URL: "http://c", Error: "it was down"}}
	p := sumUp(dir, nodes)
	if n := p.Nodes[0]; n.CPUS != 1 || n.ForS != 2 || n.Shares["consensus"] != 0.4 || n.Shares["tx_verification"] != 0.3 || n.MutexS != 0.04 {
		t.Errorf("%+v", n)
	}
	if len(p.Errors) != 1 || p.Errors[0] != "node2 (http://c): it was down" {
		t.Errorf("%q", p.Errors)
	}
	p.Folder = "DIR"
	var text bytes.Buffer
	Report{Profiles: p}.writeProfiles(&text)
	golden(t, "profiles.txt", text.Bytes())
	for _, name := range []string{"summary.txt", "flame.svg", "flame_consensus.svg"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "profiles_"+name, content)
		if strings.HasSuffix(name, ".svg") {
			wellFormed(t, content)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "flame_mempool.svg")); !os.IsNotExist(err) {
		t.Errorf("a picture of a path that took no time: %v", err)
	}
	if text, err := json.Marshal(p); err != nil || !strings.Contains(string(text), `"p2p_reading":0`) {
		t.Errorf("%s %v", text, err)
	}
}

func wellFormed(t *testing.T, svg []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestLabelsOfAFlameGraph(t *testing.T) {
	for _, c := range []struct {
		function string
		letters  int
		want     string
	}{
		{"github.com/a/b.(*State).addVote", 18, "b.(*State).addVote"},
		{"github.com/a/b.(*State).addVote", 17, "addVote"},
		{"github.com/a/b.(*State).addVote", 5, "addV…"},
		{"github.com/a/b.(*State).addVote", 3, ""},
		{"github.com/a/b.Run.func1", 10, "Run.func1"},
		{"slices.SortFunc[go.shape.struct { x/y.z }]", 20, "slices.SortFunc"},
		{"main", 2, ""},
		{"", 9, ""},
	} {
		if got := labelOf(c.function, c.letters); got != c.want {
			t.Errorf("%s in %d letters: %q, want %q", c.function, c.letters, got, c.want)
		}
	}
}

func TestHowLongToProfile(t *testing.T) {
	for length, want := range map[time.Duration]int{20 * time.Second: 18, 3 * time.Second: 1, 100 * time.Millisecond: 1, 62 * time.Second: 60, time.Hour: 60} {
		if got := profileSeconds(length); got != want {
			t.Errorf("of %v: %d s, want %d", length, got, want)
		}
	}
}

// profiling is a node that can be profiled, or says why not.
type profiling struct {
	*ledger
	refuses bool
	files   map[string][]byte
	asked   chan string
}

func (p *profiling) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutPrefix(r.URL.Path, "/debug/pprof/")
	switch {
	case !ok:
		p.ledger.ServeHTTP(w, r)
	case p.refuses:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"status":404,"code":"profiling_disabled","detail":"profiling is off at this node","hint":"set api.profiling = true"}`)
	default:
		if r.URL.RawQuery != "" {
			p.asked <- name + " " + r.URL.RawQuery
		}
		_, _ = w.Write(p.files[name])
	}
}

func TestBenchTakesProfiles(t *testing.T) {
	node := &profiling{ledger: newLedger(), asked: make(chan string, 10), files: map[string][]byte{
		"profile": profileOf(t, "cpu", cpuStacks), "mutex": profileOf(t, "delay", mutexStacks), "trace": []byte("go 1.26 trace"),
	}}
	server := httptest.NewServer(node)
	defer server.Close()
	cfg := BenchConfig{Profile: t.TempDir(), LoadConfig: LoadConfig{
		Nodes: []string{server.URL, "http://127.0.0.1:1"}, AllowDown: true, Plan: []Phase{{50, 3500 * time.Millisecond}}, Accounts: 16,
	}}
	r, err := Bench(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if p := r.Profiles; p == nil || p.Nodes[0].CPUS != 1 || p.Nodes[0].Error != "" || !strings.Contains(p.Nodes[1].Error, "connection refused") {
		t.Fatalf("%+v", r.Profiles)
	}
	var asked []string
	for len(node.asked) > 0 {
		asked = append(asked, <-node.asked)
	}
	if got := strings.Join(asked, ", "); !strings.Contains(got, "profile seconds=1") || !strings.Contains(got, "mutex seconds=1") || !strings.HasSuffix(got, "trace seconds=1") {
		t.Errorf("asked for %s", got)
	}
	for _, name := range []string{"node0.cpu.pb.gz", "node0.mutex.pb.gz", "node0.trace", "summary.txt", "flame.svg", "flame_consensus.svg", "flame_tx_verification.svg"} {
		if _, err := os.Stat(filepath.Join(cfg.Profile, name)); err != nil {
			t.Error(err)
		}
	}
}

// A load that is ended early has its report, and says that the profiles are missing.
func TestInterruptedProfiles(t *testing.T) {
	p := &profiler{dir: t.TempDir(), nodes: []NodeProfile{{Name: "node0", URL: "http://a"}}}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var text bytes.Buffer
	Report{Profiles: p.begin(ctx, time.Now().Add(time.Minute), time.Minute)()}.writeProfiles(&text)
	if got := text.String(); !strings.Contains(got, "missing: node0 (http://a): the load was interrupted") || strings.Contains(got, "CPU time  ") {
		t.Error(got)
	}
}

// A node that cannot be profiled is told before anything is sent.
func TestBenchRefusesNodesThatCannotBeProfiled(t *testing.T) {
	node := &profiling{ledger: newLedger(), refuses: true}
	server := httptest.NewServer(node)
	defer server.Close()
	_, err := Bench(t.Context(), BenchConfig{Profile: t.TempDir(), LoadConfig: LoadConfig{Nodes: []string{server.URL}, AllowDown: true}})
	if want := server.URL + " cannot be profiled: profiling is off at this node (profiling_disabled)"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if node.n > 0 {
		t.Error("something was sent")
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// golden compares with a file in testdata, which -update writes.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		write(t, path, got)
	}
	if want, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s differs from what is written now (%v); look at the difference, then run go test ./lab -update\n%s", path, err, got)
	}
}
