package main

import (
	"fmt"

	"blink/crypto"
	"blink/tx"

	"github.com/spf13/cobra"
)

func newTxSignCmd(env *environment) *cobra.Command {
	var key, out string
	cmd := &cobra.Command{
		Use:     "sign BODY.json",
		Short:   "Sign a transaction of a threshold account with one of its keys",
		Example: "  blinkd tx sign body.json --key alice --out alice.sig",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			s := &signing{env: env, path: args[0], names: env.keyNames()}
			if err := s.readBody(); err != nil {
				return err
			}
			return s.sign(key, out)
		},
	}
	addKeyFlag(cmd, env, &key)
	addOutFlag(cmd, &out)
	return cmd
}

// sign writes one key's signature. The address of the account does not tell its keys; where the keyring knows the
// account, a key that is none of them is refused.
func (s *signing) sign(keyName, out string) error {
	if err := s.checkThresholdSender(keyName); err != nil {
		return err
	}
	file, err := s.env.createFile(out)
	if err != nil {
		return err
	}
	defer file.discard()
	s.showBody()
	key, err := s.env.loadKey(keyName)
	if err != nil {
		return err
	}
	sig, err := key.Sign(s.hash)
	if err != nil {
		return err
	}
	content := s.file(signatureFileType, key.Address())
	content.Signature = sig[:]
	if err := file.keep(content); err != nil {
		return err
	}
	s.env.note("with enough signatures: blinkd tx assemble %s --of %s *.sig", s.path, s.name)
	return nil
}

func (s *signing) checkThresholdSender(keyName string) error {
	s.name = s.names.of(s.body.Sender)
	if info, err := s.env.keyInfo(s.name); err == nil && info.Shared != nil {
		if s.shared = info.Shared; s.shared.Scheme != crypto.SchemeThreshold {
			return otherScheme(s.name, s.shared.Scheme)
		}
		_, err := s.member(keyName)
		return err
	}
	if s.body.Sender.Kind() != crypto.KindThreshold {
		return hint{fmt.Errorf("%s: the sender %s is no threshold account", s.path, s.name),
			"an account of one key is signed for by blinkd tx ... without --dry-run, a MuSig2 account by blinkd keys musig"}
	}
	return nil
}

func newTxAssembleCmd(env *environment) *cobra.Command {
	var of string
	cmd := &cobra.Command{
		Use:     "assemble BODY.json SIGNATURE-FILE...",
		Short:   "Join the signatures for a threshold account and print the signed transaction",
		Example: "  blinkd tx assemble body.json --of board *.sig | curl --json @- 'http://127.0.0.1:8080/v1/txs?wait=final'",
		Args:    cobra.MinimumNArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := env.openSigning(args[0], of, crypto.SchemeThreshold)
			if err != nil {
				return err
			}
			files, err := s.collect(args[1:], signatureFileType)
			if err != nil {
				return err
			}
			witness, err := s.assemble(files)
			if err != nil {
				return err
			}
			return s.printAssembled(witness)
		},
	}
	addOfFlag(cmd, env, &of)
	return cmd
}

// assemble checks each signature, one file per member or nil, and joins as many as the threshold wants.
func (s *signing) assemble(files []*signingFile) ([]byte, error) {
	keys := s.shared.Keys()
	signatures := make(map[crypto.PublicKey]crypto.Signature)
	var missing []crypto.Address
	for i, f := range files {
		if f == nil {
			missing = append(missing, s.shared.Members[i])
			continue
		}
		sig := crypto.Signature(f.Signature)
		if !crypto.Verify(keys[i], s.hash, sig) {
			return nil, hint{fmt.Errorf("%s: is not the signature of %s over this transaction", f.path, s.names.of(f.Signer)), "ask for the file again"}
		}
		signatures[keys[i]] = sig
	}
	if n := s.shared.Threshold; len(signatures) < n {
		return nil, hint{fmt.Errorf("%s needs %d signatures, was given %d", s.name, n, len(signatures)),
			"still without one: " + s.names.list(missing, s.names.of)}
	} else if len(signatures) > n {
		s.env.note("%d signatures are enough: those of the first keys are used", n)
	}
	return tx.ThresholdWitness{Threshold: s.shared.Threshold, Keys: keys, Signatures: signatures}.Encode()
}
