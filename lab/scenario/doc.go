// Package scenario reads the experiments of the laboratory: which network to start, what load to put on it, which faults
// to do to it at what time, and what is expected to come of it. A scenario is a YAML file; docs/lab.md describes it.
//
// What cannot work is refused before anything starts, with the line, the reason and the fix: a value without its unit, a
// node that does not exist, a fault on a node that is down at that moment. To know the last, the timeline is walked
// through once with the state of every node.
package scenario
