package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"blink/genesis"
	"blink/lab"
	"blink/lab/scenario"
	"blink/node"

	"github.com/spf13/cobra"
)

// labRunFlags is the command line of blinkd lab run.
type labRunFlags struct {
	out, composeFile string
	keep, all        bool
}

func newLabRunCmd(env *environment) *cobra.Command {
	var f labRunFlags
	cmd := &cobra.Command{
		Use:   "run SCENARIO...",
		Short: "Run experiments: a fresh network, a load, faults, and what came of it",
		Long: `Run experiments. Each SCENARIO is the name of one that comes with blinkd (blinkd lab list) or a YAML file; docs/lab.md
describes it. A run starts a fresh network of real processes, loads it, does to it what the timeline says, and reports:
time to finality before, during and after the faults, the longest wait for a commit, the time to recover, what became
of every transaction, and whether all nodes agree and no promise was broken.

What was found out goes to --out: a folder per scenario, with result.json, the history of the run, which
blinkd lab check reads, and report.html.

Exit status 0: everything came as the scenarios expect. 1: something did not. 2: a scenario cannot be run as it is.`,
		Example: `  blinkd lab run one-of-four
  blinkd lab run my-scenario.yaml --out results
  blinkd lab run --all`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return scenario.Names(), cobra.ShellCompDirectiveDefault
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.out, "out", "lab-results", "`DIR` that gets one folder per scenario")
	flags.StringVar(&f.composeFile, "compose-file", "docker-compose.yml", "`FILE` that scenarios with backend compose run")
	flags.BoolVar(&f.keep, "keep", false, "keep the folder of the network, as DIR/<scenario>/network")
	flags.BoolVar(&f.all, "all", false, "run every scenario that comes with blinkd and can be run here")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if f.all != (len(args) == 0) {
			return usageError{errors.New("name the scenarios to run, or give --all for those that come with blinkd (blinkd lab list)")}
		}
		if f.all {
			args = scenario.Names()
		}
		return env.labRun(args, f)
	}
	return cmd
}

// labRun reads all scenarios before it runs the first: a mistake in the last one shows at once.
func (env *environment) labRun(names []string, f labRunFlags) error {
	scenarios, err := readScenarios(names)
	if err != nil {
		return err
	}
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	show := env.labProgress()
	cfg := lab.RunConfig{
		Binary: binary, Version: buildVersion().Version, Out: f.out, Keep: f.keep, ComposeFile: f.composeFile,
		WriteHomes: func(t genesis.Testnet, dir, profile string, dial func(i, j int) string) error {
			return writeHomes(t, dir, homeOptions{profile: node.Profile(profile), dial: dial})
		},
		SkewsClocks: newStartCmd(env).Flags().Lookup("byzantine.clock_skew") != nil, // a build for misdeeds has it
		Progress:    show.progress, Say: show.say,
	}
	scenarios, skipped, err := env.runnable(scenarios, cfg, f.all)
	if err != nil {
		return err
	}
	for _, why := range skipped {
		show.say("skipped " + why)
	}
	var results []lab.Result
	for _, s := range scenarios {
		show.say(s.Name)
		result, err := lab.Run(env.ctx, s, cfg)
		show.clear()
		if err != nil {
			if env.ctx.Err() != nil {
				return errors.New("interrupted before the load began; no node is left running")
			}
			if len(scenarios) == 1 {
				return fmt.Errorf("%s: %w", s.Name, err)
			}
			// The others can be run all the same.
			result = lab.Result{Format: lab.ResultFormat, Scenario: s.Name, About: s.About, Error: err.Error()}
			show.say(result.Verdict())
			results = append(results, result)
			continue
		}
		results = append(results, result)
		if env.output != "json" {
			result.WriteText(env.stdout)
			fmt.Fprintln(env.stdout)
		}
		if result.Interrupted {
			break
		}
	}
	return env.labSummary(results, skipped, f.out)
}

// runnable leaves out what cannot be run here, with the reason, if all were asked for; what was named must be runnable.
func (env *environment) runnable(list []scenario.Scenario, cfg lab.RunConfig, all bool) (can []scenario.Scenario, skipped []string, err error) {
	var errs []error
	for _, s := range list {
		switch err := lab.Unavailable(env.ctx, s, cfg); {
		case err == nil:
			can = append(can, s)
		case all:
			skipped = append(skipped, fmt.Sprintf("%s: %v", s.Name, err))
		default:
			errs = append(errs, fmt.Errorf("%s: %w", s.Name, err))
		}
	}
	return can, skipped, errors.Join(errs...)
}

// readScenarios reads files and shipped scenarios, and tells everything that is wrong with any of them.
func readScenarios(names []string) ([]scenario.Scenario, error) {
	var out []scenario.Scenario
	var errs []error
	for _, name := range names {
		s, err := readScenario(name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if slices.ContainsFunc(out, func(before scenario.Scenario) bool { return before.Name == s.Name }) {
			errs = append(errs, fmt.Errorf("%s: the scenario %s is named twice, and its results would be written over each other", name, s.Name))
		}
		out = append(out, s)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, usageError{err}
	}
	return out, nil
}

// readScenario reads a file if the name is one of a file, else the shipped scenario of that name.
func readScenario(name string) (scenario.Scenario, error) {
	if strings.ContainsAny(name, "./\\") {
		return scenario.ReadFile(name)
	}
	s, err := scenario.Shipped(name)
	if errors.Is(err, fs.ErrNotExist) {
		return s, fmt.Errorf("no scenario %q comes with blinkd: blinkd lab list shows those that do; a file's name ends in .yaml", name)
	}
	return s, err
}

// labSummary prints all results, and fails if one of them did.
func (env *environment) labSummary(results []lab.Result, skipped []string, out string) error {
	if env.output == "json" {
		if err := env.print(nil, results); err != nil {
			return err
		}
	} else if len(results)+len(skipped) > 1 {
		writeLabSummary(env.stdout, results, skipped)
	}
	fmt.Fprintf(env.stderr, "written to %s\n", out)
	var failed []string
	for _, r := range results {
		if r.Interrupted {
			return errors.New("interrupted; no node is left running")
		}
		if !r.Passed {
			failed = append(failed, r.Scenario)
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("%d of %d scenarios failed: %s", len(failed), len(results), strings.Join(failed, ", "))
	}
	return nil
}

// writeLabSummary prints one row per scenario.
func writeLabSummary(w io.Writer, results []lab.Result, skipped []string) {
	var rows [][]string
	for _, r := range results {
		rows = append(rows, []string{r.Scenario, fmt.Sprintf("%.0f s", r.TookS), r.Verdict()})
	}
	for _, why := range skipped {
		name, reason, _ := strings.Cut(why, ": ")
		rows = append(rows, []string{name, "-", "skipped: " + reason})
	}
	table(w, []string{"SCENARIO", "TOOK", "RESULT"}, rows)
}
