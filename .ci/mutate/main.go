// Command mutate measures how much of package app its tests hold. It makes small faults in the code that moves money,
// stake, power and votes, one at a time, and counts how many of these mutants the tests kill.
//
//	go run ./.ci/mutate [-j 2] [-min 90] [-list] [file.go ...]      at the top of the module; default: all files
//
// All mutants are compiled into one test binary, each behind a switch that the environment turns (write.go), so that a
// mutant costs a run of the tests and no build. What survives is listed as file:line, before -> after. A survivor that
// nobody could ever notice is explained in equivalent.txt and does not count; an explanation that explains nothing any
// more is an error. docs/mutation.md says how to read the result.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

// folder is the package that is mutated, from the top of the module.
const folder = "app"

// A mutant is one fault.
type mutant struct {
	id            int // from 1, the value of the switch
	file          string
	line          int
	function      string
	before, after string
}

func (m mutant) String() string {
	return fmt.Sprintf("%s:%d %s: %s -> %s", m.file, m.line, m.function, m.before, m.after)
}

// key names a mutant wherever in its function it stands.
func (m mutant) key() string {
	return fmt.Sprintf("%s %s: %s -> %s", m.file, m.function, m.before, m.after)
}

func main() {
	workers := flag.Int("j", 2, "mutants tested at a time")
	least := flag.Float64("min", 90, "fail when fewer `percent` of the mutants are killed")
	list := flag.Bool("list", false, "list the mutants and test none")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *workers, *least, *list, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, workers int, least float64, list bool, only []string) error {
	explained, err := readExplanations(filepath.Join(".ci", "mutate", "equivalent.txt"))
	if err != nil {
		return err
	}
	p, err := load(folder)
	if err != nil {
		return err
	}
	all := p.find(only)
	sources, dropped, err := p.instrument(all)
	if err != nil {
		return err
	}
	mutants := mutantsOf(all, dropped)
	if list {
		for _, m := range mutants {
			fmt.Println(m)
		}
		return nil
	}
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binary, err := build(ctx, dir, sources)
	if err != nil {
		return err
	}
	verdicts, err := test(ctx, binary, mutants, workers)
	if err != nil {
		return err
	}
	return report(os.Stdout, mutants, verdicts, explained, least, len(only) == 0)
}

// oneLine is source text without its line breaks and indentation, shortened.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	const most = 100 // characters
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}
