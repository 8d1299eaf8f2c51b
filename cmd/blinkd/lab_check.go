package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"blink/lab/history"

	"github.com/spf13/cobra"
)

func newLabCheckCmd(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "check DIR",
		Short: "Check the history of a run: was every promise kept?",
		Long: `Check the history of a run: what clients submitted and were told, against what the chain of every node says.

DIR is the folder that a run wrote, or its folder history. The rules are in docs/history.md: all nodes have the same
blocks, what was told final is in all of them once, nothing is in them that nobody submitted, balances and nonces are
those that the transactions give, and what was final before another was submitted stands before it.

Exit status 0: no rule is broken. 1: some are, or the history cannot be read.`,
		Example: "  blinkd lab check results/one-of-four",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			h, err := history.Read(args[0])
			if err != nil {
				return err
			}
			found, scope := h.Examine()
			return env.printCheck(found, scope)
		},
	}
}

// checkAnswer is the result of blinkd lab check.
type checkAnswer struct {
	OK         bool                `json:"ok"`
	Checked    history.Scope       `json:"checked"`
	Violations []history.Violation `json:"violations"`
}

func (env *environment) printCheck(found []history.Violation, scope history.Scope) error {
	answer := checkAnswer{OK: len(found) == 0, Checked: scope, Violations: append([]history.Violation{}, found...)}
	err := env.print(func(w io.Writer) {
		writeScope(w, scope)
		for _, v := range found {
			fmt.Fprintln(w, visible(violationText(v)))
		}
		if len(found) == 0 {
			fmt.Fprintf(w, "all %d rules hold\n", len(history.Rules()))
		}
	}, answer)
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("the history breaks %s", rulesBroken(found))
	}
	return err
}

func writeScope(w io.Writer, s history.Scope) {
	from := "from genesis"
	if !s.FromGenesis {
		from = "not from genesis: no balances could be replayed"
	}
	state := "no node's accounts were given to compare"
	if s.StateAt > 0 {
		state = fmt.Sprintf("compared with those that nodes report after block %d", s.StateAt)
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "nodes\t%d\n", s.Nodes)
	fmt.Fprintf(tw, "blocks\t%d to %d, %s\n", s.First, s.Last, from)
	fmt.Fprintf(tw, "transactions\t%d in blocks, %d of them from outside\n", s.Txs, s.Outside)
	fmt.Fprintf(tw, "submissions\t%d, %d of them told final, %d told expired\n", s.Submissions, s.Final, s.Expired)
	if s.Unheld > 0 {
		fmt.Fprintf(tw, "\t%d of those told final are in blocks that no node holds any more: not checked\n", s.Unheld)
	}
	fmt.Fprintf(tw, "accounts\t%d, %d of them with stake (nonce only), %s\n", s.Accounts, s.Opaque, state)
	_ = tw.Flush()
}

func violationText(v history.Violation) string {
	text := v.Where()
	if v.Tx != "" {
		text += " tx " + v.Tx
	}
	return text + ": " + v.Text
}

// rulesBroken names the rules that were broken, each once.
func rulesBroken(found []history.Violation) string {
	var names []string
	for _, v := range found {
		if len(names) == 0 || names[len(names)-1] != v.Rule {
			names = append(names, v.Rule)
		}
	}
	if len(names) == 1 {
		return "the rule " + names[0]
	}
	return "the rules " + strings.Join(names, ", ")
}
