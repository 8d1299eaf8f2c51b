package lab

import (
	"fmt"
	"slices"
	"strings"

	"blink/lab/history"
	"blink/lab/scenario"
)

// check compares the result with what was expected of it, and with what every run must keep.
func (r *Result) check(e scenario.Expect) {
	if r.Interrupted { // what was expected is of a whole run
		r.Passed = false
		return
	}
	c := &checks{result: r}
	if r.Error == "" {
		c.always()
	}
	c.exits()
	c.outcomes(e)
	c.times(e)
	c.voters(e)
	r.Checks = c.list
	for _, one := range c.list {
		r.Passed = r.Passed && one.OK
	}
}

// checks collects what was looked at.
type checks struct {
	result *Result
	list   []Check
}

func (c *checks) add(what, want, got string, ok bool) {
	c.list = append(c.list, Check{What: what, Want: want, Got: got, OK: ok})
}

// bound checks a number; a nil value is a failure with its reason.
func (c *checks) bound(what string, b *scenario.Bound, v *float64, unit, reason string) {
	switch {
	case b == nil:
	case v == nil:
		c.add(what, b.Text(unit), reason, false)
	default:
		c.add(what, b.Text(unit), scenario.Bound{Min: v, Max: v}.Text(unit), b.Holds(*v))
	}
}

// always is what no scenario may break.
func (c *checks) always() {
	r := c.result
	switch n := len(r.Violations); {
	case r.Checked == nil:
		c.add("history", "no rule broken", "it was not checked", false)
	case n > 0:
		c.add("history", "no rule broken", fmt.Sprintf("%d broken, the first: %s", n, violationText(r.Violations[0])), false)
	default:
		c.add("history", "no rule broken", fmt.Sprintf("%d transactions in %d blocks, %d told final: none lost", r.Checked.Txs, r.Checked.Blocks, r.Checked.Final), true)
	}
	got := disagreement(r.Nodes)
	if got == "" && len(r.Nodes) > 0 {
		got = fmt.Sprintf("height %d, AppHash %.8s", r.Nodes[0].Height, r.Nodes[0].AppHash)
	}
	c.add("all nodes at the end", "one height and AppHash", got, disagreement(r.Nodes) == "" && len(r.Nodes) > 0)
}

// exits checks that no node ended by itself, unless its disk had been filled.
func (c *checks) exits() {
	full := map[string]bool{}
	var ended []string
	for _, m := range c.result.Faults {
		switch {
		case m.Action == string(scenario.FillDisk):
			full[m.Target] = true
		case m.Action == ActionExit && !full[m.Target]:
			ended = append(ended, fmt.Sprintf("%s at %s (%s)", m.Target, formatS(m.AtS), m.Note))
		}
	}
	if len(ended) > 0 {
		c.add("nodes that ended by themselves", "none", strings.Join(ended, ", "), false)
	}
}

func (c *checks) outcomes(e scenario.Expect) {
	l := c.result.Load
	for _, o := range []struct {
		what string
		b    *scenario.Bound
		n    int
	}{{"rejected", e.Rejected, l.Rejected}, {"expired", e.Expired, l.Expired}, {"unknown", e.Unknown, l.Unknown}} {
		v := float64(o.n)
		c.bound(o.what, o.b, &v, "", "")
	}
	c.bound("final", e.Final, percent(l.Final, l.Sent), "%", "nothing was sent")
	if n := len(c.result.Periods); n > 0 {
		last := c.result.Periods[n-1]
		c.bound("final in the last phase", e.LastFinal, percent(last.Final, last.Sent), "%", "nothing was sent")
	}
	c.bound("throughput", e.Throughput, &l.FinalPerS, "tx/s", "")
}

// percent is nil if there is nothing to have a part of.
func percent(part, whole int) *float64 {
	if whole == 0 {
		return nil
	}
	v := 100 * float64(part) / float64(whole)
	return &v
}

