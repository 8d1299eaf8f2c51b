package scenario

import (
	"slices"
	"strings"
	"time"
)

// check refuses what is well formed but cannot be run: it looks at the parts together, and walks through the timeline.
func (d *decoder) check(s Scenario, p places) {
	for _, validators := range s.Network.Validators {
		d.checkSize(s, p, validators)
		d.checkNodes(s, p, validators)
		d.walk(s, validators)
	}
	d.checkBackend(s, p)
	d.checkExpect(s, p)
}

func (d *decoder) checkSize(s Scenario, p places, validators int) {
	n := s.Network.Nodes(validators)
	if n > MaxNodes {
		d.failAt(p.network, "network must have at most %d nodes, has %d validators and %d observers", MaxNodes, validators, s.Network.Observers)
	}
	if int64(validators) > s.Network.Params.MaxValidators && s.Network.Params.MaxValidators > 0 {
		d.failAt(p.network, "network.validators is %d, but network.params.max_validators lets only %d vote", validators, s.Network.Params.MaxValidators)
	}
	if len(s.Network.Regions) > n {
		d.failAt(p.regions, "network.regions must name at most one region for each of %d nodes, named %d", n, len(s.Network.Regions))
	}
}

// checkNodes refuses nodes that do not exist, outside the timeline.
func (d *decoder) checkNodes(s Scenario, p places, validators int) {
	n := s.Network.Nodes(validators)
	exist := func(line int, what string, nodes ...int) {
		for _, i := range nodes {
			d.exists(line, what, i, n)
		}
	}
	exist(p.loadNodes, "load.nodes", s.Load.Nodes...)
	for _, disk := range s.Network.Disks {
		exist(p.disks, "network.disk", disk.Node)
	}
	for _, skew := range s.Network.ClockSkews {
		exist(p.skews, "network.clock_skew", skew.Node)
	}
	exist(p.expectations["joined"], "expect.joined", s.Expect.Joined...)
	exist(p.expectations["left"], "expect.left", s.Expect.Left...)
	exist(p.expectations["jailed"], "expect.jailed", s.Expect.Jailed...)
}

// exists notes a node that does not.
func (d *decoder) exists(line int, what string, node, nodes int) bool {
	if node < nodes {
		return true
	}
	d.failAt(line, "%s names node%d, but the network has %d nodes, node0 to node%d", what, node, nodes, nodes-1)
	return false
}

// checkBackend refuses what containers cannot do.
func (d *decoder) checkBackend(s Scenario, p places) {
	if s.Network.Backend != Compose {
		return
	}
	if v := s.Network.Validators; len(v) != 1 || v[0] != ComposeValidators || s.Network.Observers > ComposeObservers {
		d.failAt(p.network, "network must have %d validators and at most %d observer with backend compose: docker-compose.yml has no others", ComposeValidators, ComposeObservers)
	}
	for _, a := range s.Timeline {
		if a.Verb.Links() || a.Verb == FillDisk || a.Verb == FreeDisk {
			d.failAt(a.Line, "%s needs network.backend: process; containers can be disconnected, paused, stopped and killed", a.Verb)
		}
	}
	for _, extra := range []struct {
		line int
		what string
	}{{p.regions, "regions"}, {p.disks, "disk"}, {p.skews, "clock_skew"}} {
		if extra.line > 0 {
			d.failAt(extra.line, "network.%s needs network.backend: process", extra.what)
		}
	}
}

// checkExpect refuses expectations of what will not be measured.
func (d *decoder) checkExpect(s Scenario, p places) {
	first, faulty := s.FirstFault()
	healed := slices.ContainsFunc(s.Timeline, func(a Action) bool { return a.Verb.Healing() || a.Verb == Flap })
	for key, line := range p.expectations {
		switch {
		case strings.HasPrefix(key, "degraded") && !faulty:
			d.failAt(line, "expect.%s needs a fault in the timeline", key)
		case (key == "recovery" || strings.HasPrefix(key, "recovered")) && !healed:
			d.failAt(line, "expect.%s needs a fault that is healed in the timeline, by restart, resume, reconnect, heal or free_disk", key)
		case (key == "recovery" || strings.HasPrefix(key, "baseline")) && faulty && first == 0:
			d.failAt(line, "expect.%s needs some load before the first fault: let it begin later than 0s", key)
		case strings.HasPrefix(key, "baseline") && !faulty && len(s.Load.Phases) > 1:
			d.failAt(line, "expect.%s needs a load of one phase, or a fault: without either there are only phases to look at", key)
		case key == "last_final" && (faulty || len(s.Load.Phases) < 2):
			d.failAt(line, "expect.last_final needs load.phases, and no fault in the timeline")
		case key == "floor_ratio" && len(s.Network.Regions) == 0:
			d.failAt(line, "expect.floor_ratio needs network.regions: without distances there is no floor")
		}
	}
	if h := s.Expect.Halts; h != nil && (h.From >= h.To || h.To > s.Load.Duration()) {
		d.failAt(p.expectations["halts"], "expect.halts must be from a time to a later one within the load of %v, was from %v to %v", s.Load.Duration(), h.From, h.To)
	}
}

// within notes a time that is not in the load.
func (d *decoder) within(a Action, at time.Duration, end time.Duration) {
	if at >= end {
		d.failAt(a.Line, "%s is done at %v, but the load ends at %v: make the load longer", a.Verb, at, end)
	}
}
