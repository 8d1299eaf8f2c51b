package main

import (
	"crypto/rand"
	"fmt"

	"blink/crypto"

	"github.com/spf13/cobra"
)

func newKeysMusigNonceCmd(env *environment) *cobra.Command {
	var key, of, out string
	cmd := &cobra.Command{
		Use:     "nonce BODY.json",
		Short:   "First round: make this key's nonce for a transaction",
		Example: "  blinkd keys musig nonce body.json --key alice --of team --out alice.nonce",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := env.openSigning(args[0], of, crypto.SchemeMusig)
			if err != nil {
				return err
			}
			if _, err := s.member(key); err != nil {
				return err
			}
			return s.firstRound(key, out)
		},
	}
	addKeyFlag(cmd, env, &key)
	addOfFlag(cmd, env, &of)
	addOutFlag(cmd, &out)
	return cmd
}

// firstRound keeps the secret half of the nonce in the keyring and writes the public half to a file. Doing it again
// before the second round gives the same nonce.
func (s *signing) firstRound(keyName, out string) error {
	file, err := s.env.createFile(out)
	if err != nil {
		return err
	}
	defer file.discard()
	key, err := s.env.loadKey(keyName)
	if err != nil {
		return err
	}
	account, err := crypto.NewMusig(s.shared.Keys())
	if err != nil {
		return err
	}
	ring, err := s.env.openKeyring()
	if err != nil {
		return err
	}
	seed, err := ring.NewNonce(key.Public(), s.hash, rand.Reader)
	if err != nil {
		return err
	}
	nonce, err := account.Nonce(key, s.hash, seed)
	if err != nil {
		return err
	}
	content := s.file(nonceFileType, key.Address())
	content.Nonce = nonce[:]
	if err := file.keep(content); err != nil {
		return err
	}
	s.env.note("send this nonce to the other signers. With those of all keys: blinkd keys musig sign %s --key %s --of %s *.nonce --out %s.partial",
		s.path, keyName, s.name, keyName)
	return nil
}

// note tells the user on stderr what comes next; programs that read JSON know.
func (env *environment) note(format string, args ...any) {
	if env.output == "text" {
		fmt.Fprintf(env.stderr, "note: "+format+"\n", args...)
	}
}
