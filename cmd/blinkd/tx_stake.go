package main

import (
	"blink/tx"

	"github.com/spf13/cobra"
)

func newTxDelegateCmd(env *environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "delegate FROM VALIDATOR AMOUNT",
		Short:             "Bond coins to a validator",
		Long:              "Bond coins to a validator, named by its operator address. They are slashed with it if it misbehaves.",
		Args:              cobra.ExactArgs(3),
		ValidArgsFunction: env.suggestKeys,
	}
	flags := addTxFlags(env, cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		amount, err := parseAmount("AMOUNT", args[2])
		if err != nil {
			return err
		}
		validator, err := env.resolveAddress(args[1])
		if err != nil {
			return err
		}
		return flags.run(args[0], tx.Delegate{Validator: validator, Amount: amount})
	}
	return cmd
}

func newTxUndelegateCmd(env *environment) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "undelegate FROM VALIDATOR (AMOUNT | --all)",
		Short: "Take bonded coins back, after the unbonding time",
		Long: `Take bonded coins back. They are free after the unbonding time (blinkd query params), until which they can still be
slashed. blinkd query unbonding FROM shows when.`,
		Args:              cobra.RangeArgs(2, 3),
		ValidArgsFunction: env.suggestKeys,
	}
	cmd.Flags().BoolVar(&all, "all", false, "take everything back")
	flags := addTxFlags(env, cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		amount, err := amountOrAll(args, 2, all)
		if err != nil {
			return err
		}
		msg := tx.Undelegate{Amount: amount, All: all}
		if msg.Validator, err = env.resolveAddress(args[1]); err != nil {
			return err
		}
		return flags.run(args[0], msg)
	}
	return cmd
}

func newTxUnjailCmd(env *environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "unjail FROM",
		Short:             "Bring one's validator back after it was jailed for downtime",
		Long:              "Bring the validator that FROM operates back after it was jailed for downtime. Start its node first, and let it catch up.",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: env.suggestKeys,
	}
	flags := addTxFlags(env, cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error { return flags.run(args[0], tx.Unjail{}) }
	return cmd
}
