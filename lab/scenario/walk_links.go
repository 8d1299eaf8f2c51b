package scenario

import (
	"slices"
)

// doLinks is about the links between nodes.
func (w *walker) doLinks(a Action) {
	if len(w.nodes) < 2 {
		w.fail(a, "%s needs a network of two nodes or more", a.Verb)
		return
	}
	w.connected(a)
	w.settled(a)
	switch a.Verb {
	case Partition, Flap:
		w.whole(a)
		if w.cut > 0 {
			w.fail(a, "links are cut since line %d: heal them first", w.cut)
		}
		if a.Verb == Flap {
			w.flapLine, w.flapUntil = a.Line, a.At+a.For
			if a.Every > a.For {
				w.fail(a, "every must be at most for, %v, was %v", a.For, a.Every)
			}
			return
		}
		w.cut = a.Line
	case Cut:
		w.cut = a.Line
	case Delay, Bandwidth:
		w.shaped = a.Line
	case Heal:
		if w.cut == 0 && w.shaped == 0 && w.flapLine == 0 {
			w.fail(a, "there is nothing to heal: no partition, cut, delay or bandwidth is on")
		}
		w.cut, w.shaped = 0, 0
	}
}

// steady refuses to disconnect or reconnect a node while links are at fault, since both act on the same links.
func (w *walker) steady(a Action) {
	w.settled(a)
	if line := max(w.cut, w.shaped); line > 0 {
		w.fail(a, "links are at fault since line %d: heal them before %s", line, a.Verb)
	}
}

// settled refuses to touch links that flap.
func (w *walker) settled(a Action) {
	if w.flapLine > 0 && a.At < w.flapUntil {
		w.fail(a, "links flap until %v, by line %d: nothing else can be done to them before", w.flapUntil, w.flapLine)
	}
}

// connected refuses faults of links while a node is disconnected, since both act on the same links.
func (w *walker) connected(a Action) {
	for i, n := range w.nodes {
		if n.off > 0 {
			w.fail(a, "node%d is disconnected since line %d: reconnect it before %s", i, n.off, a.Verb)
		}
	}
	if w.victim != nil && w.victim.off > 0 {
		w.fail(a, "the victim is disconnected since line %d: reconnect it before %s", w.victim.off, a.Verb)
	}
}

// whole checks that every node is on exactly one side.
func (w *walker) whole(a Action) {
	sides := make([]int, len(w.nodes))
	for _, g := range a.Groups {
		if len(g) == 0 {
			w.fail(a, "a side of a partition must not be empty")
		}
		for _, i := range g {
			sides[i]++
		}
	}
	for i, n := range sides {
		if n == 0 {
			w.fail(a, "a partition must name every node: node%d is on no side", i)
		}
	}
	if i := slices.IndexFunc(sides, func(n int) bool { return n > 1 }); i >= 0 {
		w.fail(a, "node%d is on two sides", i)
	}
}
