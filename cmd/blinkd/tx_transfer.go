package main

import (
	"blink/tx"

	"github.com/spf13/cobra"
)

func newTxTransferCmd(env *environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "transfer FROM TO AMOUNT",
		Short:             "Send coins",
		Example:           "  blinkd tx transfer alice bob 12.5blink\n  blinkd tx transfer alice bob 5blink --dry-run | curl --json @- 'http://127.0.0.1:8080/v1/txs?wait=final'",
		Args:              cobra.ExactArgs(3),
		ValidArgsFunction: env.suggestKeys,
	}
	flags := addTxFlags(env, cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		amount, err := parseAmount("AMOUNT", args[2])
		if err != nil {
			return err
		}
		to, err := env.resolveAddress(args[1])
		if err != nil {
			return err
		}
		return flags.run(args[0], tx.Transfer{To: to, Amount: amount})
	}
	return cmd
}
