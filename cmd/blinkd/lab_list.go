package main

import (
	"fmt"
	"io"

	"blink/lab/scenario"

	"github.com/spf13/cobra"
)

// listedScenario is one row of blinkd lab list.
type listedScenario struct {
	Name    string  `json:"name"`
	About   string  `json:"about"`
	LoadS   float64 `json:"load_s"` // of one run
	Runs    int     `json:"runs"`
	Backend string  `json:"backend"`
}

func newLabListCmd(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the scenarios that come with blinkd",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			var list []listedScenario
			var rows [][]string
			for _, name := range scenario.Names() {
				s, err := scenario.Shipped(name)
				if err != nil {
					return err
				}
				l := listedScenario{s.Name, s.About, s.Load.Duration().Seconds(), len(s.Network.Validators), string(s.Network.Backend)}
				list = append(list, l)
				rows = append(rows, []string{l.Name, fmt.Sprintf("%d x %.0f s", l.Runs, l.LoadS), shortened(l.About, 100)})
			}
			return env.print(func(w io.Writer) { table(w, []string{"NAME", "LOAD", "ABOUT"}, rows) }, list)
		},
	}
}

// shortened cuts a text to so many characters.
func shortened(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most-3]) + "..."
}

func newLabShowCmd(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "show SCENARIO",
		Short: "Print a scenario that comes with blinkd, to be read or changed",
		Args:  cobra.ExactArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return scenario.Names(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := readScenario(args[0])
			if err != nil {
				return usageError{err}
			}
			return env.print(func(w io.Writer) { fmt.Fprint(w, s.Source) }, map[string]string{"name": s.Name, "about": s.About, "source": s.Source})
		},
	}
}
