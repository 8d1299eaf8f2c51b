package scenario

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// decoder turns YAML nodes into values and collects what is wrong on the way, so that the user sees all of it at once.
type decoder struct {
	file     string
	problems Problems
}

// fail notes a problem at n.
func (d *decoder) fail(n *yaml.Node, format string, args ...any) {
	d.failAt(n.Line, format, args...)
}

func (d *decoder) failAt(line int, format string, args ...any) {
	d.problems = append(d.problems, Problem{File: d.file, Line: line, Text: fmt.Sprintf(format, args...)})
}

// mapping is a YAML mapping that is read strictly: each key once, and none that nobody asks for.
type mapping struct {
	d      *decoder
	what   string // names it in errors
	line   int
	ok     bool // it was one
	values map[string]*yaml.Node
	order  []string
	known  []string
}

// mapping reads n, which must be one. What is nil or no mapping yields an empty one, and a problem.
func (d *decoder) mapping(n *yaml.Node, what string) *mapping {
	m := &mapping{d: d, what: what, line: n.Line, values: map[string]*yaml.Node{}}
	if n.Kind != yaml.MappingNode {
		d.fail(n, "%s must be a mapping such as {key: value}, was %s", what, describe(n))
		return m
	}
	m.ok = true
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode:
			d.fail(key, "a key of %s must be a word, was %s", what, describe(key))
		case m.values[key.Value] != nil:
			d.fail(key, "%s is given twice in %s: leave one out", key.Value, what)
		default:
			m.values[key.Value] = value
			m.order = append(m.order, key.Value)
			value.Line = max(value.Line, key.Line)
		}
	}
	return m
}

// get returns the value of key, nil if it is not there.
func (m *mapping) get(key string) *yaml.Node {
	m.known = append(m.known, key)
	return m.values[key]
}

// need is get for a key that must be there.
func (m *mapping) need(key string) *yaml.Node {
	n := m.get(key)
	if n == nil && m.ok {
		m.d.failAt(m.line, "%s needs %s", m.what, key)
	}
	return n
}

// done notes every key that nobody has asked for.
func (m *mapping) done() {
	for _, key := range m.order {
		if slices.Contains(m.known, key) {
			continue
		}
		text := fmt.Sprintf("%s is no key of %s, which are %s", quoted(key), m.what, strings.Join(m.known, ", "))
		if near := nearest(key, m.known); near != "" {
			text = fmt.Sprintf("%s is no key of %s: did you mean %s?", quoted(key), m.what, near)
		}
		m.d.fail(m.values[key], "%s", text)
	}
}

// describe says what a node is, for errors.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	case yaml.ScalarNode:
		if n.Tag == "!!null" {
			return "empty"
		}
		return quoted(n.Value)
	}
	return "something else"
}

// quoted shortens what the user wrote to what an error can hold.
func quoted(s string) string {
	const most = 60
	if len(s) > most {
		s = s[:most] + "..."
	}
	return fmt.Sprintf("%q", s)
}

// nearest is the word that differs from s by at most two letters, "" if none does.
func nearest(s string, words []string) string {
	best, least := "", 3
	for _, w := range words {
		if d := distance(s, w); d < least && d < len(w) {
			best, least = w, d
		}
	}
	return best
}

// distance is how many letters must be inserted, removed or changed to turn a into b (Levenshtein); 99 for words that
// are too long to be meant.
func distance(a, b string) int {
	if len(a) > 40 || len(b) > 40 {
		return 99
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
