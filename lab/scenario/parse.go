package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Bounds of a scenario.
const (
	MaxFileBytes    = 64 << 10  // of a scenario
	MaxNodes        = 32        // of a network: each is a process
	MaxRuns         = 16        // of a sweep
	MaxPhases       = 100       // of a load
	MaxActions      = 500       // of a timeline
	MaxTransactions = 1_000_000 // of a load: all of them are kept until the history is checked
	MaxLoad         = 2 * time.Hour
	MaxRate         = 100_000.0 // transactions per second
)

// ReadFile reads the scenario in a file. Its errors are Problems, or those of reading the file.
func ReadFile(path string) (Scenario, error) {
	f, err := os.Open(path)
	if err != nil {
		return Scenario{}, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxFileBytes+1))
	if err != nil {
		return Scenario{}, err
	}
	return Parse(path, text)
}

// Parse reads a scenario that was found in file, whose name it must bear. The error is Problems: everything that is wrong.
func Parse(file string, text []byte) (Scenario, error) {
	d := &decoder{file: file}
	s := Scenario{Source: string(text)}
	root, err := document(text)
	if err != nil {
		d.failAt(lineOf(err), "%s", yamlLine.ReplaceAllString(err.Error(), ""))
		return Scenario{}, d.problems.sorted()
	}
	lines := d.scenario(root, &s)
	if len(d.problems) == 0 { // only what is well formed can be walked through
		d.check(s, lines)
	}
	if err := d.problems.sorted(); err != nil {
		return Scenario{}, err
	}
	return s, nil
}

// document parses text as exactly one YAML document.
func document(text []byte) (*yaml.Node, error) {
	if len(text) > MaxFileBytes {
		return nil, fmt.Errorf("a scenario must have at most %d bytes", MaxFileBytes)
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc, more yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) || err == nil && len(doc.Content) == 0 {
		return nil, errors.New("the file is empty: a scenario needs name, about, network and load")
	} else if err != nil {
		return nil, err
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, errors.New("a file must hold one scenario: what follows --- is another document")
	}
	return doc.Content[0], nil
}

// yamlLine finds the line in an error of the YAML library.
var yamlLine = regexp.MustCompile(`^yaml: (?:line ([0-9]{1,6}): )?`)

func lineOf(err error) int {
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		n, _ := strconv.Atoi(m[1]) // 0 if the error names none
		return n
	}
	return 0
}

// places are the lines of what is checked once everything has been read.
type places struct {
	network, load, loadNodes, disks, skews, regions, expect int
	expectations                                            map[string]int
}

// scenario reads the whole document.
func (d *decoder) scenario(root *yaml.Node, s *Scenario) places {
	p := places{expectations: map[string]int{}}
	m := d.mapping(root, "a scenario")
	s.Name = d.name(m)
	if n := m.need("about"); n != nil {
		s.About, _ = d.scalar(n, "about", "a sentence or two")
		s.About = strings.Join(strings.Fields(s.About), " ")
	}
	if n := m.need("network"); n != nil {
		p.network = n.Line
		s.Network = d.network(n, &p)
	}
	if n := m.need("load"); n != nil {
		p.load = n.Line
		s.Load = d.load(n, &p)
	}
	if n := m.get("timeline"); n != nil {
		for _, e := range d.list(n, "timeline", MaxActions) {
			s.Timeline = append(s.Timeline, d.action(e))
		}
	}
	if n := m.get("expect"); n != nil {
		p.expect = n.Line
		s.Expect = d.expect(n, &p)
	}
	m.done()
	return p
}

// nameForm is what a scenario may be called: it becomes the name of a folder.
var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,47}$`)

// name reads the name, which must be that of the file: then a name in a report leads to its scenario.
func (d *decoder) name(m *mapping) string {
	n := m.need("name")
	if n == nil {
		return ""
	}
	s, ok := d.scalar(n, "name", "a word")
	if !ok {
		return ""
	}
	base := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(d.file), ".yaml"), ".yml")
	switch {
	case !nameForm.MatchString(s):
		d.fail(n, "name must be 1 to 48 of a-z, 0-9 and '-', was %s", quoted(s))
	case s != base:
		d.fail(n, "name must be that of the file, %s, was %s: change one of them", base, s)
	}
	return s
}
