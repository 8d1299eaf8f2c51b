package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReport: a survivor counts unless it is explained, and an explanation of nothing is an error.
func TestReport(t *testing.T) {
	mutants := []mutant{
		{1, "a.go", 5, "f", "a < b", "a <= b"},
		{2, "a.go", 6, "f", "x()", "(removed)"},
		{3, "b.go", 7, "g", "1", "2"},
		{4, "b.go", 8, "g", "true", "false"},
	}
	for _, test := range []struct {
		name, equivalent string
		verdicts         map[int]verdict
		want             []string // in what is printed, or in the error
		fails            bool
	}{
		{"all are killed", "", map[int]verdict{1: killed, 2: killed, 3: endless, 4: killed}, []string{"all 4 4 0 0 100.0 %", "1 of the killed"}, false},
		{"one survives", "", map[int]verdict{1: killed, 2: killed, 3: killed},
			[]string{"survived b.go:8 g: true -> false", "all 4 3 0 1 75.0 %", "75.0 % of the mutants were killed, at least 90 % must be"}, true},
		{"and is explained", "# why not\nb.go g: true -> false\n    nobody reads it\n", map[int]verdict{1: killed, 2: killed, 3: killed},
			[]string{"all 4 3 1 0 100.0 %"}, false},
		{"an idle explanation", "a.go f: a < b -> a <= b\n    they are never equal\n", map[int]verdict{1: killed, 2: killed, 3: killed, 4: killed},
			[]string{"explains what did not survive: a.go f: a < b -> a <= b"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			explained, err := readExplanations(write(t, test.equivalent))
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			err = report(&out, mutants, test.verdicts, explained, 90, true)
			if (err != nil) != test.fails {
				t.Errorf("error %v, want one: %t", err, test.fails)
			}
			if err != nil {
				out.WriteString(err.Error())
			}
			text := strings.Join(strings.Fields(out.String()), " ")
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in %q", want, text)
				}
			}
		})
	}
	if _, err := readExplanations(write(t, "a.go f: x -> y\n")); err == nil {
		t.Error("an entry without a reason was read")
	}
}

func write(t *testing.T, text string) string {
	path := filepath.Join(t.TempDir(), "equivalent.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
