package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"

	"blink/abci"
)

// print writes a command's result to stdout: v as one line of JSON with -o json, else what human writes.
func (env *environment) print(human func(io.Writer), v any) error {
	if env.output != "json" {
		human(env.stdout)
		return nil
	}
	enc := json.NewEncoder(env.stdout)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// table writes rows in aligned columns under a header.
func table(w io.Writer, header []string, rows [][]string) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, strings.Join(header, "\t"))
	for _, row := range rows {
		fmt.Fprintln(tw, strings.Join(row, "\t"))
	}
	_ = tw.Flush()
}

// hint is an error together with what the user can do about it.
type hint struct {
	err  error
	hint string
}

func (h hint) Error() string { return h.err.Error() }
func (h hint) Unwrap() error { return h.err }

func isHint(err error) bool {
	return errors.As(err, new(hint))
}

// upgradeStatus is the exit status of a node that needs a later blinkd: to start it again is useless until there is one.
const upgradeStatus = 3

// usageError marks a command line that cannot be meant: exit status 2.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// visible writes out what would control the terminal: an error may carry a node's words. Lines and tabs stay.
func visible(text string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.IsPrint(r) || r == '\n' || r == '\t' {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}

// fail reports err on stderr and returns the exit status for it.
func (env *environment) fail(err error) int {
	fmt.Fprintln(env.stderr, "error:", visible(err.Error()))
	if h := (hint{}); errors.As(err, &h) {
		fmt.Fprintln(env.stderr, "hint:", visible(h.hint))
	}
	switch {
	case errors.As(err, new(usageError)):
		return 2
	case errors.As(err, new(*abci.UpgradeNeeded)):
		return upgradeStatus
	}
	return 1
}
