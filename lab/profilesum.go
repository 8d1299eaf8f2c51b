package lab

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/pprof/profile"
)

// Profiles says where the nodes spent CPU time while the load ran.
type Profiles struct {
	Folder string        `json:"folder"` // of the profiles themselves
	Nodes  []NodeProfile `json:"nodes"`  // in the order in which they were named
	Errors []string      `json:"errors,omitempty"`
}

// NodeProfile sums up the profiles of one node.
type NodeProfile struct {
	Name   string             `json:"name"` // of its files
	URL    string             `json:"url"`
	ForS   float64            `json:"for_s"`           // how long it was watched
	CPUS   float64            `json:"cpu_s"`           // CPU time that it took meanwhile, by the profile's samples
	Shares map[string]float64 `json:"shares"`          // of that, by HotPath.Key
	MutexS float64            `json:"mutex_s"`         // how long goroutines waited for mutexes, all together
	Error  string             `json:"error,omitempty"` // why something is missing
}

// taken is how many nodes have a CPU profile.
func (p *Profiles) taken() int {
	taken := 0
	for _, n := range p.Nodes {
		if n.ForS > 0 {
			taken++
		}
	}
	return taken
}

// breakdown is what the profiles of all nodes say together, by function.
type breakdown struct {
	flame  *flame
	flames [hotPaths]*flame // the samples of each path alone
	paths  classifier
	cpu    [hotPaths]map[string]int64 // nanoseconds by the function that decided the path
	mutex  map[string]int64           // nanoseconds waited, by the function that held the mutex
}

func newBreakdown() *breakdown {
	b := &breakdown{flame: newFlame(), paths: classifier{}, mutex: map[string]int64{}}
	for p := range hotPaths {
		b.cpu[p], b.flames[p] = map[string]int64{}, newFlame()
	}
	return b
}

// pictures are the flame graphs by the names of their files: of everything, and of each path that took time.
func (b *breakdown) pictures(nodes int) map[string][]byte {
	all := float64(b.flame.value) / 1e9
	files := map[string][]byte{"flame.svg": b.flame.svg(fmt.Sprintf("CPU time of %s, %.2f s", count(nodes, "node"), all))}
	for path, f := range b.flames {
		if f.value > 0 {
			title := fmt.Sprintf("%s: %.2f s of CPU time, %.1f %% of all that %s spent", HotPath(path), float64(f.value)/1e9,
				share(f.value, b.flame.value), count(nodes, "node"))
			files["flame_"+HotPath(path).Key()+".svg"] = f.svg(title)
		}
	}
	return files
}

// sumUp reads the profiles in a folder and writes summary.txt and the flame graphs beside them.
func sumUp(dir string, nodes []NodeProfile) *Profiles {
	p, b := &Profiles{Folder: dir, Nodes: nodes}, newBreakdown()
	for i := range nodes {
		n := &nodes[i]
		if err := errors.Join(b.addCPU(n, dir), b.addMutex(n, dir)); err != nil && n.Error == "" {
			n.Error = err.Error()
		}
		if n.Error != "" {
			p.Errors = append(p.Errors, n.Name+" ("+n.URL+"): "+n.Error)
		}
	}
	var summary bytes.Buffer
	p.writeSummary(&summary, b)
	files := b.pictures(p.taken())
	files["summary.txt"] = summary.Bytes()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			p.Errors = append(p.Errors, err.Error())
		}
	}
	return p
}

// addCPU reads the CPU profile of a node.
func (b *breakdown) addCPU(n *NodeProfile, dir string) error {
	p, value, err := readProfile(profileFile(dir, n.Name, cpuFile), "cpu")
	if err != nil {
		return err
	}
	var of [hotPaths]int64
	total := int64(0)
	for _, s := range p.Sample {
		stack := stackOf(s)
		path, decided := b.paths.of(stack)
		if path == Other {
			decided = outermost(stack)
		}
		of[path] += s.Value[value]
		total += s.Value[value]
		b.cpu[path][decided] += s.Value[value]
		b.flame.add(stack, s.Value[value], b.paths)
		b.flames[path].add(stack, s.Value[value], b.paths)
	}
	n.ForS, n.CPUS, n.Shares = float64(p.DurationNanos)/1e9, float64(total)/1e9, map[string]float64{}
	for path, spent := range of {
		n.Shares[HotPath(path).Key()] = float64(spent) / float64(max(total, 1))
	}
	return nil
}

// addMutex reads the mutex profile of a node. Its stacks are those of who let the mutex go, after others had waited.
func (b *breakdown) addMutex(n *NodeProfile, dir string) error {
	p, value, err := readProfile(profileFile(dir, n.Name, mutexFile), "delay")
	if err != nil {
		return err
	}
	for _, s := range p.Sample {
		n.MutexS += float64(s.Value[value]) / 1e9
		b.mutex[holder(stackOf(s))] += s.Value[value]
	}
	return nil
}

// readProfile reads a profile, and says which of each sample's values is the one of the type.
func readProfile(file, typ string) (*profile.Profile, int, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	p, err := profile.Parse(f)
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", file, err)
	}
	for i, t := range p.SampleType {
		if t.Type == typ && t.Unit == "nanoseconds" {
			return p, i, nil
		}
	}
	return nil, 0, fmt.Errorf("%s: not a profile of %s in nanoseconds", file, typ)
}

// outermost is the function that a goroutine runs.
func outermost(stack []string) string {
	if len(stack) == 0 {
		return "unknown"
	}
	return stack[len(stack)-1]
}

// holder is the innermost function that is not the mutex itself.
func holder(stack []string) string {
	for _, function := range stack {
		if !strings.HasPrefix(function, "sync.") && !strings.HasPrefix(function, "runtime.") && !strings.HasPrefix(function, "internal/sync.") {
			return function
		}
	}
	return outermost(stack)
}
