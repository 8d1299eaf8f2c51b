package scenario

import (
	"fmt"
	"slices"
	"time"
)

// standing is where a node stands at a point of the timeline. Each field holds the line of the action that made it so,
// 0 if it is not so.
type standing struct {
	down, paused, off, full, bonded, unbonded int

	strained int // its disk was full: it may have ended by itself
}

// out says why a node does not take part, "" if it does.
func (s standing) out() string {
	switch {
	case s.down > 0:
		return fmt.Sprintf("is down since line %d", s.down)
	case s.paused > 0:
		return fmt.Sprintf("is paused since line %d", s.paused)
	case s.off > 0:
		return fmt.Sprintf("is disconnected since line %d", s.off)
	}
	return ""
}

// walker goes through a timeline with the state of the whole network.
type walker struct {
	d          *decoder
	s          Scenario
	validators int
	nodes      []standing
	victim     *standing     // which node it is comes out in the run
	cut        int           // line of the partition or cut that is on
	shaped     int           // line of the delay or bandwidth that is on
	flapLine   int           // line of the flap
	flapUntil  time.Duration // when it ends
	last       time.Duration
	lastLine   int
}

// walk notes every action that cannot be done at its time, in a network of so many validators.
func (d *decoder) walk(s Scenario, validators int) {
	w := &walker{d: d, s: s, validators: validators, nodes: make([]standing, s.Network.Nodes(validators))}
	for _, a := range s.Timeline {
		w.time(a)
		if w.exist(a) {
			w.do(a)
		}
	}
}

func (w *walker) fail(a Action, format string, args ...any) { w.d.failAt(a.Line, format, args...) }

// time checks that time does not run backwards, nor past the end of the load.
func (w *walker) time(a Action) {
	if a.At < w.last {
		w.fail(a, "at must not be before %v, the time of line %d, was %v: put the actions in order", w.last, w.lastLine, a.At)
	}
	w.last, w.lastLine = a.At, a.Line
	w.d.within(a, a.At+a.For, w.s.Load.Duration())
}

// exist checks that the nodes are there.
func (w *walker) exist(a Action) bool {
	named := []int{a.From, a.To}
	named = append(named, a.Links...)
	for _, g := range a.Groups {
		named = append(named, g...)
	}
	if a.Node >= 0 {
		named = append(named, int(a.Node))
	}
	slices.Sort(named)
	ok := true
	for _, i := range slices.Compact(named) {
		ok = w.d.exists(a.Line, string(a.Verb), i, len(w.nodes)) && ok
	}
	return ok
}

// do performs the action on the walker's state.
func (w *walker) do(a Action) {
	switch a.Verb {
	case Partition, Cut, Flap, Delay, Bandwidth, Heal:
		w.doLinks(a)
		return
	case Disconnect, Reconnect:
		w.steady(a)
	}
	node := w.node(a)
	if node == nil {
		return
	}
	switch a.Verb {
	case Kill, Stop, Pause, Resume, Restart:
		w.doProcess(a, node)
	case Disconnect:
		w.disconnect(a, node)
	case Reconnect:
		w.undo(a, &node.off, "disconnected")
	case FillDisk, FreeDisk:
		w.doDisk(a, node)
	case Bond, Unbond, Unjail:
		w.doStake(a, node)
	}
}

// node finds what the action is done to, nil after a problem. A victim comes into being here.
func (w *walker) node(a Action) *standing {
	switch {
	case a.Node == Victim && w.victim == nil:
		w.fail(a, "there is no victim yet: %s: proposer, or the like, must come first", Kill)
		return nil
	case a.Node == Victim:
		return w.victim
	case w.victim != nil && w.victim.out() != "":
		w.fail(a, "the victim %s, and it may be %v: act on victim, or bring it back first", w.victim.out(), a.Node)
		return nil
	case a.Node == Proposer:
		w.victim = &standing{}
		return w.victim
	}
	return &w.nodes[a.Node]
}

// doProcess is about the node's process.
func (w *walker) doProcess(a Action, n *standing) {
	switch {
	case a.Verb == Restart && n.down == 0 && n.strained == 0:
		w.fail(a, "%v runs: only a node that was killed or stopped can be restarted", a.Node)
	case a.Verb == Restart:
		n.down, n.strained = 0, 0
	case n.down > 0:
		w.fail(a, "%v is down since line %d: restart it first", a.Node, n.down)
	case a.Verb == Pause && n.paused > 0:
		w.fail(a, "%v is paused since line %d: resume it first", a.Node, n.paused)
	case a.Verb == Pause:
		n.paused = a.Line
	case a.Verb == Resume:
		w.undo(a, &n.paused, "paused")
	default:
		n.down, n.paused = a.Line, 0
	}
}

// undo ends a state, which must be.
func (w *walker) undo(a Action, state *int, what string) {
	if *state == 0 {
		w.fail(a, "%v is not %s", a.Node, what)
	}
	*state = 0
}

func (w *walker) disconnect(a Action, n *standing) {
	if n.off > 0 {
		w.fail(a, "%v is disconnected since line %d: reconnect it first", a.Node, n.off)
	}
	if len(w.nodes) < 2 {
		w.fail(a, "%s needs a network of two nodes or more", a.Verb)
	}
	n.off = a.Line
}

func (w *walker) doDisk(a Action, n *standing) {
	has := slices.ContainsFunc(w.s.Network.Disks, func(d Disk) bool { return d.Node == int(a.Node) })
	switch {
	case !has:
		w.fail(a, "%v has no disk of its own: give it one with network.disk: {%v: 64MiB}", a.Node, a.Node)
	case a.Verb == FreeDisk:
		w.undo(a, &n.full, "full")
	case n.full > 0:
		w.fail(a, "the disk of %v is full since line %d: free it first", a.Node, n.full)
	default:
		n.full, n.strained = a.Line, a.Line
	}
}

// doStake is about who votes. The transactions go through any node, so the validator's own may be down.
func (w *walker) doStake(a Action, n *standing) {
	if a.Node == Victim {
		w.fail(a, "%s must name a node", a.Verb)
		return
	}
	genesis := int(a.Node) < w.validators
	switch {
	case a.Verb == Bond && genesis:
		w.fail(a, "%v is a validator from the beginning: bond an observer (network.observers), node%d or later", a.Node, w.validators)
	case a.Verb == Bond && n.bonded > 0:
		w.fail(a, "%v was bonded in line %d: a consensus key makes one validator only", a.Node, n.bonded)
	case a.Verb == Bond:
		n.bonded = a.Line
	case !genesis && n.bonded == 0:
		w.fail(a, "%v is no validator: bond it first", a.Node)
	case n.unbonded > 0:
		w.fail(a, "%v has no stake since line %d", a.Node, n.unbonded)
	case a.Verb == Unbond:
		n.unbonded = a.Line
	}
}
