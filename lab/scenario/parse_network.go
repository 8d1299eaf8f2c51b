package scenario

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"blink/genesis"
	"blink/lab/wan"

	"go.yaml.in/yaml/v3"
)

// Bounds of disks and clocks.
const (
	minDisk      = 16 << 20 // bytes: less does not hold a new node
	maxDisk      = 4 << 30  // bytes: it is memory
	maxClockSkew = time.Hour
)

// network reads the network.
func (d *decoder) network(n *yaml.Node, p *places) Network {
	m := d.mapping(n, "network")
	out := Network{Backend: Process, Validators: []int{4}, Profile: "lan"}
	if n := m.get("backend"); n != nil {
		out.Backend = Backend(d.word(n, "network.backend", string(Process), string(Compose)))
	}
	if n := m.get("validators"); n != nil {
		out.Validators = d.validators(n)
	}
	if n := m.get("observers"); n != nil {
		out.Observers = d.integer(n, "network.observers", 0, MaxNodes-1)
	}
	if n := m.get("regions"); n != nil {
		p.regions = n.Line
		out.Profile = "wan"
		out.Regions = d.regions(n)
	}
	if n := m.get("profile"); n != nil {
		out.Profile = d.word(n, "network.profile", "lan", "wan")
	}
	if n := m.get("params"); n != nil {
		out.Params = d.params(n)
	}
	if n := m.get("disk"); n != nil {
		p.disks = n.Line
		d.perNode(n, "network.disk", func(node int, v *yaml.Node) {
			out.Disks = append(out.Disks, Disk{Node: node, Bytes: d.bytes(v, "network.disk", minDisk, maxDisk)})
		})
	}
	if n := m.get("clock_skew"); n != nil {
		p.skews = n.Line
		d.perNode(n, "network.clock_skew", func(node int, v *yaml.Node) {
			out.ClockSkews = append(out.ClockSkews, ClockSkew{Node: node, By: d.duration(v, "network.clock_skew", -maxClockSkew, maxClockSkew)})
		})
	}
	m.done()
	return out
}

// validators reads one number, or several: a sweep.
func (d *decoder) validators(n *yaml.Node) []int {
	var out []int
	for _, e := range d.list(n, "network.validators", MaxRuns) {
		out = append(out, d.integer(e, "network.validators", 1, MaxNodes))
	}
	if len(out) == 0 {
		d.fail(n, "network.validators must be a number from 1 to %d, or a list of them", MaxNodes)
	}
	return out
}

// perNode reads a mapping from nodes to values.
func (d *decoder) perNode(n *yaml.Node, what string, each func(node int, value *yaml.Node)) {
	m := d.mapping(n, what)
	for _, key := range m.order {
		if node, ok := d.node(&yaml.Node{Kind: yaml.ScalarNode, Value: key, Line: m.values[key].Line}, "a key of "+what); ok {
			each(node, m.values[key])
		}
	}
}

// params reads parameters of the chain, in their own units, on top of those of a test network.
func (d *decoder) params(n *yaml.Node) genesis.Params {
	p := genesis.TestnetParams()
	m := d.mapping(n, "network.params")
	for _, key := range m.order {
		v := m.values[key]
		s, ok := d.scalar(v, "network.params."+key, "a whole number")
		if !ok {
			continue
		}
		value, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			d.fail(v, "network.params.%s must be a whole number in the parameter's own unit, was %s", key, quoted(s))
			continue
		}
		next, err := p.With(key, value)
		if err != nil {
			d.fail(v, "network.params: %v", err)
			continue
		}
		p = next
	}
	for _, err := range flatten(p.Validate()) {
		d.fail(n, "network.params: %v", err)
	}
	return p
}

// flatten takes apart what errors.Join has joined.
func flatten(err error) []error {
	var joined interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil
	case errors.As(err, &joined):
		return joined.Unwrap()
	}
	return []error{err}
}

// regions reads names of regions.
func (d *decoder) regions(n *yaml.Node) []string {
	var out []string
	for _, e := range d.list(n, "network.regions", MaxNodes) {
		s, ok := d.scalar(e, "network.regions", "a region such as London")
		if !ok {
			continue
		}
		if known := wan.Regions(); !slices.Contains(known, s) {
			d.fail(e, "network.regions: %s is no region; known are %s", quoted(s), strings.Join(known, ", "))
			continue
		}
		out = append(out, s)
	}
	return out
}
