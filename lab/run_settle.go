package lab

import (
	"context"
	"errors"
	"fmt"
	"time"

	"blink/lab/scenario"
)

// settleTimeout bounds mending: nodes that were down for long must catch up.
const settleTimeout = 2 * time.Minute

// settle mends the network and waits until its nodes agree.
func (r *trial) settle(ctx context.Context, result *Result) error {
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	if err := r.mend(ctx); err != nil {
		return fmt.Errorf("mend the network: %w", err)
	}
	result.Nodes = r.agree(ctx)
	return r.countValidators(ctx, result)
}

// readyTimeout bounds the start of a network.
const readyTimeout = 2 * time.Minute

// awaitReady waits until every node has its first block.
func (r *trial) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	for {
		waiting := ""
		for i, s := range r.askAll(ctx) {
			if s == nil || !s.Ready || s.Height < 1 {
				waiting = r.nodes[i].Name
			}
		}
		if waiting == "" {
			return nil
		}
		if !pause(ctx, 100*time.Millisecond) {
			return fmt.Errorf("%s was not ready in time: %w", waiting, ctx.Err())
		}
	}
}

// condition is what was done to a node and not undone.
type condition struct{ paused, off, full bool }

// book notes what an action has done to a node.
func (r *trial) book(v scenario.Verb, node int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.conditions == nil {
		r.conditions = make([]condition, len(r.nodes))
	}
	if node < 0 {
		return
	}
	c := &r.conditions[node]
	switch v {
	case scenario.Pause:
		c.paused = true
	case scenario.Resume, scenario.Kill, scenario.Stop:
		c.paused = false
	case scenario.Disconnect:
		c.off = true
	case scenario.Reconnect:
		c.off = false
	case scenario.FillDisk:
		c.full = true
	case scenario.FreeDisk:
		c.full = false
	}
}

// mend undoes every fault that the timeline has left, and starts what is down.
func (r *trial) mend(ctx context.Context) error {
	if m := r.cluster.Mesh(); m != nil {
		m.HealAll()
	}
	var errs []error
	for i := range r.nodes {
		r.mu.Lock()
		var c condition
		if r.conditions != nil {
			c = r.conditions[i]
		}
		r.mu.Unlock()
		if c.paused {
			errs = append(errs, r.cluster.Resume(i))
		}
		if c.off {
			errs = append(errs, r.cluster.Reconnect(i))
		}
		if c.full {
			errs = append(errs, r.cluster.FreeDisk(i))
		}
		if !r.cluster.Running(i) {
			errs = append(errs, r.cluster.Restart(ctx, i))
		}
	}
	return errors.Join(errs...)
}

// agree waits until all nodes are ready at one height with one AppHash, or ctx ends, and says where they stand.
func (r *trial) agree(ctx context.Context) []NodeEnd {
	for {
		ends := r.ends(ctx)
		if disagreement(ends) == "" || !pause(ctx, 100*time.Millisecond) {
			return ends
		}
	}
}

// ends asks every node where it stands.
func (r *trial) ends(ctx context.Context) []NodeEnd {
	ends := make([]NodeEnd, len(r.nodes))
	for i, s := range r.askAll(context.WithoutCancel(ctx)) {
		ends[i] = NodeEnd{Name: r.nodes[i].Name}
		switch {
		case s == nil:
			ends[i].Error = "does not answer"
		case !s.Ready:
			ends[i].Error = "is not ready: " + s.NotReady
			ends[i].Height, ends[i].AppHash = s.Height, s.AppHash
		default:
			ends[i].Height, ends[i].AppHash = s.Height, s.AppHash
		}
	}
	return ends
}

// disagreement says how nodes differ, "" if they do not.
func disagreement(ends []NodeEnd) string {
	for _, e := range ends {
		first := ends[0]
		switch {
		case e.Error != "":
			return fmt.Sprintf("%s %s", e.Name, e.Error)
		case e.Height != first.Height:
			return fmt.Sprintf("%s is at height %d, %s at %d", first.Name, first.Height, e.Name, e.Height)
		case e.AppHash != first.AppHash:
			return fmt.Sprintf("%s and %s have other AppHashes at height %d", first.Name, e.Name, e.Height)
		}
	}
	return ""
}
