package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
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
		Short:   "Ask a node about accounts, transactions, validators, blocks and the supply",
		Long: `Ask a node. With -o json the answer is the node's own, as its REST API gives it.

ADDRESS is an address or the name of a key in the keyring.`,
	}
	cmd.AddCommand(
		newQueryTxCmd(env),
		newQueryBlockCmd(env),
		newQueryTxsCmd(env),
		queryOf(env, "account ADDRESS", "Show an account's balance and nonce", env.accountPath("")),
		queryOf(env, "delegations ADDRESS", "List what an account has bonded, by validator", env.accountPath("/delegations")),
		queryOf(env, "unbonding ADDRESS", "List what an account has taken back and when it is free", env.accountPath("/unbonding")),
		queryOf(env, "validator ADDRESS", "Show a validator", env.validatorPath),
		queryOf(env, "validators", "List the validators by voting power", fixedPath("/v1/validators")),
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

func (env *environment) validatorPath(args []string) (string, error) {
	a, err := env.resolveAddress(args[0])
	return "/v1/validators/" + a.String(), err
}

// queryOf is a command that shows one resource.
func queryOf(env *environment, use, short string, path pathFunc) *cobra.Command {
	name, _, takesOne := strings.Cut(use, " ")
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs}
	if takesOne {
		cmd.Args = cobra.ExactArgs(1)
		cmd.Example = "  blinkd query " + name + " alice"
		cmd.ValidArgsFunction = env.suggestKeys
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
	return env.print(func(w io.Writer) { printJSON(w, raw) }, raw)
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

func newQueryTxsCmd(env *environment) *cobra.Command {
	var limit int
	var cursor string
	cmd := &cobra.Command{
		Use:               "txs ADDRESS",
		Short:             "List the transactions that touched an account, newest first",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: env.suggestKeys,
	}
	cmd.Flags().IntVar(&limit, "limit", 20, "`NUMBER` of transactions at most")
	cmd.Flags().StringVar(&cursor, "cursor", "", "`CURSOR` of the answer before, to go on from there")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if limit < 1 {
			return usageError{errors.New("--limit must be at least 1")}
		}
		path, err := env.accountPath("/txs")(args)
		if err != nil {
			return err
		}
		q := url.Values{"limit": {strconv.Itoa(limit)}}
		if cursor != "" {
			q.Set("cursor", cursor)
		}
		return env.show(path + "?" + q.Encode())
	}
	return cmd
}
