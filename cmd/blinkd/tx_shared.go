package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"blink/crypto"
	"blink/tx"
)

// sharedValidFor is how long a transaction of a shared account is valid unless --valid-for says otherwise: as long as
// the chain allows, less what its clock, that of the last block, may be behind.
const sharedValidFor = 55 * time.Minute

// prepareShared refuses to submit for an account whose keys have not signed, and gives people time to do so.
func (f *txFlags) prepareShared(sender crypto.KeyInfo) error {
	if !f.dryRun {
		return hint{fmt.Errorf("%s is held by several keys (%s): it cannot be signed for here alone", sender.Name, protection(sender, f.env.keyNames())),
			"print the transaction with --dry-run; its keys then sign that file. --valid-for gives them up to 1h"}
	}
	if !f.cmd.Flags().Changed("valid-for") {
		f.validFor = sharedValidFor
	}
	return nil
}

// printUnsigned prints the body, and on stderr what to do with it.
func (f *txFlags) printUnsigned(sender crypto.KeyInfo, body tx.Body) error {
	err := f.env.print(func(w io.Writer) { printBody(w, body) }, body)
	if err != nil {
		return err
	}
	next := "blinkd keys musig nonce body.json --key KEY --of " + sender.Name + " --out KEY.nonce"
	if sender.Shared.Scheme == crypto.SchemeThreshold {
		next = "blinkd tx sign body.json --key KEY --out KEY.sig"
	}
	f.env.note("nothing is signed yet. Save this as body.json; whoever signs runs: %s", next)
	f.env.note("it expires at %s; --valid-for gives up to 1h", time.Unix(body.ValidUntil, 0).UTC().Format(time.RFC3339))
	return nil
}

// printBody prints a body on one line of JSON.
func printBody(w io.Writer, body tx.Body) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		panic("encode a body: " + err.Error()) // it was encoded before
	}
}
