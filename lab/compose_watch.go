package lab

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
)

// container is one node of a composeCluster.
type container struct {
	ClusterNode
	number int
	id     string
	port   int // of the REST API on this machine

	mu       sync.Mutex
	expected bool          // its end was asked for
	ended    chan struct{} // closed when it has ended
}

// expect says that the node's end is no news.
func (n *container) expect() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.expected = true
}

// gone is closed when the node has ended.
func (n *container) gone() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.ended
}

// watch follows a node that was just started, until its end.
func (c *composeCluster) watch(n *container) {
	ended := make(chan struct{})
	n.mu.Lock()
	n.expected, n.ended = false, ended
	n.mu.Unlock()
	go func() {
		defer close(ended)
		code, err := runCommand(c.watching, nil, "docker", "wait", n.id)
		if err != nil {
			return // the cluster is being closed
		}
		n.mu.Lock()
		expected := n.expected
		n.mu.Unlock()
		if !expected {
			c.report(n, strings.TrimSpace(code))
		}
	}()
}

// report tells that a node ended by itself.
func (c *composeCluster) report(n *container, status string) {
	c.saveLog(c.watching, n)
	code, err := strconv.Atoi(status)
	if err != nil {
		code = -1
	}
	select {
	case c.exits <- Exit{Node: NodeInfo{Name: n.Name, REST: n.REST, Log: n.Log}, Code: code, Reason: fmt.Sprintf("exit %d", code), Log: lastLines(n.Log, 15)}:
	default: // nobody has read the first 64
	}
}

// saveLog writes what the node has printed, over all its starts, to its log file.
func (c *composeCluster) saveLog(ctx context.Context, n *container) {
	if n.id == "" {
		return
	}
	f, err := os.Create(n.Log)
	if err != nil {
		return // a log is a help, not a result
	}
	defer f.Close()
	cmd := apart(exec.CommandContext(ctx, "docker", "logs", n.id))
	cmd.Stdout, cmd.Stderr = f, f
	_ = cmd.Run()
}
