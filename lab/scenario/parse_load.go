package scenario

import (
	"time"

	"go.yaml.in/yaml/v3"
)

// Bounds of a load's times and senders.
const (
	minPhase    = 500 * time.Millisecond
	minTimeout  = 2 * time.Second
	maxTimeout  = 10 * time.Minute
	maxWarmup   = 5 * time.Minute
	maxAccounts = 20_000
)

// load reads the load: rate and for, or phases.
func (d *decoder) load(n *yaml.Node, p *places) Load {
	m := d.mapping(n, "load")
	out := Load{Warmup: 3 * time.Second, Arrivals: "poisson", Seed: 1, Timeout: 30 * time.Second}
	rate, length, phases := m.get("rate"), m.get("for"), m.get("phases")
	switch {
	case phases != nil && (rate != nil || length != nil):
		d.fail(phases, "load must have either rate and for, or phases")
	case phases != nil:
		for _, e := range d.list(phases, "load.phases", MaxPhases) {
			out.Phases = append(out.Phases, d.phase(e))
		}
	case rate == nil || length == nil:
		d.fail(n, "load needs rate and for, or phases")
	default:
		out.Phases = []Phase{{Rate: d.number(rate, "load.rate", MaxRate), For: d.duration(length, "load.for", minPhase, MaxLoad)}}
	}
	if n := m.get("warmup"); n != nil {
		out.Warmup = d.duration(n, "load.warmup", 0, maxWarmup)
	}
	if n := m.get("arrivals"); n != nil {
		out.Arrivals = d.word(n, "load.arrivals", "poisson", "constant")
	}
	if n := m.get("seed"); n != nil {
		out.Seed = uint64(d.integer(n, "load.seed", 0, 1<<53)) // exact in every JSON reader
	}
	if n := m.get("timeout"); n != nil {
		out.Timeout = d.duration(n, "load.timeout", minTimeout, maxTimeout)
	}
	if n := m.get("nodes"); n != nil {
		p.loadNodes = n.Line
		out.Nodes = d.nodes(n, "load.nodes")
	}
	if n := m.get("accounts"); n != nil {
		out.Accounts = d.integer(n, "load.accounts", 1, maxAccounts)
	}
	m.done()
	d.loadSize(n, out)
	return out
}

// phase reads one part of the load.
func (d *decoder) phase(n *yaml.Node) Phase {
	var out Phase
	m := d.mapping(n, "a phase of load")
	if n := m.need("rate"); n != nil {
		out.Rate = d.number(n, "rate", MaxRate)
	}
	if n := m.need("for"); n != nil {
		out.For = d.duration(n, "for", minPhase, MaxLoad)
	}
	m.done()
	return out
}

// loadSize refuses what is too long, too much, or nothing.
func (d *decoder) loadSize(n *yaml.Node, l Load) {
	var total, first float64
	for i, p := range l.Phases {
		total += p.Rate * p.For.Seconds()
		if i == 0 {
			first = p.Rate * l.Warmup.Seconds()
		}
	}
	switch {
	case len(l.Phases) == 0 || len(d.problems) > 0:
	case l.Duration() > MaxLoad:
		d.fail(n, "load must last at most %v, was %v", MaxLoad, l.Duration())
	case total == 0:
		d.fail(n, "load sends nothing: give a phase a rate")
	case total+first > MaxTransactions:
		d.fail(n, "load must be at most %d transactions, was about %.0f", MaxTransactions, total+first)
	}
}
