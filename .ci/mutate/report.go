package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
)

// explanations say, by mutant.key, why a mutant cannot be noticed.
type explanations map[string]string

// readExplanations reads entries of the form
//
//	FILE FUNCTION: BEFORE -> AFTER      one or more lines
//	    why                             indented, for all of them
//
// as the report of survivors writes them, without line numbers. # begins a comment.
func readExplanations(path string) (explanations, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all := explanations{}
	var open []string
	explained := true
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Text()
		switch {
		case line == "" || line[0] == '#':
		case line[0] == ' ':
			for _, key := range open {
				all[key] = strings.TrimSpace(all[key] + " " + strings.TrimSpace(line))
			}
			explained = true
		default:
			if explained {
				open, explained = nil, false
			}
			open = append(open, line)
			if _, twice := all[line]; twice {
				return nil, fmt.Errorf("%s explains twice: %s", path, line)
			}
			all[line] = ""
		}
	}
	for key, why := range all {
		if why == "" {
			return nil, fmt.Errorf("%s does not say why: %s", path, key)
		}
	}
	return all, lines.Err()
}

// tally counts the mutants of one file.
type tally struct{ mutants, killed, explained int }

func (t tally) survived() int { return t.mutants - t.killed - t.explained }

// score is how many percent of the mutants that could be noticed were killed.
func (t tally) score() float64 {
	if t.mutants == t.explained {
		return 100
	}
	return 100 * float64(t.killed) / float64(t.mutants-t.explained)
}

func (t tally) row(name string) string {
	return fmt.Sprintf("%s\t%d\t%d\t%d\t%d\t%.1f %%\t", name, t.mutants, t.killed, t.explained, t.survived(), t.score())
}

// report prints the survivors and a table. It fails on too low a score, and if whole, when explanations are idle.
func report(w io.Writer, mutants []mutant, verdicts map[int]verdict, explained explanations, least float64, whole bool) error {
	var total tally
	byFile := map[string]*tally{}
	var files []string
	used := map[string]bool{}
	stuck := 0
	for _, m := range mutants {
		if byFile[m.file] == nil {
			byFile[m.file] = &tally{}
			files = append(files, m.file)
		}
		for _, t := range []*tally{byFile[m.file], &total} {
			t.mutants++
			if verdicts[m.id] != survived {
				t.killed++
			} else if explained[m.key()] != "" {
				t.explained++
			}
		}
		if verdicts[m.id] == endless {
			stuck++
		}
		if verdicts[m.id] == survived {
			used[m.key()] = true
			if explained[m.key()] == "" {
				fmt.Fprintln(w, "survived", m)
			}
		}
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "file\tmutants\tkilled\tequivalent\tsurvived\tscore\t")
	for _, name := range files {
		fmt.Fprintln(table, byFile[name].row(name))
	}
	fmt.Fprintln(table, total.row("all"))
	table.Flush()
	fmt.Fprintf(w, "%d of the killed made the tests run without end.\n", stuck)

	var problems []error
	for key := range explained {
		if whole && !used[key] {
			problems = append(problems, fmt.Errorf("equivalent.txt explains what did not survive: %s", key))
		}
	}
	if total.score() < least {
		problems = append(problems, fmt.Errorf("%.1f %% of the mutants were killed, at least %.0f %% must be", total.score(), least))
	}
	return errors.Join(problems...)
}
