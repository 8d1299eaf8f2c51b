package main

import (
	"errors"

	"blink/tx"

	"github.com/spf13/cobra"
)

func newTxWithdrawRewardsCmd(env *environment) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "withdraw-rewards FROM (VALIDATOR | --all)",
		Short: "Withdraw what delegations, and one's own validator, have earned",
		Long: `Withdraw what FROM's delegation to a validator has earned, or all its delegations, and the commission of the validator
that FROM operates. blinkd query rewards FROM shows it beforehand. It goes to FROM, or where
blinkd tx set-withdraw-address says.`,
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: env.suggestKeys,
	}
	cmd.Flags().BoolVar(&all, "all", false, "withdraw from all validators")
	flags := addTxFlags(env, cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if all == (len(args) == 2) {
			return usageError{errors.New("give either a VALIDATOR or --all")}
		}
		msg := tx.WithdrawRewards{All: all}
		if !all {
			var err error
			if msg.Validator, err = env.resolveAddress(args[1]); err != nil {
				return err
			}
		}
		return flags.run(args[0], msg)
	}
	return cmd
}

func newTxSetWithdrawAddressCmd(env *environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "set-withdraw-address FROM TO",
		Short:             "Say which account rewards go to",
		Long:              "Say which account FROM's rewards and commission go to from now on. FROM itself sets it back.",
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: env.suggestKeys,
	}
	flags := addTxFlags(env, cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		to, err := env.resolveAddress(args[1])
		if err != nil {
			return err
		}
		return flags.run(args[0], tx.SetWithdrawAddress{Address: to})
	}
	return cmd
}
