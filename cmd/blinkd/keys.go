package main

import (
	"errors"

	"blink/crypto"

	"github.com/spf13/cobra"
)

func newKeysCmd(env *environment) *cobra.Command {
	cmd := &cobra.Command{Use: "keys", Short: "Create, import, list, show and export account keys"}
	return cmd
}

// loadKey returns the key of a name from the keyring, asking for its passphrase when it is encrypted.
func (env *environment) loadKey(name string) (crypto.PrivateKey, error) {
	return crypto.PrivateKey{}, errors.New("not yet")
}

// resolveAddress returns the address that is written out, or that of the key with the name.
func (env *environment) resolveAddress(nameOrAddress string) (crypto.Address, error) {
	return crypto.Address{}, errors.New("not yet")
}
