package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"blink/crypto"

	"github.com/spf13/cobra"
)

// This file is what accounts of several keys have in common, whether all of the keys must sign (keys_musig.go) or some
// of them (keys_multisig.go).

// createShared stores a shared account under a new name and prints it.
func (env *environment) createShared(name string, shared crypto.Shared) error {
	ring, err := env.openKeyring()
	if err != nil {
		return err
	}
	info, err := ring.CreateShared(name, shared)
	if errors.Is(err, fs.ErrExist) {
		return env.nameTaken(name)
	}
	if err != nil {
		return err
	}
	return env.printKeyInfo(info)
}

// memberKeys returns the public keys that names or addresses stand for.
func (env *environment) memberKeys(args []string) ([]crypto.PublicKey, error) {
	var keys []crypto.PublicKey
	from := map[crypto.PublicKey]string{} // what each was called
	for _, arg := range args {
		address, err := env.resolveAddress(arg)
		if err != nil {
			return nil, err
		}
		key, ok := address.PublicKey()
		if !ok || env.sharedAt(address) {
			return nil, hint{fmt.Errorf("%s is an account of several keys; KEY must be one key", arg), "name the keys that it is made of"}
		}
		if first, twice := from[key]; twice {
			return nil, fmt.Errorf("%s and %s are the same key; each may be given once", first, arg)
		}
		from[key], keys = arg, append(keys, key)
	}
	return keys, nil
}

// sharedAt reports whether the keyring knows address as one of several keys.
func (env *environment) sharedAt(address crypto.Address) bool {
	ring, err := env.openKeyring()
	if err != nil {
		return false
	}
	infos, _ := ring.List() // a damaged file says nothing about this address
	for _, info := range infos {
		if info.Address == address && info.Shared != nil {
			return true
		}
	}
	return false
}

// keyNames says what the keys of the keyring are called; a key with several names has the first of them.
type keyNames map[crypto.Address]string

func namesOf(infos []crypto.KeyInfo) keyNames {
	names := keyNames{}
	for _, info := range infos {
		if _, known := names[info.Address]; !known {
			names[info.Address] = info.Name
		}
	}
	return names
}

func (env *environment) keyNames() keyNames {
	ring, err := env.openKeyring()
	if err != nil {
		return nil
	}
	infos, _ := ring.List() // a damaged file is no reason not to name the others
	return namesOf(infos)
}

// of returns the name of an address, or the address itself where there is none.
func (n keyNames) of(a crypto.Address) string {
	if name, ok := n[a]; ok {
		return name
	}
	return a.String()
}

// short is of, with the middle of an address left out.
func (n keyNames) short(a crypto.Address) string {
	if name, ok := n[a]; ok {
		return name
	}
	s := a.String()
	return s[:12] + "..." + s[len(s)-6:]
}

// list joins the names of addresses, in their order and not that of the addresses.
func (n keyNames) list(addresses []crypto.Address, name func(crypto.Address) string) string {
	var all []string
	for _, a := range addresses {
		all = append(all, name(a))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// quorumOf says how many of the members it takes.
func quorumOf(s *crypto.Shared) string {
	if s.Scheme == crypto.SchemeMusig {
		return "all"
	}
	return fmt.Sprint(s.Threshold)
}

// newSharedCmd is the command that makes such an account; make says which.
func (env *environment) newSharedCmd(use, short, example string, make func([]crypto.PublicKey) (crypto.Shared, error)) *cobra.Command {
	return &cobra.Command{
		Use:     use,
		Short:   short,
		Example: example,
		Args:    cobra.MinimumNArgs(1 + crypto.MinSharedKeys),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := env.checkNewName(args[0]); err != nil {
				return err
			}
			keys, err := env.memberKeys(args[1:])
			if err != nil {
				return err
			}
			shared, err := make(keys)
			if err != nil {
				return err
			}
			return env.createShared(args[0], shared)
		},
	}
}
