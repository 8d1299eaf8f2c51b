package main

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"
)

// pageFlags are the flags of a list that comes page by page.
type pageFlags struct {
	limit  int
	cursor string
}

func addPageFlags(cmd *cobra.Command) *pageFlags {
	f := new(pageFlags)
	cmd.Flags().IntVar(&f.limit, "limit", 20, "`NUMBER` of entries at most")
	cmd.Flags().StringVar(&f.cursor, "cursor", "", "`CURSOR` of the answer before, next_cursor, to go on from there")
	return f
}

// query is the query part of the path.
func (f *pageFlags) query() (url.Values, error) {
	if f.limit < 1 {
		return nil, usageError{errors.New("--limit must be at least 1")}
	}
	q := url.Values{"limit": {strconv.Itoa(f.limit)}}
	if f.cursor != "" {
		q.Set("cursor", f.cursor)
	}
	return q, nil
}

// queryList is a command that shows one page of a list.
func queryList(env *environment, use, short string, path pathFunc) *cobra.Command {
	cmd := queryOf(env, use, short, path)
	page := addPageFlags(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		q, err := page.query()
		if err != nil {
			return err
		}
		p, err := path(args)
		if err != nil {
			return err
		}
		return env.show(p + "?" + q.Encode())
	}
	return cmd
}

func newQueryTxsCmd(env *environment) *cobra.Command {
	return queryList(env, "txs ADDRESS", "List the transactions that touched an account, newest first", env.accountPath("/txs"))
}

func newQueryProposalsCmd(env *environment) *cobra.Command {
	var status string
	cmd := &cobra.Command{
		Use:   "proposals",
		Short: "List what was put to the vote, newest first",
		Long: `List what was put to the vote, newest first. A page of one status may be short, or empty, and have a next one: older
proposals were looked at up to there.`,
		Example: "  blinkd query proposals --status voting",
		Args:    cobra.NoArgs,
	}
	statuses := []string{"voting", "passed", "rejected", "vetoed", "no_quorum", "executed", "failed"}
	cmd.Flags().StringVar(&status, "status", "", "`STATUS` that they must have: voting, passed, rejected, vetoed, no_quorum,\nexecuted or failed")
	_ = cmd.RegisterFlagCompletionFunc("status", cobra.FixedCompletions(statuses, cobra.ShellCompDirectiveNoFileComp))
	page := addPageFlags(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		q, err := page.query()
		if err != nil {
			return err
		}
		if status != "" {
			q.Set("status", status)
		}
		return env.show("/v1/proposals?" + q.Encode())
	}
	return cmd
}

// proposalPath is the path of a proposal, by its number.
func proposalPath(suffix string) pathFunc {
	return func(args []string) (string, error) {
		id, err := parseProposal("ID", args[0])
		if err != nil {
			return "", usageError{err}
		}
		return fmt.Sprintf("/v1/proposals/%d%s", id, suffix), nil
	}
}
