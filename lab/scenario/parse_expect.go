package scenario

import (
	"go.yaml.in/yaml/v3"
)

// expect reads the expectations.
func (d *decoder) expect(n *yaml.Node, p *places) Expect {
	var out Expect
	m := d.mapping(n, "expect")
	for _, e := range []struct {
		key  string
		into **Bound
		read func(*yaml.Node, string) float64
	}{
		{"final", &out.Final, d.percent},
		{"last_final", &out.LastFinal, d.percent},
		{"rejected", &out.Rejected, d.transactions},
		{"expired", &out.Expired, d.transactions},
		{"unknown", &out.Unknown, d.transactions},
		{"gap", &out.Gap, d.seconds},
		{"recovery", &out.Recovery, d.seconds},
		{"baseline_p50", &out.BaselineP50, d.seconds},
		{"baseline_p99", &out.BaselineP99, d.seconds},
		{"degraded_p50", &out.DegradedP50, d.seconds},
		{"degraded_p99", &out.DegradedP99, d.seconds},
		{"recovered_p50", &out.RecoveredP50, d.seconds},
		{"recovered_p99", &out.RecoveredP99, d.seconds},
		{"throughput", &out.Throughput, d.ratio},
		{"floor_ratio", &out.FloorRatio, d.ratio},
	} {
		if n := m.get(e.key); n != nil {
			p.expectations[e.key] = n.Line
			*e.into = d.bound(n, "expect."+e.key, e.read)
		}
	}
	for _, e := range []struct {
		key  string
		into *[]int
	}{{"joined", &out.Joined}, {"left", &out.Left}, {"jailed", &out.Jailed}} {
		if n := m.get(e.key); n != nil {
			p.expectations[e.key] = n.Line
			*e.into = d.nodes(n, "expect."+e.key)
		}
	}
	if n := m.get("halts"); n != nil {
		p.expectations["halts"] = n.Line
		out.Halts = d.interval(n)
	}
	if n := m.get("validators"); n != nil {
		count := d.integer(n, "expect.validators", 1, MaxNodes)
		out.Validators = &count
	}
	m.done()
	return out
}

func (d *decoder) transactions(n *yaml.Node, what string) float64 {
	return float64(d.integer(n, what, 0, MaxTransactions))
}

func (d *decoder) seconds(n *yaml.Node, what string) float64 {
	return d.duration(n, what, 0, MaxLoad).Seconds()
}

func (d *decoder) ratio(n *yaml.Node, what string) float64 { return d.number(n, what, 1e6) }

// bound reads an exact value, or {min: x, max: y}.
func (d *decoder) bound(n *yaml.Node, what string, read func(*yaml.Node, string) float64) *Bound {
	if n.Kind != yaml.MappingNode {
		v := read(n, what)
		return &Bound{Min: &v, Max: &v}
	}
	var b Bound
	m := d.mapping(n, what)
	if n := m.get("min"); n != nil {
		v := read(n, what+".min")
		b.Min = &v
	}
	if n := m.get("max"); n != nil {
		v := read(n, what+".max")
		b.Max = &v
	}
	m.done()
	switch {
	case b.Min == nil && b.Max == nil:
		d.fail(n, "%s needs min, max or both, or a plain value", what)
	case b.Min != nil && b.Max != nil && *b.Min > *b.Max:
		d.fail(n, "%s.min must not be above its max", what)
	}
	return &b
}

// interval reads {from: 12s, to: 20s}.
func (d *decoder) interval(n *yaml.Node) *Interval {
	var out Interval
	m := d.mapping(n, "expect.halts")
	from, to := m.need("from"), m.need("to")
	m.done()
	if from != nil && to != nil {
		out.From, out.To = d.duration(from, "expect.halts.from", 0, MaxLoad), d.duration(to, "expect.halts.to", 0, MaxLoad)
	}
	return &out
}
