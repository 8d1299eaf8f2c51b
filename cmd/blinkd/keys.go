package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"blink/crypto"

	"github.com/spf13/cobra"
)

func newKeysCmd(env *environment) *cobra.Command {
	cmd := &cobra.Command{Use: "keys", Short: "Create, import, list, show and export account keys"}
	cmd.AddCommand(newKeysNewCmd(env), newKeysImportCmd(env), newKeysListCmd(env), newKeysShowCmd(env), newKeysExportCmd(env),
		newKeysMusigCmd(env), newKeysMultisigCmd(env))
	return cmd
}

// keyFlags are the flags of the commands that store a key.
type keyFlags struct {
	insecure bool   // store without a passphrase
	account  uint32 // in the derivation path
}

func (f *keyFlags) register(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.insecure, "insecure-no-passphrase", false, "store the key without a passphrase: for test networks only")
	cmd.Flags().Uint32Var(&f.account, "account", 0, "`NUMBER` of the account in the derivation path m/44'/1'/NUMBER'/0/0")
}

// createdKey is the answer of new and import.
type createdKey struct {
	crypto.KeyInfo
	Mnemonic string `json:"mnemonic,omitempty"` // only from new, only this once
}

func newKeysNewCmd(env *environment) *cobra.Command {
	var flags keyFlags
	cmd := &cobra.Command{
		Use:   "new NAME",
		Short: "Create a key and show its mnemonic, once",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			mnemonic, err := crypto.NewMnemonic()
			if err != nil {
				return err
			}
			key, err := crypto.KeyFromMnemonic(mnemonic, "", flags.account)
			if err != nil {
				return err
			}
			info, err := env.createKey(args[0], key, flags.insecure)
			if err != nil {
				return err
			}
			if err := env.print(func(w io.Writer) { printKey(w, info, nil) }, createdKey{info, mnemonic}); err != nil {
				return err
			}
			if env.output == "text" {
				fmt.Fprintf(env.stderr, "\nWrite these 24 words down and keep them secret. They are shown this once, and are the only\nway to get the key back when its file or passphrase is lost:\n\n%s\n", inLines(mnemonic, 8))
			}
			return nil
		},
	}
	flags.register(cmd)
	return cmd
}

func newKeysImportCmd(env *environment) *cobra.Command {
	var flags keyFlags
	var private bool
	cmd := &cobra.Command{
		Use:   "import NAME",
		Short: "Store the key of a mnemonic that is read from stdin",
		Example: "  blinkd keys import alice                    # asks for the words\n" +
			"  blinkd keys import alice < words.txt        # with BLINK_PASSPHRASE set",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := env.checkNewName(args[0]); err != nil {
				return err
			}
			what := "mnemonic"
			if private {
				what = "private key"
			}
			text, err := env.readSecret(what)
			if err != nil {
				return err
			}
			key, err := importedKey(text, private, flags.account)
			if err != nil {
				return err
			}
			info, err := env.createKey(args[0], key, flags.insecure)
			if err != nil {
				return err
			}
			return env.print(func(w io.Writer) { printKey(w, info, nil) }, createdKey{KeyInfo: info})
		},
	}
	flags.register(cmd)
	cmd.Flags().BoolVar(&private, "private-key", false, "read 64 hex digits, as keys export writes them, instead of a mnemonic")
	return cmd
}

func importedKey(text string, private bool, account uint32) (crypto.PrivateKey, error) {
	if !private {
		return crypto.KeyFromMnemonic(text, "", account)
	}
	raw, err := hex.DecodeString(text)
	if err != nil {
		return crypto.PrivateKey{}, errors.New("private key must be 64 hex digits")
	}
	return crypto.PrivateKeyFromBytes(raw)
}

func newKeysListCmd(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the names and addresses of the keys",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			ring, err := env.openKeyring()
			if err != nil {
				return err
			}
			infos, problem := ring.List() // show what can be read, then complain
			err = env.print(func(w io.Writer) {
				names := namesOf(infos)
				var rows [][]string
				for _, info := range infos {
					rows = append(rows, []string{info.Name, info.Address.String(), protection(info, names)})
				}
				table(w, []string{"NAME", "ADDRESS", "PROTECTION"}, rows)
			}, append([]crypto.KeyInfo{}, infos...)) // [] rather than null
			return errors.Join(err, problem)
		},
	}
}

func newKeysShowCmd(env *environment) *cobra.Command {
	var addressOnly bool
	cmd := &cobra.Command{
		Use:               "show NAME",
		Short:             "Show the address of a key",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: env.suggestKeys,
		RunE: func(_ *cobra.Command, args []string) error {
			info, err := env.keyInfo(args[0])
			if err != nil {
				return err
			}
			if addressOnly {
				return env.print(func(w io.Writer) { fmt.Fprintln(w, info.Address) }, info)
			}
			return env.printKeyInfo(info)
		},
	}
	cmd.Flags().BoolVar(&addressOnly, "address", false, "print the address alone")
	return cmd
}

func newKeysExportCmd(env *environment) *cobra.Command {
	var unsafe bool
	cmd := &cobra.Command{
		Use:               "export NAME",
		Short:             "Print the private key of a name in hex",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: env.suggestKeys,
		RunE: func(_ *cobra.Command, args []string) error {
			if !unsafe {
				return hint{errors.New("export prints the private key, and whoever sees it owns the account"),
					"say --unsafe-print-secret if that is what you want"}
			}
			key, err := env.loadKey(args[0])
			if err != nil {
				return err
			}
			fmt.Fprintln(env.stderr, "warning: whoever sees this key owns the account")
			secret := hex.EncodeToString(key.Bytes())
			return env.print(func(w io.Writer) { fmt.Fprintln(w, secret) }, struct {
				Name       string         `json:"name"`
				Address    crypto.Address `json:"address"`
				PrivateKey string         `json:"private_key"`
			}{args[0], key.Address(), secret})
		},
	}
	cmd.Flags().BoolVar(&unsafe, "unsafe-print-secret", false, "yes, print it")
	return cmd
}

// printKeyInfo prints what the keyring has under a name; the keys of a shared account by their names.
func (env *environment) printKeyInfo(info crypto.KeyInfo) error {
	return env.print(func(w io.Writer) {
		if info.Shared == nil {
			printKey(w, info, nil)
			return
		}
		names := env.keyNames()
		printKey(w, info, names)
		for _, member := range info.Shared.Members {
			fmt.Fprintf(w, "key         %s  %s\n", member, names[member])
		}
	}, info)
}

func printKey(w io.Writer, info crypto.KeyInfo, names keyNames) {
	fmt.Fprintf(w, "name        %s\naddress     %s\nprotection  %s\n", info.Name, info.Address, protection(info, names))
}

// protection says what it takes to spend, besides this keyring.
func protection(info crypto.KeyInfo, names keyNames) string {
	switch {
	case info.Shared != nil:
		return quorumOf(info.Shared) + " of " + names.list(info.Shared.Members, names.short)
	case info.Encrypted:
		return "passphrase"
	}
	return "none"
}

// inLines breaks words into indented lines of n.
func inLines(words string, n int) string {
	var b strings.Builder
	for i, word := range strings.Fields(words) {
		switch {
		case i == 0:
			b.WriteString("  ")
		case i%n == 0:
			b.WriteString("\n  ")
		default:
			b.WriteString(" ")
		}
		b.WriteString(word)
	}
	return b.String()
}