func (c *checks) times(e scenario.Expect) {
	r := c.result
	var gap *float64
	if r.Gap != nil {
		gap = &r.Gap.S
	}
	c.bound("gap", e.Gap, gap, "s", "no transaction was sent")
	c.bound("recovery", e.Recovery, r.RecoveryS, "s", r.Recovery)
	for _, p := range []struct {
		period   string
		p50, p99 *scenario.Bound
	}{
		{"baseline", e.BaselineP50, e.BaselineP99}, {"degraded", e.DegradedP50, e.DegradedP99}, {"recovered", e.RecoveredP50, e.RecoveredP99},
	} {
		l := r.period(p.period).TTF
		c.bound(p.period+" p50", p.p50, toSeconds(l.P50), "s", missing(l, "p50"))
		c.bound(p.period+" p99", p.p99, toSeconds(l.P99), "s", missing(l, "p99"))
	}
	if r.Floor != nil {
		c.bound("floor ratio", e.FloorRatio, r.Floor.Ratio, "times the floor", "the baseline has no p50, or the floor is 0")
	}
	if e.Halts != nil {
		c.halts(*e.Halts)
	}
}

// missing says why a percentile is not there.
func missing(l Latencies, name string) string {
	if note := l.Notes[name]; note != "" {
		return note
	}
	return "there was no such period"
}

func toSeconds(ms *float64) *float64 {
	if ms == nil {
		return nil
	}
	s := *ms / 1000
	return &s
}

// period finds a period by its name; the zero one if it did not occur.
func (r *Result) period(name string) Period {
	for _, p := range r.Periods {
		if p.Name == name {
			return p
		}
	}
	return Period{}
}

// halts checks that no block came in an interval.
func (c *checks) halts(h scenario.Interval) {
	n := 0
	for _, b := range c.result.Blocks {
		if b.FirstS >= h.From.Seconds() && b.FirstS <= h.To.Seconds() {
			n++
		}
	}
	c.add("halts", fmt.Sprintf("no block from %s to %s", formatS(h.From.Seconds()), formatS(h.To.Seconds())), count(n, "block"), n == 0)
}

// voters checks who voted.
func (c *checks) voters(e scenario.Expect) {
	r := c.result
	became := func(node int, status string) bool {
		return slices.ContainsFunc(r.Validators, func(v ValidatorChange) bool {
			return v.Node == fmt.Sprintf("node%d", node) && v.Status == status
		})
	}
	last := func(node int) (last ValidatorChange) {
		for _, v := range r.Validators {
			if v.Node == fmt.Sprintf("node%d", node) {
				last = v
			}
		}
		return last
	}
	for _, n := range e.Joined {
		c.add("joined", fmt.Sprintf("node%d becomes active", n), r.storyOf(n), became(n, "active"))
	}
	for _, n := range e.Jailed {
		c.add("jailed", fmt.Sprintf("node%d is jailed", n), r.storyOf(n), became(n, "jailed"))
	}
	for _, n := range e.Left {
		// An operator who takes all its stake back is jailed by the rules, without power; who is jailed for absence has some.
		v := last(n)
		gone := v.Status == "none" || v.Status == "inactive" || v.Status == "jailed" && v.Power == 0
		c.add("left", fmt.Sprintf("node%d votes no more, of its own will", n), r.storyOf(n), gone)
	}
	if e.Validators != nil {
		c.add("validators at the end", fmt.Sprint(*e.Validators), fmt.Sprint(r.ActiveValidators), *e.Validators == r.ActiveValidators)
	}
}

// storyOf is what became of a node as a validator: "active at 6.0 s, jailed at 9.5 s".
func (r *Result) storyOf(node int) string {
	var parts []string
	for _, v := range r.Validators {
		if v.Node == fmt.Sprintf("node%d", node) {
			parts = append(parts, v.Status+" at "+formatS(v.AtS))
		}
	}
	if len(parts) == 0 {
		return "no change"
	}
	return strings.Join(parts, ", ")
}

// formatS writes a time of the run: "12.0 s".
func formatS(s float64) string { return fmt.Sprintf("%.1f s", s) }

// violationText is a broken rule on one line.
func violationText(v history.Violation) string { return v.Where() + ": " + v.Text }
