package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"blink/crypto"

	"github.com/spf13/cobra"
)

// checkNewName refuses, before anything is asked or computed, a name under which no key can be stored.
func (env *environment) checkNewName(name string) error {
	if err := crypto.CheckKeyName(name); err != nil {
		return err
	}
	ring, err := env.openKeyring()
	if err != nil {
		return err
	}
	if _, err := ring.Info(name); !errors.Is(err, fs.ErrNotExist) {
		return env.nameTaken(name)
	}
	return nil
}

func (env *environment) nameTaken(name string) error {
	return hint{fmt.Errorf("a key named %q exists already in %s", name, env.keyring), "choose another name; keys are never overwritten"}
}

// createKey stores key under a new name, protected as the user says.
func (env *environment) createKey(name string, key crypto.PrivateKey, insecure bool) (crypto.KeyInfo, error) {
	if err := env.checkNewName(name); err != nil {
		return crypto.KeyInfo{}, err
	}
	passphrase, err := env.newPassphrase(name, insecure)
	if err != nil {
		return crypto.KeyInfo{}, err
	}
	ring, err := env.openKeyring()
	if err != nil {
		return crypto.KeyInfo{}, err
	}
	err = ring.Create(name, key, passphrase)
	if errors.Is(err, fs.ErrExist) {
		err = env.nameTaken(name)
	}
	return crypto.KeyInfo{Name: name, Address: key.Address(), Encrypted: !insecure}, err
}

// loadKey returns the key of a name from the keyring, asking for its passphrase when it is encrypted.
func (env *environment) loadKey(name string) (crypto.PrivateKey, error) {
	ring, err := env.openKeyring()
	if err != nil {
		return crypto.PrivateKey{}, err
	}
	key, err := ring.Load(name, env.passphrase)
	return key, env.explainKeyError(name, err)
}

// resolveAddress returns the address that is written out, or that of the key with the name.
func (env *environment) resolveAddress(nameOrAddress string) (crypto.Address, error) {
	if strings.HasPrefix(strings.ToLower(nameOrAddress), crypto.HRP+"1") { // no key has such a name
		return crypto.ParseAddress(nameOrAddress)
	}
	info, err := env.keyInfo(nameOrAddress)
	return info.Address, err
}

func (env *environment) keyInfo(name string) (crypto.KeyInfo, error) {
	ring, err := env.openKeyring()
	if err != nil {
		return crypto.KeyInfo{}, err
	}
	info, err := ring.Info(name)
	return info, env.explainKeyError(name, err)
}

func (env *environment) openKeyring() (*crypto.Keyring, error) {
	ring, err := crypto.OpenKeyring(env.keyring)
	if err == nil && env.keyWorkFactor != 0 {
		ring = ring.WithWorkFactor(env.keyWorkFactor)
	}
	return ring, err
}

// explainKeyError adds to an error of the keyring what the user can do.
func (env *environment) explainKeyError(name string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return hint{fmt.Errorf("no key named %q in %s", name, env.keyring),
			"blinkd keys list shows the names; --keyring names another folder"}
	case errors.Is(err, crypto.ErrWrongPassphrase):
		return hint{err, "the key can be imported again under another name from its mnemonic"}
	case errors.Is(err, crypto.ErrShared):
		return hint{err, "its keys sign what blinkd tx ... " + name + " ... --dry-run prints; blinkd keys show " + name + " lists them"}
	}
	return err
}

// suggestKeys completes the name of a key in the shell.
func (env *environment) suggestKeys(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 || env.complete() != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	if ring, err := env.openKeyring(); err == nil {
		infos, _ := ring.List() // a damaged file is no reason not to suggest the others
		for _, info := range infos {
			names = append(names, info.Name+"\t"+info.Address.String())
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
