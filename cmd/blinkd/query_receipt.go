package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"blink/tx"
)

func newQueryReceiptCmd(env *environment) *cobra.Command {
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "receipt ID",
		Short: "Fetch the finality receipt of a transaction, for blinkd verify",
		Long: "Fetch the finality receipt of a transaction: JSON that proves, without any network, that it is final.\n" +
			"It proves the code, too, once there is a next block. docs/receipts.md has the format.",
		Example: "  blinkd query receipt 4d1f... >receipt.json\n  blinkd verify receipt.json --genesis genesis.json",
		Args:    cobra.ExactArgs(1),
	}
	cmd.Flags().DurationVar(&wait, "wait", 5*time.Second, "`TIME` to wait until the transaction is final and there is a next block")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		id, err := tx.ParseID(args[0])
		if err != nil {
			return usageError{err}
		}
		if wait < 0 || wait > time.Hour {
			return usageError{fmt.Errorf("--wait must be from 0 to 1h, was %v", wait)}
		}
		c, err := env.connect()
		if err != nil {
			return err
		}
		defer c.Close()
		raw, err := c.AwaitReceipt(env.ctx, id, wait)
		if err != nil {
			return env.explain(err)
		}
		return env.print(func(w io.Writer) { fmt.Fprintln(w, visible(string(raw))) }, raw)
	}
	return cmd
}
