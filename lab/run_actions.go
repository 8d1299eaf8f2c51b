package lab

import (
	"context"
	"errors"
	"fmt"
	"time"

	"blink/lab/link"
	"blink/lab/scenario"
)

// do performs one action and books what it leaves; node is -1 for actions on links.
func (r *trial) do(ctx context.Context, a scenario.Action, node int) error {
	r.book(a.Verb, node)
	return r.act(ctx, a, node)
}

func (r *trial) act(ctx context.Context, a scenario.Action, node int) error {
	c := r.cluster
	switch a.Verb {
	case scenario.Kill:
		return c.Kill(node)
	case scenario.Stop:
		return c.Terminate(node)
	case scenario.Restart:
		return c.Restart(ctx, node)
	case scenario.Pause:
		return c.Pause(node)
	case scenario.Resume:
		return c.Resume(node)
	case scenario.Disconnect:
		return c.Disconnect(node)
	case scenario.Reconnect:
		return c.Reconnect(node)
	case scenario.FillDisk:
		return c.FillDisk(node)
	case scenario.FreeDisk:
		return c.FreeDisk(node)
	case scenario.Bond, scenario.Unbond, scenario.Unjail:
		return r.stake(ctx, a, node)
	}
	return r.doLinks(ctx, a)
}

// doLinks performs an action on links.
func (r *trial) doLinks(ctx context.Context, a scenario.Action) error {
	m := r.cluster.Mesh()
	switch a.Verb {
	case scenario.Partition:
		return r.split(m, a)
	case scenario.Cut:
		return m.Hold(a.From, a.To)
	case scenario.Flap:
		return r.flap(ctx, m, a)
	case scenario.Delay:
		return eachPath(m, a.Links, func(from, to int) error { return m.Delay(from, to, a.Latency-a.Jitter, 2*a.Jitter) })
	case scenario.Bandwidth:
		return eachPath(m, a.Links, func(from, to int) error { return m.Bandwidth(from, to, int64(a.Kilobytes)*1000) })
	case scenario.Heal:
		m.HealAll()
		return nil
	}
	return fmt.Errorf("lab: no way to %s", a.Verb)
}

// eachPath does something to both directions of the links that are meant.
func eachPath(m *link.Mesh, links scenario.Links, do func(from, to int) error) error {
	var errs []error
	for _, p := range m.Pairs() {
		if links.Has(p.A, p.B) {
			errs = append(errs, do(p.A, p.B), do(p.B, p.A))
		}
	}
	return errors.Join(errs...)
}

// split cuts the links between the sides of a partition.
func (r *trial) split(m *link.Mesh, a scenario.Action) error {
	var errs []error
	for _, p := range crossing(m.Pairs(), a.Groups) {
		if a.How == scenario.Reset {
			errs = append(errs, m.Reset(p.A, p.B))
		} else {
			errs = append(errs, m.Hold(p.A, p.B), m.Hold(p.B, p.A))
		}
	}
	return errors.Join(errs...)
}

// crossing are the pairs whose nodes are on different sides.
func crossing(pairs []link.Pair, groups [][]int) []link.Pair {
	side := map[int]int{}
	for i, g := range groups {
		for _, n := range g {
			side[n] = i
		}
	}
	var out []link.Pair
	for _, p := range pairs {
		if side[p.A] != side[p.B] {
			out = append(out, p)
		}
	}
	return out
}

// flap cuts and heals in turn until its time is up, and leaves the links healed. Other faults of these links end with it.
func (r *trial) flap(ctx context.Context, m *link.Mesh, a scenario.Action) error {
	end := time.Now().Add(a.For)
	heal := func() (err error) {
		for _, p := range crossing(m.Pairs(), a.Groups) {
			err = errors.Join(err, m.Heal(p.A, p.B), m.Heal(p.B, p.A))
		}
		return err
	}
	for time.Now().Before(end) && ctx.Err() == nil {
		if err := r.split(m, a); err != nil {
			return err
		}
		pause(ctx, min(a.Every, time.Until(end)))
		if err := heal(); err != nil {
			return err
		}
		pause(ctx, min(a.Every, time.Until(end)))
	}
	return nil
}
