package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"blink/crypto"
	"blink/tx"

	"github.com/spf13/cobra"
)

const maxSigningFile = 256 << 10 // bytes; the JSON of the largest transaction has less

// signing is a transaction that the keys of a shared account sign, each on its own machine.
type signing struct {
	env    *environment
	path   string // of the body
	body   tx.Body
	raw    []byte // canonical bytes of the body
	hash   [32]byte
	name   string // of the account in the keyring
	shared *crypto.Shared
	names  keyNames
}

// openSigning reads a body that the account called of shall send.
func (env *environment) openSigning(path, of, scheme string) (*signing, error) {
	info, err := env.keyInfo(of)
	if err != nil {
		return nil, err
	}
	if info.Shared == nil {
		return nil, hint{fmt.Errorf("--of: %s is one key, no shared account", of), "blinkd keys list shows which are; a shared account is made with blinkd keys musig new or blinkd keys multisig new"}
	}
	if info.Shared.Scheme != scheme {
		return nil, otherScheme(of, info.Shared.Scheme)
	}
	s := &signing{env: env, path: path, name: of, shared: info.Shared, names: env.keyNames()}
	if err := s.readBody(); err != nil {
		return nil, err
	}
	if s.body.Sender != info.Address {
		return nil, fmt.Errorf("%s: the sender is %s, but --of %s is %s", path, s.names.of(s.body.Sender), of, info.Address)
	}
	return s, nil
}

// otherScheme says how an account is signed for, when it was tried the other way.
func otherScheme(name, scheme string) error {
	if scheme == crypto.SchemeMusig {
		return hint{fmt.Errorf("%s needs all of its keys, by MuSig2", name), "sign with: blinkd keys musig nonce, sign and combine"}
	}
	return hint{fmt.Errorf("%s is a threshold account", name), "sign with: blinkd tx sign, then blinkd tx assemble"}
}

// readBody reads and checks what is to be signed. What nobody can submit any more is refused before it costs anybody work.
func (s *signing) readBody() error {
	text, err := readFile(s.path)
	if err != nil {
		return fmt.Errorf("%s: %w", s.path, err)
	}
	s.body, err = tx.ParseBody(text)
	if err == nil {
		s.raw, err = s.body.Encode()
	}
	if err != nil {
		return hint{fmt.Errorf("%s: %w", s.path, err), "it must be what blinkd tx ... --dry-run prints for a shared account"}
	}
	if until := time.Unix(s.body.ValidUntil, 0); time.Now().After(until) {
		return hint{fmt.Errorf("%s: the transaction expired at %s", s.path, until.UTC().Format(time.RFC3339)),
			"make it again with blinkd tx ... --dry-run; --valid-for gives up to 1h"}
	}
	s.hash = tx.SigningHash(s.raw)
	return nil
}

// member returns the place of the key called name among the members.
func (s *signing) member(name string) (int, error) {
	info, err := s.env.keyInfo(name)
	if err != nil {
		return 0, err
	}
	i := slices.Index(s.shared.Members, info.Address)
	if i < 0 {
		return 0, fmt.Errorf("--key: %s is none of the keys of %s, which are %s", name, s.name, s.names.list(s.shared.Members, s.names.of))
	}
	return i, nil
}

// showBody tells the signer what the signature is for.
func (s *signing) showBody() {
	if s.env.output != "text" {
		return
	}
	fmt.Fprintf(s.env.stderr, "signing for %s: ", s.name)
	enc := json.NewEncoder(s.env.stderr)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s.body); err != nil {
		panic("encode a body: " + err.Error()) // it was encoded before
	}
}

// readFile reads a file of bounded size. The caller says which file an error is about.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	var bare *fs.PathError
	if errors.As(err, &bare) {
		return nil, bare.Err
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSigningFile+1))
	if err == nil && len(text) > maxSigningFile {
		err = fmt.Errorf("must have at most %d bytes, has more", maxSigningFile)
	}
	return text, err
}

func addKeyFlag(cmd *cobra.Command, env *environment, key *string) {
	cmd.Flags().StringVar(key, "key", "", "`NAME` of the key that signs")
	requireKeyName(cmd, env, "key")
}

func addOfFlag(cmd *cobra.Command, env *environment, of *string) {
	cmd.Flags().StringVar(of, "of", "", "`NAME` of the shared account")
	requireKeyName(cmd, env, "of")
}

func addOutFlag(cmd *cobra.Command, out *string) {
	cmd.Flags().StringVar(out, "out", "", "`FILE` to write, which must not exist yet (default: stdout)")
}

func requireKeyName(cmd *cobra.Command, env *environment, flag string) {
	suggest := func(cmd *cobra.Command, _ []string, start string) ([]string, cobra.ShellCompDirective) {
		return env.suggestKeys(cmd, nil, start)
	}
	if err := errors.Join(cmd.MarkFlagRequired(flag), cmd.RegisterFlagCompletionFunc(flag, suggest)); err != nil {
		panic(err) // cannot happen: the flag is there
	}
}
