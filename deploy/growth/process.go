package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// stopGrace is how long a node may take to end by itself.
const stopGrace = 20 * time.Second

// process is one node.
type process struct {
	cmd  *exec.Cmd
	home string
	done chan struct{} // closed when it has ended and was waited for
}

// startNode runs the node of a home, with its output in a log there.
func startNode(blinkd, home string) (*process, error) {
	log, err := os.OpenFile(logOf(home), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	defer log.Close() // the child has its own descriptor
	// All clients of a network are one address here, the load: what a node grants each would be what is measured.
	cmd := exec.Command(blinkd, "start", "--home", home, "--api.requests_per_second", "-1")
	cmd.Stdout, cmd.Stderr, cmd.Env, cmd.SysProcAttr = log, log, environment(), childAttributes()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, home: home, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended is in ProcessState
		close(p.done)
	}()
	return p, nil
}

func logOf(home string) string { return filepath.Join(home, "node.log") }

// environment is this program's without blink's variables, which would speak to all nodes alike.
func environment() []string {
	var kept []string
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "BLINK_") {
			kept = append(kept, e)
		}
	}
	return kept
}

func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// askToStop is the first half of stopping: all nodes of a network are asked before any is waited for.
func (p *process) askToStop() { _ = p.cmd.Process.Signal(syscall.SIGTERM) }

// awaitStop waits for the process to end, and kills it when patience ends. What a killed node leaves in memory would outlive its home: its log of
// consensus, which data/wal_memory links to (docs/operations.md).
func (p *process) awaitStop(patience context.Context) {
	select {
	case <-p.done:
	case <-patience.Done():
		_ = p.cmd.Process.Kill()
		<-p.done
	}
	target, err := os.Readlink(filepath.Join(p.home, "data", "wal_memory"))
	if err == nil && strings.HasPrefix(filepath.Base(target), "blinkd-wal-") {
		_ = os.RemoveAll(target)
	}
}

// lastLines is the end of a node's log, for an error message.
func lastLines(home string) string {
	text, err := os.ReadFile(logOf(home))
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], "\n")
}
