package main

import (
	"blink/crypto"

	"github.com/spf13/cobra"
)

func newKeysMusigCmd(env *environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "musig",
		Short: "Hold an account together with other keys, all of which must sign",
		Long: `An account from which only all of its keys together can spend (MuSig2, BIP-327). On chain it looks like any other.
Signing takes two rounds: every signer shows a nonce, then with the nonces of all makes a partial signature.

    blinkd keys musig new team alice bob
    blinkd tx transfer team carol 5blink --dry-run > body.json
    blinkd keys musig nonce body.json --key alice --of team --out alice.nonce                          # each signer
    blinkd keys musig sign body.json --key alice --of team alice.nonce bob.nonce --out alice.partial   # each signer
    blinkd keys musig combine body.json --of team alice.partial bob.partial                            # anybody

A nonce signs once: the keyring forgets it when it is used. Never bring one back, with a backup or a copy of the folder;
two signatures from one nonce give the private key away.`,
	}
	cmd.AddCommand(
		env.newSharedCmd("new NAME KEY KEY [KEY...]", "Store the account of several keys; KEY is a name or an address",
			"  blinkd keys musig new team alice bob blink1q...", crypto.ShareAll),
		newKeysMusigNonceCmd(env), newKeysMusigSignCmd(env), newKeysMusigCombineCmd(env),
	)
	return cmd
}
