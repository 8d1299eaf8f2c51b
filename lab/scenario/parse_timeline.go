package scenario

import (
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// verbs in the order in which errors list them.
var verbs = []Verb{Kill, Stop, Restart, Pause, Resume, Disconnect, Reconnect, Partition, Cut, Flap, Delay, Bandwidth, Heal,
	FillDisk, FreeDisk, Bond, Unbond, Unjail}

// Bounds of faults.
const (
	minFlap      = 100 * time.Millisecond // shorter than this it is no fault that anybody notices
	maxLatency   = 10 * time.Second
	maxKilobytes = 1 << 20 // per second: 1 GiB/s is no limit any more
)

// action reads one entry of the timeline: a time, one verb, and what the verb needs.
func (d *decoder) action(n *yaml.Node) Action {
	m := d.mapping(n, "an action")
	a := Action{Line: n.Line}
	if n := m.need("at"); n != nil {
		a.At = d.duration(n, "at", 0, MaxLoad)
	}
	var found []string
	var object *yaml.Node
	for _, v := range verbs {
		if n := m.values[string(v)]; n != nil {
			found, object, a.Verb = append(found, string(v)), m.get(string(v)), v
		}
	}
	switch len(found) {
	case 1:
		d.object(m, object, &a)
		m.done()
	case 0:
		names := make([]string, len(verbs))
		for i, v := range verbs {
			names[i] = string(v)
		}
		others := slices.DeleteFunc(m.order, func(key string) bool { return key == "at" })
		switch {
		case !m.ok:
		case len(others) == 0:
			d.fail(n, "an action needs a verb: %s", strings.Join(names, ", "))
		default:
			d.fail(n, "%s is nothing that can be done; it must be one of %s", quoted(others[0]), strings.Join(names, ", "))
		}
	default:
		d.fail(n, "an action does one thing, not %s: write one line for each", strings.Join(found, " and "))
	}
	return a
}

// object reads what the verb is done to, and how.
func (d *decoder) object(m *mapping, n *yaml.Node, a *Action) {
	switch a.Verb {
	case Partition:
		a.Groups, a.How = d.groups(n), d.how(m)
	case Flap:
		a.Groups, a.How = d.groups(n), d.how(m)
		if n := m.need("every"); n != nil {
			a.Every = d.duration(n, "every", minFlap, MaxLoad)
		}
		if n := m.need("for"); n != nil {
			a.For = d.duration(n, "for", minFlap, MaxLoad)
		}
	case Cut:
		d.cut(n, a)
		a.How = d.how(m)
		if a.How == Reset {
			d.fail(n, "how must be black-hole: a connection that is reset is dead in both directions; use partition")
		}
	case Delay:
		d.delay(n, a)
	case Bandwidth:
		d.bandwidth(n, a)
	case Heal:
		d.word(n, "heal", "all")
	case Bond:
		a.Node = d.target(n, a.Verb)
		if n := m.need("stake"); n != nil {
			a.Stake = d.amount(n, "stake")
		}
	default:
		a.Node = d.target(n, a.Verb)
	}
}

// target reads a node, or proposer and victim where the verb allows them.
func (d *decoder) target(n *yaml.Node, v Verb) Target {
	name, ok := d.scalar(n, string(v), "a node such as node3")
	if !ok {
		return 0
	}
	switch name {
	case "proposer":
		switch v {
		case Kill, Stop, Pause, Disconnect:
			return Proposer
		}
		d.fail(n, "%s must name a node, not the proposer: what was done to the proposer is undone to victim", v)
		return 0
	case "victim":
		return Victim
	}
	i, _ := d.node(n, string(v))
	return Target(i)
}

// groups reads the sides of a partition.
func (d *decoder) groups(n *yaml.Node) [][]int {
	var out [][]int
	for _, e := range d.list(n, "a partition", MaxNodes) {
		out = append(out, d.nodes(e, "a side of a partition"))
	}
	if len(out) < 2 {
		d.fail(n, "a partition must have two sides or more such as [[node0, node1], [node2, node3]], had %d", len(out))
	}
	return out
}

// how reads what becomes of the bytes.
func (d *decoder) how(m *mapping) How {
	n := m.get("how")
	if n == nil {
		return BlackHole
	}
	return How(d.word(n, "how", string(BlackHole), string(Reset)))
}

// cut reads a direction.
func (d *decoder) cut(n *yaml.Node, a *Action) {
	m := d.mapping(n, "cut")
	from, to := m.need("from"), m.need("to")
	m.done()
	if from == nil || to == nil {
		return
	}
	a.From, _ = d.node(from, "cut.from")
	a.To, _ = d.node(to, "cut.to")
	if a.From == a.To {
		d.fail(n, "cut must be between two nodes, was from node%d to itself", a.From)
	}
}

// delay reads a latency.
func (d *decoder) delay(n *yaml.Node, a *Action) {
	m := d.mapping(n, "delay")
	a.Links = d.links(m)
	if n := m.need("latency"); n != nil {
		a.Latency = d.duration(n, "latency", 0, maxLatency)
	}
	if n := m.get("jitter"); n != nil {
		a.Jitter = d.duration(n, "jitter", 0, maxLatency)
		if a.Jitter > a.Latency {
			d.fail(n, "jitter must be at most the latency, %v, was %v: no byte arrives before it was sent", a.Latency, a.Jitter)
		}
	}
	m.done()
}

// bandwidth reads a limit.
func (d *decoder) bandwidth(n *yaml.Node, a *Action) {
	m := d.mapping(n, "bandwidth")
	a.Links = d.links(m)
	if n := m.need("kilobytes_per_second"); n != nil {
		a.Kilobytes = d.integer(n, "kilobytes_per_second", 1, maxKilobytes)
	}
	m.done()
}

// links reads all, a node, or two nodes.
func (d *decoder) links(m *mapping) Links {
	n := m.need("links")
	if n == nil || n.Kind == yaml.ScalarNode && n.Value == "all" {
		return nil
	}
	nodes := d.nodes(n, "links")
	if len(nodes) != 1 && len(nodes) != 2 {
		d.fail(n, "links must be all, a node such as node3, or two nodes such as [node0, node1]")
	}
	return nodes
}
