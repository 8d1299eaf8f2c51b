package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

const maxSecret = 4 << 10 // bytes read from stdin or a file for a passphrase, mnemonic or key

var errNoPassphrase = hint{errors.New("a passphrase is needed, and there is no terminal to ask for it"),
	"set BLINK_PASSPHRASE or name a file with --passphrase-file"}

// newPassphrase returns the passphrase for a key to be stored: nil when insecure, else given beforehand or asked for twice.
func (env *environment) newPassphrase(name string, insecure bool) ([]byte, error) {
	if insecure {
		if env.passphraseFile != "" {
			return nil, usageError{errors.New("--insecure-no-passphrase and --passphrase-file exclude each other")}
		}
		return nil, nil
	}
	if phrase, ok, err := env.givenPassphrase(); ok || err != nil {
		return phrase, err
	}
	if !env.interactive() {
		return nil, errNoPassphrase
	}
	phrase, err := env.ask(fmt.Sprintf("New passphrase for %s: ", name))
	if err != nil {
		return nil, err
	}
	if len(phrase) == 0 {
		return nil, errors.New("the passphrase must not be empty")
	}
	again, err := env.ask("Once more: ")
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(phrase, again) {
		return nil, errors.New("the two passphrases differ")
	}
	return phrase, nil
}

// passphrase returns the passphrase of a stored key: given beforehand, or asked for.
func (env *environment) passphrase(name string) ([]byte, error) {
	if phrase, ok, err := env.givenPassphrase(); ok || err != nil {
		return phrase, err
	}
	if !env.interactive() {
		return nil, errNoPassphrase
	}
	return env.ask(fmt.Sprintf("Passphrase of %s: ", name))
}

// givenPassphrase returns the passphrase from --passphrase-file or BLINK_PASSPHRASE, and false when neither is given.
func (env *environment) givenPassphrase() ([]byte, bool, error) {
	if env.passphraseFile == "" {
		phrase := os.Getenv("BLINK_PASSPHRASE")
		return []byte(phrase), phrase != "", nil
	}
	f, err := os.Open(env.passphraseFile)
	if err != nil {
		return nil, false, fmt.Errorf("--passphrase-file: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSecret))
	if err != nil {
		return nil, false, fmt.Errorf("--passphrase-file: %w", err)
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	if line = bytes.TrimSuffix(line, []byte("\r")); len(line) == 0 {
		return nil, false, fmt.Errorf("--passphrase-file %s: the first line must not be empty", env.passphraseFile)
	}
	return line, true, nil
}

// readSecret reads what a user must not have on the command line: typed without echo, or piped in.
func (env *environment) readSecret(what string) (string, error) {
	if env.interactive() {
		line, err := env.ask(strings.ToUpper(what[:1]) + what[1:] + ": ")
		return strings.TrimSpace(string(line)), err
	}
	data, err := io.ReadAll(io.LimitReader(env.stdin, maxSecret))
	return strings.TrimSpace(string(data)), err
}

// interactive reports whether stdin is a terminal.
func (env *environment) interactive() bool {
	f, ok := env.stdin.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// ask prompts on stderr and reads a line from the terminal without echo. Ctrl-C ends it with the terminal as it was.
func (env *environment) ask(prompt string) ([]byte, error) {
	fd := int(env.stdin.(*os.File).Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return nil, err
	}
	type answer struct {
		line []byte
		err  error
	}
	answers := make(chan answer, 1)
	fmt.Fprint(env.stderr, prompt)
	go func() {
		line, err := term.ReadPassword(fd)
		answers <- answer{line, err}
	}()
	defer fmt.Fprintln(env.stderr)
	select {
	case a := <-answers:
		return a.line, a.err
	case <-env.ctx.Done():
		return nil, errors.Join(errors.New("interrupted"), term.Restore(fd, before))
	}
}
