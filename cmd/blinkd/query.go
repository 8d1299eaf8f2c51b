package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"blink/tx"

	"github.com/spf13/cobra"
)

func newQueryCmd(env *environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "query",
		Aliases: []string{"q"},
		Short:   "Ask a node about accounts, transactions, validators, proposals, blocks and the supply",
		Long: `Ask a node. With -o json the answer is the node's own, as its REST API gives it.

ADDRESS is an address or the name of a key in the keyring; tables show the name of an address that is there.`,
	}
	cmd.AddCommand(
		newQueryTxCmd(env),
		newQueryReceiptCmd(env),
		newQueryBlockCmd(env),
		newQueryTxsCmd(env),
		queryOf(env, "account ADDRESS", "Show an account's balance and nonce", env.accountPath("")),
		queryOf(env, "delegations ADDRESS", "List what an account has bonded, by validator", env.accountPath("/delegations")),
		queryOf(env, "unbonding ADDRESS", "List what an account has taken back and when it is free", env.accountPath("/unbonding")),
		queryOf(env, "redelegations ADDRESS", "List what an account has moved to another validator and still answers for the first", env.accountPath("/redelegations")),
		queryOf(env, "rewards ADDRESS", "Show what an account has earned and not withdrawn", env.accountPath("/rewards")),
		queryOf(env, "validator ADDRESS", "Show a validator", env.validatorPath("")),
		queryOf(env, "validators", "List the validators by voting power", fixedPath("/v1/validators")),
		queryList(env, "validator-delegations ADDRESS", "List who has stake with a validator", env.validatorPath("/delegations")),
		queryList(env, "validator-unbonding ADDRESS", "List who has taken back stake from a validator and when it is free", env.validatorPath("/unbonding")),
		queryOf(env, "slashes ADDRESS", "List the punishments of a validator, the latest first", env.validatorPath("/slashes")),
		queryOf(env, "uptime ADDRESS", "Show how many blocks a validator has missed", env.validatorPath("/uptime")),
		newQueryProposalsCmd(env),
		queryOf(env, "proposal ID", "Show a proposal and how its vote stands", proposalPath("")),
		queryList(env, "votes ID", "List who voted what on a proposal", proposalPath("/votes")),
		queryOf(env, "upgrade", "Show the version of the rules and the next one that was voted for", fixedPath("/v1/upgrade")),
		queryOf(env, "supply", "Show all coins and where they are", fixedPath("/v1/supply")),
		queryOf(env, "params", "Show the parameters of the chain", fixedPath("/v1/params")),
	)
	return cmd
}

// pathFunc makes a REST path of a command's arguments.
type pathFunc func(args []string) (string, error)

func fixedPath(path string) pathFunc {
	return func([]string) (string, error) { return path, nil }
}

func (env *environment) accountPath(suffix string) pathFunc {
	return func(args []string) (string, error) {
		a, err := env.resolveAddress(args[0])
		return "/v1/accounts/" + a.String() + suffix, err
	}
}

func (env *environment) validatorPath(suffix string) pathFunc {
	return func(args []string) (string, error) {
		a, err := env.resolveAddress(args[0])
		return "/v1/validators/" + a.String() + suffix, err
	}
}

// queryOf is a command that shows one resource.
func queryOf(env *environment, use, short string, path pathFunc) *cobra.Command {
	name, argument, takesOne := strings.Cut(use, " ")
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs}
	if takesOne {
		cmd.Args = cobra.ExactArgs(1)
	}
	switch argument {
	case "ADDRESS":
		cmd.Example = "  blinkd query " + name + " alice"
		cmd.ValidArgsFunction = env.suggestKeys
	case "ID":
		cmd.Example = "  blinkd query " + name + " 1"
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		p, err := path(args)
		if err != nil {
			return err
		}
		return env.show(p)
	}
	return cmd
}

// show prints the resource at path.
func (env *environment) show(path string) error {
	c, err := env.connect()
	if err != nil {
		return err
	}
	defer c.Close()
	var raw json.RawMessage
	if err := c.Get(env.ctx, path, &raw); err != nil {
		return env.explain(err)
	}
	return env.print(func(w io.Writer) { answerText{w, env.keyNames()}.answer(raw) }, raw)
}

func newQueryTxCmd(env *environment) *cobra.Command {
	var wait time.Duration
	cmd := &cobra.Command{
		Use:     "tx ID",
		Short:   "Show where a transaction stands",
		Example: "  blinkd query tx 4d1f... --wait 10s",
		Args:    cobra.ExactArgs(1),
	}
	cmd.Flags().DurationVar(&wait, "wait", 0, "`TIME` to wait until its fate is settled")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		id, err := tx.ParseID(args[0])
		if err != nil {
			return usageError{err}
		}
		if wait < 0 || wait > time.Hour {
			return usageError{fmt.Errorf("--wait must be from 0 to 1h, was %v", wait)}
		}
		if wait > 0 {
			c, err := env.connect()
			if err != nil {
				return err
			}
			defer c.Close()
			if _, err := c.AwaitTx(env.ctx, id, wait); err != nil {
				return env.explain(err)
			}
		}
		return env.show("/v1/txs/" + id.String())
	}
	return cmd
}

func newQueryBlockCmd(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "block [HEIGHT]",
		Short: "Show a block; the latest if no height is given",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return env.show("/v1/blocks/latest")
			}
			height, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || height < 1 {
				return usageError{fmt.Errorf("HEIGHT must be a number from 1, was %q", args[0])}
			}
			return env.show("/v1/blocks/" + args[0])
		},
	}
}
