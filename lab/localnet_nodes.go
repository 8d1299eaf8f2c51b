package lab

import (
	"fmt"
	"slices"
	"time"
)

// What is done to single nodes of a network. Different nodes may be handled at the same time, one node by one caller.

// process returns the process of node i, which may have ended.
func (l *Localnet) process(i int) *process {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.nodes[i]
}

// processes lists those of all nodes.
func (l *Localnet) processes() []*process {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.nodes)
}

// Running reports whether the process of node i is there, paused or not.
func (l *Localnet) Running(i int) bool { return l.process(i).running() }

// Kill ends node i at once and returns when it is gone.
func (l *Localnet) Kill(i int) {
	p := l.process(i)
	p.kill()
	<-p.done
}

// Terminate asks node i to stop, kills it if it has not after the grace time, and returns when it is gone.
func (l *Localnet) Terminate(i int) {
	p := l.process(i)
	p.terminate()
	select {
	case <-p.done:
	case <-time.After(l.cfg.StopGrace):
		p.kill()
		<-p.done
	}
}

// Restart starts node i again with the data it has; one that still runs is stopped first. It does not wait until the
// node is ready.
func (l *Localnet) Restart(i int) error {
	l.Terminate(i)
	node := l.Network().Nodes[i]
	p, err := l.starter.start(l.cfg.Binary, node.Log, l.startArgs(i, node.Home)...)
	if err != nil {
		return fmt.Errorf("%s: %w", node.Name, err)
	}
	l.mu.Lock()
	l.nodes[i] = p
	l.network.Nodes[i].PID = p.pid()
	l.mu.Unlock()
	go l.watch(i, p)
	return nil
}

// Pause freezes node i, Resume lets it go on.
func (l *Localnet) Pause(i int) error  { return l.process(i).pause() }
func (l *Localnet) Resume(i int) error { return l.process(i).resume() }
