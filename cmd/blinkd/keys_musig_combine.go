package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"blink/crypto"
	"blink/tx"

	"github.com/spf13/cobra"
)

func newKeysMusigCombineCmd(env *environment) *cobra.Command {
	var of string
	cmd := &cobra.Command{
		Use:     "combine BODY.json PARTIAL-FILE...",
		Short:   "Join the partial signatures of all keys and print the signed transaction",
		Example: "  blinkd keys musig combine body.json --of team *.partial | curl --json @- 'http://127.0.0.1:8080/v1/txs?wait=final'",
		Args:    cobra.MinimumNArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := env.openSigning(args[0], of, crypto.SchemeMusig)
			if err != nil {
				return err
			}
			files, err := s.collectAll(args[1:], partialFileType)
			if err != nil {
				return err
			}
			sig, err := s.combine(files)
			if err != nil {
				return err
			}
			return s.printAssembled(sig[:])
		},
	}
	addOfFlag(cmd, env, &of)
	return cmd
}

var errOtherNonces = "every signer must sign with the same nonce files. Begin again: every signer runs blinkd keys musig nonce"

// combine adds up partial signatures, one file per member in the members' order, and names the file that is wrong.
func (s *signing) combine(files []*signingFile) (crypto.Signature, error) {
	var nonces []crypto.PublicNonce
	var partials []crypto.PartialSignature
	for i, f := range files {
		if j := differAt(f.Nonces, files[0].Nonces); j >= 0 {
			return crypto.Signature{}, hint{fmt.Errorf("%s and %s were made with different nonces of %s",
				files[0].path, f.path, s.names.of(s.shared.Members[j])), errOtherNonces}
		}
		nonces = append(nonces, crypto.PublicNonce(f.Nonces[i]))
		partials = append(partials, crypto.PartialSignature(f.Partial))
	}
	account, err := crypto.NewMusig(s.shared.Keys())
	if err != nil {
		return crypto.Signature{}, err
	}
	sig, err := account.Combine(s.hash, nonces, partials)
	var bad *crypto.BadPartial
	if errors.As(err, &bad) {
		i := slices.Index(s.shared.Keys(), bad.Signer)
		return sig, hint{fmt.Errorf("%s: is not the partial signature of %s over this transaction", files[i].path, s.names.of(s.shared.Members[i])),
			"ask for the file again; if it was made so, every signer begins again with blinkd keys musig nonce"}
	}
	return sig, err
}

// differAt returns the first index at which two lists of equal length differ, -1 when they do not.
func differAt(a, b []hexBytes) int {
	for i := range a {
		if !bytes.Equal(a[i], b[i]) {
			return i
		}
	}
	return -1
}

// printAssembled prints the signed transaction, after the same check that a node will make.
func (s *signing) printAssembled(witness []byte) error {
	signed, err := tx.Assemble(s.raw, witness)
	if err != nil {
		return err
	}
	if _, err := signed.Verify(s.body.ChainID); err != nil {
		return err
	}
	return s.env.print(func(w io.Writer) { printSigned(w, signed) }, signed)
}
