package main

import (
	"errors"
	"fmt"

	"blink/crypto"

	"github.com/spf13/cobra"
)

func newKeysMusigSignCmd(env *environment) *cobra.Command {
	var key, of, out string
	cmd := &cobra.Command{
		Use:     "sign BODY.json NONCE-FILE...",
		Short:   "Second round: make this key's partial signature, with the nonces of all keys",
		Example: "  blinkd keys musig sign body.json --key alice --of team *.nonce --out alice.partial",
		Args:    cobra.MinimumNArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := env.openSigning(args[0], of, crypto.SchemeMusig)
			if err != nil {
				return err
			}
			files, err := s.collectAll(args[1:], nonceFileType)
			if err != nil {
				return err
			}
			index, err := s.member(key)
			if err != nil {
				return err
			}
			return s.secondRound(key, index, files, out)
		},
	}
	addKeyFlag(cmd, env, &key)
	addOfFlag(cmd, env, &of)
	addOutFlag(cmd, &out)
	return cmd
}

// secondRound uses up the nonce of the key. Whatever can be checked is checked before: a nonce that is gone costs
// everybody another first round.
func (s *signing) secondRound(keyName string, index int, files []*signingFile, out string) error {
	ring, err := s.env.openKeyring()
	if err != nil {
		return err
	}
	signer := s.shared.Keys()[index]
	seed, err := ring.PeekNonce(signer, s.hash)
	if err != nil {
		return s.explainNonce(keyName, err)
	}
	key, err := s.env.loadKey(keyName)
	if err != nil {
		return err
	}
	account, err := crypto.NewMusig(s.shared.Keys())
	if err != nil {
		return err
	}
	nonces := make([]crypto.PublicNonce, len(files))
	for i, f := range files {
		nonces[i] = crypto.PublicNonce(f.Nonce)
	}
	if own, err := account.Nonce(key, s.hash, seed); err != nil {
		return err
	} else if own != nonces[index] {
		return hint{fmt.Errorf("%s: is not the nonce of %s that waits in %s", files[index].path, keyName, s.env.keyring),
			fmt.Sprintf("write it again with: blinkd keys musig nonce %s --key %s --of %s --out FILE; and send it to all signers", s.path, keyName, s.name)}
	}
	file, err := s.env.createFile(out)
	if err != nil {
		return err
	}
	defer file.discard()
	s.showBody()
	if seed, err = ring.TakeNonce(signer, s.hash); err != nil {
		return s.explainNonce(keyName, err)
	}
	partial, err := account.Sign(key, s.hash, &seed, nonces)
	if err != nil {
		return err
	}
	content := s.file(partialFileType, key.Address())
	content.Partial = partial[:]
	for i := range nonces {
		content.Nonces = append(content.Nonces, nonces[i][:])
	}
	if err := file.keep(content); err != nil {
		return err
	}
	s.env.note("with the partial signatures of all keys: blinkd keys musig combine %s --of %s *.partial", s.path, s.name)
	return nil
}

// explainNonce says what a missing nonce means.
func (s *signing) explainNonce(keyName string, err error) error {
	if !errors.Is(err, crypto.ErrNoNonce) {
		return err
	}
	return hint{fmt.Errorf("no nonce of %s for this transaction waits in %s: it was used already, or made elsewhere", keyName, s.env.keyring),
		"a nonce signs once. Begin again: every signer runs blinkd keys musig nonce and sends the new file to the others"}
}
