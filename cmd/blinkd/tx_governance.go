package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"blink/coin"
	"blink/tx"

	"github.com/spf13/cobra"
)

func newTxSubmitProposalCmd(env *environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "submit-proposal",
		Short: "Put something to the vote of all stake",
		Long: `Put something to the vote of all stake. The deposit returns unless the proposal is vetoed or too few vote; its least is
min_deposit of blinkd query params.`,
	}
	cmd.AddCommand(newProposeTextCmd(env), newProposeParamsCmd(env), newProposeUpgradeCmd(env))
	return cmd
}

// proposalFlags are what all proposals have.
type proposalFlags struct {
	title, summary, deposit string
	*txFlags
}

func addProposalFlags(env *environment, cmd *cobra.Command) *proposalFlags {
	f := new(proposalFlags)
	flags := cmd.Flags()
	flags.StringVar(&f.title, "title", "", "`TEXT` of one line")
	flags.StringVar(&f.summary, "summary", "", fmt.Sprintf("`TEXT` that explains it, at most %d bytes", tx.MaxSummaryBytes))
	flags.StringVar(&f.deposit, "deposit", "", "`AMOUNT` to put down (default: the least that the chain takes)")
	_ = cmd.MarkFlagRequired("title") // it exists
	f.txFlags = addTxFlags(env, cmd)
	cmd.ValidArgsFunction = env.suggestKeys
	return f
}

// propose submits a proposal as FROM.
func (f *proposalFlags) propose(from string, content tx.ProposalContent) error {
	deposit, err := f.depositOrLeast()
	if err != nil {
		return err
	}
	return f.run(from, tx.SubmitProposal{Title: f.title, Summary: f.summary, Deposit: deposit, Content: content})
}

func (f *proposalFlags) depositOrLeast() (coin.Amount, error) {
	if f.deposit != "" {
		return parseAmount("--deposit", f.deposit)
	}
	c, err := f.env.connect()
	if err != nil {
		return 0, err
	}
	defer c.Close()
	p, err := c.Params(f.env.ctx)
	return p.MinDeposit, f.env.explain(err)
}

func newProposeTextCmd(env *environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "text FROM",
		Short:   "Ask for an opinion: nothing happens by itself when it passes",
		Example: `  blinkd tx submit-proposal text alice --title "Meet in May" --summary "In Lisbon."`,
		Args:    cobra.ExactArgs(1),
	}
	flags := addProposalFlags(env, cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error { return flags.propose(args[0], tx.TextProposal{}) }
	return cmd
}

func newProposeParamsCmd(env *environment) *cobra.Command {
	var at int64
	cmd := &cobra.Command{
		Use:   "params FROM NAME=VALUE [NAME=VALUE...]",
		Short: "Change parameters of the chain",
		Long: `Change parameters of the chain, named and in the units of blinkd query params -o json. They are checked together with all
others, now and when they take effect.`,
		Example: `  blinkd tx submit-proposal params alice max_validators=50 inflation=300 --title "Fewer, cheaper"`,
		Args:    cobra.MinimumNArgs(2),
	}
	cmd.Flags().Int64Var(&at, "height", 0, "`HEIGHT` at which it takes effect (default: as soon as it has passed)")
	flags := addProposalFlags(env, cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		changes, err := parseChanges(args[1:])
		if err != nil {
			return err
		}
		return flags.propose(args[0], tx.ParamsProposal{Changes: changes, Height: at})
	}
	return cmd
}

// parseChanges reads NAME=VALUE arguments and sorts them by name, as the bytes want them.
func parseChanges(args []string) ([]tx.ParamChange, error) {
	changes := make([]tx.ParamChange, len(args))
	for i, arg := range args {
		name, value, found := strings.Cut(arg, "=")
		n, err := strconv.ParseUint(value, 10, 64)
		if !found || err != nil {
			return nil, usageError{fmt.Errorf("a change must be NAME=VALUE with a whole number, was %q", arg)}
		}
		changes[i] = tx.ParamChange{Name: name, Value: n}
	}
	slices.SortFunc(changes, func(a, b tx.ParamChange) int { return strings.Compare(a.Name, b.Name) })
	return changes, nil
}

func newProposeUpgradeCmd(env *environment) *cobra.Command {
	var content tx.UpgradeProposal
	cmd := &cobra.Command{
		Use:   "upgrade FROM",
		Short: "Change to another version of the software at a height",
		Long: `Change to another version of the software at a height. Nodes of an older version stop there, before they execute that
block, and say which version they wait for.`,
		Example: `  blinkd tx submit-proposal upgrade alice --app-version 2 --name v0.2.0 --height 120000 --title "v0.2.0"`,
		Args:    cobra.ExactArgs(1),
	}
	flags := cmd.Flags()
	flags.Uint64Var(&content.AppVersion, "app-version", 0, "`NUMBER` of the rules, as blinkd version of the new release shows it")
	flags.StringVar(&content.Name, "name", "", "`NAME` of the release")
	flags.Int64Var(&content.Height, "height", 0, "`HEIGHT` of the first block under the new rules")
	for _, name := range []string{"app-version", "name", "height"} {
		_ = cmd.MarkFlagRequired(name) // it exists
	}
	shared := addProposalFlags(env, cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error { return shared.propose(args[0], content) }
	return cmd
}

func newTxVoteCmd(env *environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "vote FROM PROPOSAL (yes | no | abstain | veto)",
		Short: "Vote on a proposal with all of one's stake",
		Long: `Vote on a proposal with all stake that FROM has bonded when the voting ends. The last vote counts. Who does not vote
follows the validators that it delegates to.`,
		Args: cobra.ExactArgs(3),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 2 {
				return []string{"yes", "no", "abstain", "veto"}, cobra.ShellCompDirectiveNoFileComp
			}
			return env.suggestKeys(cmd, args, word)
		},
	}
	flags := addTxFlags(env, cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		msg := tx.Vote{}
		var errs [2]error
		msg.Proposal, errs[0] = parseProposal("PROPOSAL", args[1])
		msg.Option, errs[1] = tx.ParseVoteOption(args[2])
		if err := errors.Join(errs[:]...); err != nil {
			return usageError{err}
		}
		return flags.run(args[0], msg)
	}
	return cmd
}

// parseProposal reads the number of a proposal; what names it in the error.
func parseProposal(what, s string) (uint64, error) {
	id, err := strconv.ParseUint(s, 10, 64)
	if err != nil || id == 0 {
		return 0, fmt.Errorf("%s must be a number from 1, was %q", what, s)
	}
	return id, nil
}
