package main

import (
	"errors"
	"fmt"
	"strconv"

	"blink/coin"
	"blink/tx"

	"github.com/spf13/cobra"
)

// amountOrAll reads an optional last argument and the flag that stands for everything: one of them must be there.
func amountOrAll(args []string, at int, all bool) (coin.Amount, error) {
	given := len(args) > at
	if all == given {
		return 0, usageError{errors.New("give either an AMOUNT or --all")}
	}
	if all {
		return 0, nil
	}
	return parseAmount("AMOUNT", args[at])
}

func newTxRedelegateCmd(env *environment) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "redelegate FROM VALIDATOR NEW_VALIDATOR (AMOUNT | --all)",
		Short: "Move bonded coins to another validator at once",
		Long: `Move bonded coins from one validator to another without waiting. Until the unbonding time is over they can still be
slashed for what the first one did, and they cannot be moved on.`,
		Args:              cobra.RangeArgs(3, 4),
		ValidArgsFunction: env.suggestKeys,
	}
	cmd.Flags().BoolVar(&all, "all", false, "move everything")
	flags := addTxFlags(env, cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		msg := tx.Redelegate{All: all}
		var errs [3]error
		msg.From, errs[0] = env.resolveAddress(args[1])
		msg.To, errs[1] = env.resolveAddress(args[2])
		msg.Amount, errs[2] = amountOrAll(args, 3, all)
		if err := errors.Join(errs[:]...); err != nil {
			return err
		}
		return flags.run(args[0], msg)
	}
	return cmd
}

func newTxCancelUnbondingCmd(env *environment) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "cancel-unbonding FROM VALIDATOR HEIGHT (AMOUNT | --all)",
		Short: "Give coins that are on their way back to their validator again",
		Long: `Give coins that were undelegated, and are still on their way, back to the validator that they came from. HEIGHT says
which: the block in which they were undelegated, created_height in blinkd query unbonding FROM.`,
		Args:              cobra.RangeArgs(3, 4),
		ValidArgsFunction: env.suggestKeys,
	}
	cmd.Flags().BoolVar(&all, "all", false, "cancel the whole entry")
	flags := addTxFlags(env, cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		msg := tx.CancelUnbonding{All: all}
		var errs [3]error
		msg.Validator, errs[0] = env.resolveAddress(args[1])
		msg.CreatedHeight, errs[1] = parseHeight("HEIGHT", args[2])
		msg.Amount, errs[2] = amountOrAll(args, 3, all)
		if err := errors.Join(errs[:]...); err != nil {
			return err
		}
		return flags.run(args[0], msg)
	}
	return cmd
}

// parseHeight reads the height of a block; what names it in the error.
func parseHeight(what, s string) (int64, error) {
	height, err := strconv.ParseInt(s, 10, 64)
	if err != nil || height < 1 {
		return 0, usageError{fmt.Errorf("%s must be a number from 1, was %q", what, s)}
	}
	return height, nil
}
