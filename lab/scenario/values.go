package scenario

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"blink/coin"

	"go.yaml.in/yaml/v3"
)

// scalar is the text of n; false, and a problem, if it is none.
func (d *decoder) scalar(n *yaml.Node, what, like string) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" || n.Value == "" {
		d.fail(n, "%s must be %s, was %s", what, like, describe(n))
		return "", false
	}
	return n.Value, true
}

// duration reads a time with its unit, from least to most.
func (d *decoder) duration(n *yaml.Node, what string, least, most time.Duration) time.Duration {
	const like = "a time with a unit such as 10s or 200ms"
	s, ok := d.scalar(n, what, like)
	if !ok {
		return least
	}
	v, err := time.ParseDuration(s)
	switch {
	case err != nil:
		d.fail(n, "%s must be %s, was %s", what, like, quoted(s))
	case v < least || v > most:
		d.fail(n, "%s must be from %v to %v, was %v", what, least, most, v)
	default:
		return v
	}
	return least
}

// integer reads a whole number from least to most.
func (d *decoder) integer(n *yaml.Node, what string, least, most int) int {
	s, ok := d.scalar(n, what, "a whole number")
	if !ok {
		return least
	}
	v, err := strconv.Atoi(s)
	if err != nil {
		d.fail(n, "%s must be a whole number, was %s", what, quoted(s))
		return least
	}
	if v < least || v > most {
		d.fail(n, "%s must be from %d to %d, was %d", what, least, most, v)
		return least
	}
	return v
}

// number reads a number from 0 to most.
func (d *decoder) number(n *yaml.Node, what string, most float64) float64 {
	s, ok := d.scalar(n, what, "a number")
	if !ok {
		return 0
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) {
		d.fail(n, "%s must be a plain number, was %s", what, quoted(s))
		return 0
	}
	if v < 0 || v > most {
		d.fail(n, "%s must be from 0 to %.0f, was %v", what, most, v)
		return 0
	}
	return v
}

// percent reads 0% to 100%.
func (d *decoder) percent(n *yaml.Node, what string) float64 {
	s, ok := d.scalar(n, what, "a percentage such as 95%")
	if !ok {
		return 0
	}
	digits, sign := strings.CutSuffix(s, "%")
	v, err := strconv.ParseFloat(digits, 64)
	if err != nil || !sign || !(v >= 0 && v <= 100) {
		d.fail(n, "%s must be a percentage from 0%% to 100%%, was %s", what, quoted(s))
		return 0
	}
	return v
}

// bytesForm is a size of a disk.
var bytesForm = regexp.MustCompile(`^([0-9]{1,6})(KiB|MiB|GiB)$`)

// bytes reads a size with its unit, from least to most bytes.
func (d *decoder) bytes(n *yaml.Node, what string, least, most int64) int64 {
	const like = "a size such as 64MiB"
	s, ok := d.scalar(n, what, like)
	if !ok {
		return least
	}
	m := bytesForm.FindStringSubmatch(s)
	if m == nil {
		d.fail(n, "%s must be %s, was %s", what, like, quoted(s))
		return least
	}
	v, _ := strconv.ParseInt(m[1], 10, 64) // six digits
	v <<= map[string]int{"KiB": 10, "MiB": 20, "GiB": 30}[m[2]]
	if v < least || v > most {
		d.fail(n, "%s must be from %dMiB to %dMiB, was %s", what, least>>20, most>>20, s)
		return least
	}
	return v
}

// amount reads coins with their unit.
func (d *decoder) amount(n *yaml.Node, what string) coin.Amount {
	s, ok := d.scalar(n, what, "an amount such as 1000blink")
	if !ok {
		return 0
	}
	v, err := coin.Parse(s)
	if err != nil {
		d.fail(n, "%s: %v", what, err)
	}
	return v
}

// word reads one of several words.
func (d *decoder) word(n *yaml.Node, what string, words ...string) string {
	like := strings.Join(words, " or ")
	s, ok := d.scalar(n, what, like)
	if !ok || slices.Contains(words, s) {
		return s
	}
	d.fail(n, "%s must be %s, was %s", what, like, quoted(s))
	return words[0]
}

// list returns the elements of n; a scalar counts as a list of one. A list of more than most is a problem.
func (d *decoder) list(n *yaml.Node, what string, most int) []*yaml.Node {
	switch {
	case n.Kind == yaml.ScalarNode && n.Tag != "!!null":
		return []*yaml.Node{n}
	case n.Kind != yaml.SequenceNode:
		d.fail(n, "%s must be a list such as [a, b], was %s", what, describe(n))
		return nil
	case len(n.Content) > most:
		d.fail(n, "%s must have at most %d entries, had %d", what, most, len(n.Content))
		return nil
	}
	return n.Content
}

// nodeForm is the name of a node.
var nodeForm = regexp.MustCompile(`^node(0|[1-9][0-9]{0,2})$`)

// node reads node0, node1 and so on. Whether there is such a node is checked later, when it is known how many there are.
func (d *decoder) node(n *yaml.Node, what string) (int, bool) {
	const like = "a node such as node3"
	s, ok := d.scalar(n, what, like)
	if !ok {
		return 0, false
	}
	m := nodeForm.FindStringSubmatch(s)
	if m == nil {
		d.fail(n, "%s must be %s, was %s", what, like, quoted(s))
		return 0, false
	}
	i, _ := strconv.Atoi(m[1]) // three digits
	return i, true
}

// nodes reads one node or a list of nodes, each once.
func (d *decoder) nodes(n *yaml.Node, what string) []int {
	var out []int
	for _, e := range d.list(n, what, MaxNodes) {
		i, ok := d.node(e, what)
		if ok && slices.Contains(out, i) {
			d.fail(e, "%s names node%d twice", what, i)
		} else if ok {
			out = append(out, i)
		}
	}
	return out
}
