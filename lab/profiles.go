package lab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"blink/api/client"
)

const (
	maxProfile = 60 // seconds that a node profiles its CPU time for at most
	traceFor   = 1  // seconds of the execution trace that follows
	// profileTimeout is what a busy node gets, beyond the time that it watches, to put a profile together.
	profileTimeout = 20 * time.Second
)

// profiler takes profiles of all nodes while a load runs.
type profiler struct {
	dir    string
	client *client.Client
	nodes  []NodeProfile // what is known of them so far
}

// newProfiler makes sure, before anything is measured, that every node lets itself be profiled. With allowDown, nodes that do
// not answer are left out.
func newProfiler(ctx context.Context, dir string, cfg LoadConfig) (*profiler, error) {
	c, err := client.New(cfg.Nodes, client.Options{Timeout: profileTimeout, UserAgent: "blinkd-bench"})
	if err != nil {
		return nil, err
	}
	p := &profiler{dir: dir, client: c}
	for i, url := range c.URLs() {
		n := NodeProfile{Name: fmt.Sprintf("node%d", i), URL: url}
		_, err := c.Only(i).Profile(ctx, "mutex", 0)
		switch {
		case err != nil && cfg.AllowDown && errors.As(err, new(*client.Unreachable)):
			n.Error = err.Error()
		case err != nil:
			c.Close()
			return nil, fmt.Errorf("%s cannot be profiled: %w", url, err)
		}
		p.nodes = append(p.nodes, n)
	}
	return p, nil
}

// profileSeconds is how long CPU time is profiled in a load of that length: so long that the trace falls into the load as well.
func profileSeconds(length time.Duration) int {
	return min(max(int(length/time.Second)-traceFor-1, 1), maxProfile)
}

// begin takes the profiles from start on. The function that it returns waits for them and sums them up.
func (p *profiler) begin(ctx context.Context, start time.Time, length time.Duration) (finish func() *Profiles) {
	seconds := profileSeconds(length)
	var taken sync.WaitGroup
	for i := range p.nodes {
		if n := &p.nodes[i]; n.Error == "" {
			taken.Go(func() {
				if err := p.take(ctx, i, start, seconds); err != nil {
					n.Error = err.Error()
				}
			})
		}
	}
	return func() *Profiles {
		taken.Wait()
		return sumUp(p.dir, p.nodes)
	}
}

// take takes the profiles of node i: where CPU time goes and where goroutines wait for mutexes, at once, and then a trace. They are
// only read when the load is over: to read them takes CPU time too.
func (p *profiler) take(ctx context.Context, i int, start time.Time, seconds int) error {
	if !pause(ctx, time.Until(start)) {
		return errInterrupted
	}
	var waiting error
	var both sync.WaitGroup
	both.Go(func() { waiting = p.save(ctx, i, "mutex", seconds, mutexFile) })
	err := p.save(ctx, i, "profile", seconds, cpuFile)
	both.Wait()
	if err = cmp.Or(err, waiting); err == nil {
		err = p.save(ctx, i, "trace", traceFor, traceFile)
	}
	if ctx.Err() != nil {
		return errInterrupted
	}
	return err
}

var errInterrupted = errors.New("the load was interrupted before its profiles were complete")

// Ends of the names of a node's files.
const (
	cpuFile   = "cpu.pb.gz"
	mutexFile = "mutex.pb.gz"
	traceFile = "trace"
)

// save writes a profile of node i to its file.
func (p *profiler) save(ctx context.Context, i int, name string, seconds int, file string) error {
	data, err := p.client.Only(i).Profile(ctx, name, seconds)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return os.WriteFile(profileFile(p.dir, p.nodes[i].Name, file), data, 0o644)
}

func profileFile(dir, node, end string) string { return filepath.Join(dir, node+"."+end) }
