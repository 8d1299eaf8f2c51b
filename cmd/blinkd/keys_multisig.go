package main

import (
	"errors"
	"fmt"

	"blink/crypto"

	"github.com/spf13/cobra"
)

func newKeysMultisigCmd(env *environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "multisig",
		Short: "Hold an account together with other keys, some of which must sign",
		Long: fmt.Sprintf(`An account of up to %d keys from which any --threshold of them can spend. The chain sees the keys when it is spent from.

    blinkd keys multisig new board --threshold 2 alice bob carol
    blinkd tx transfer board dave 5blink --dry-run > body.json
    blinkd tx sign body.json --key alice --out alice.sig           # each signer, on its own machine
    blinkd tx assemble body.json --of board alice.sig bob.sig      # anybody: ready for POST /v1/txs`, crypto.MaxSharedKeys),
	}
	cmd.AddCommand(newKeysMultisigNewCmd(env))
	return cmd
}

func newKeysMultisigNewCmd(env *environment) *cobra.Command {
	var threshold int
	cmd := env.newSharedCmd("new NAME KEY KEY [KEY...]", "Store the account of several keys; KEY is a name or an address",
		"  blinkd keys multisig new board --threshold 2 alice bob blink1q...",
		func(keys []crypto.PublicKey) (crypto.Shared, error) {
			if threshold < 1 || threshold > len(keys) {
				return crypto.Shared{}, usageError{fmt.Errorf("--threshold must be from 1 to the number of keys, %d, was %d", len(keys), threshold)}
			}
			return crypto.ShareThreshold(threshold, keys)
		})
	cmd.Flags().IntVar(&threshold, "threshold", 0, "`NUMBER` of keys that must sign")
	if err := cmd.MarkFlagRequired("threshold"); err != nil {
		panic(errors.Join(errors.New("keys multisig new"), err)) // cannot happen: the flag is there
	}
	return cmd
}
