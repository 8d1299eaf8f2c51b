package main

import (
	"blink/tx"

	"github.com/spf13/cobra"
)

func newTxEditValidatorCmd(env *environment) *cobra.Command {
	var moniker, details, commission, minSelfBond string
	cmd := &cobra.Command{
		Use:   "edit-validator FROM",
		Short: "Change what one's validator says and asks for",
		Long: `Change what the validator that FROM operates says about itself and asks for. What is not given stays as it is.

The commission rises by at most the daily change that the validator was created with, once in 24 hours, and never above its
maximum; it may fall at any time. The least self bond only rises.`,
		Example:           "  blinkd tx edit-validator carol --commission 4.5% --details 'in two data centres'",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: env.suggestKeys,
	}
	flags := cmd.Flags()
	flags.StringVar(&moniker, "moniker", "", "`NAME` to be shown")
	flags.StringVar(&details, "details", "", "`TEXT` about the validator; empty removes it")
	flags.StringVar(&commission, "commission", "", "`PERCENT` of its delegators' rewards that the operator keeps")
	flags.StringVar(&minSelfBond, "min-self-bond", "", "`AMOUNT` below which the operator's own stake may never fall by undelegation")
	cmd.MarkFlagsOneRequired("moniker", "details", "commission", "min-self-bond")
	shared := addTxFlags(env, cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		msg := tx.EditValidator{Moniker: moniker}
		if flags.Changed("details") {
			msg.Details = &details
		}
		if flags.Changed("commission") {
			rate, err := parsePercent("--commission", commission)
			if err != nil {
				return err
			}
			msg.CommissionRate = &rate
		}
		if flags.Changed("min-self-bond") {
			var err error
			if msg.MinSelfBond, err = parseAmount("--min-self-bond", minSelfBond); err != nil {
				return err
			}
		}
		return shared.run(args[0], msg)
	}
	return cmd
}
