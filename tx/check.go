package tx

import (
	"strings"
	"unicode/utf8"

	"blink/coin"
	"blink/crypto"
)

// firstOf returns the first refusal, or nil.
func firstOf(refusals ...*Refusal) *Refusal {
	for _, r := range refusals {
		if r != nil {
			return r
		}
	}
	return nil
}

// CheckChainID says whether a chain may have this id: 1 to MaxChainIDBytes letters, digits, "-", "_" and ".", a letter
// or digit first. The error is a *Refusal.
func CheckChainID(id string) error { return checkChainID("chain_id", id).asError() }

// CheckMoniker says whether a validator may have this name: 1 to MaxMonikerBytes of UTF-8 without control characters
// (see isControl). The error is a *Refusal.
func CheckMoniker(moniker string) error { return checkMoniker("moniker", moniker).asError() }

// CheckDetails says whether a validator may have this description: up to MaxDetailsBytes, as CheckMoniker else. The error
// is a *Refusal.
func CheckDetails(details string) error {
	return checkLabel("details", details, 0, MaxDetailsBytes).asError()
}

func checkChainID(field, id string) *Refusal {
	if id == "" || len(id) > MaxChainIDBytes {
		return refuse(InvalidField, field, "must be 1 to %d characters, was %d", MaxChainIDBytes, len(id))
	}
	for i := range len(id) {
		c := id[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case i > 0 && (c == '-' || c == '_' || c == '.'):
		default:
			return refuse(InvalidField, field, "must be letters, digits, '-', '_' and '.', beginning with a letter or digit, was %q", id)
		}
	}
	return nil
}

func checkMoniker(field, moniker string) *Refusal {
	return checkLabel(field, moniker, 1, MaxMonikerBytes)
}

// checkLabel bounds text that people see in lists: min and max in bytes, valid UTF-8, no control characters.
func checkLabel(field, text string, minBytes, maxBytes int) *Refusal {
	if len(text) < minBytes || len(text) > maxBytes {
		return refuse(InvalidField, field, "must be %d to %d bytes, was %d", minBytes, maxBytes, len(text))
	}
	return checkCharacters(field, text, "")
}

// checkText bounds text of several lines: at most maxBytes of valid UTF-8, and of the control characters only line feed
// and tab. A carriage return is none of them, because on a terminal it lets the end of a line overwrite its beginning.
func checkText(field, text string, maxBytes int) *Refusal {
	if len(text) > maxBytes {
		return refuse(InvalidField, field, "must be at most %d bytes, was %d", maxBytes, len(text))
	}
	return checkCharacters(field, text, "\n\t")
}

func checkCharacters(field, text, allowed string) *Refusal {
	if !utf8.ValidString(text) {
		return refuse(InvalidField, field, "must be valid UTF-8")
	}
	for _, c := range text {
		if isControl(c) && !strings.ContainsRune(allowed, c) {
			return refuse(InvalidField, field, "must hold no control characters, had %U", c)
		}
	}
	return nil
}

// isControl says whether c could break or disguise a line of text: the controls of Unicode's class Cc, the line and
// paragraph separators, and what changes the direction of writing. The ranges are written out, because tables that
// grow with each version of Unicode would let nodes of different builds disagree.
func isControl(c rune) bool {
	switch {
	case c < 0x20, c >= 0x7f && c <= 0x9f, c == 0x2028, c == 0x2029:
		return true
	case c == 0x061c, c == 0x200e, c == 0x200f, c >= 0x202a && c <= 0x202e, c >= 0x2066 && c <= 0x2069:
		return true
	}
	return false
}

func checkMemo(field, memo string) *Refusal {
	if len(memo) > MaxMemoBytes {
		return refuse(InvalidField, field, "must be at most %d bytes, was %d", MaxMemoBytes, len(memo))
	}
	if !utf8.ValidString(memo) {
		return refuse(InvalidField, field, "must be valid UTF-8")
	}
	return nil
}

// checkAddress refuses unknown kinds, and the zero address, which nobody can hold the key of and which mostly is a
// field that was forgotten.
func checkAddress(field string, a crypto.Address) *Refusal {
	switch {
	case a.IsZero():
		return refuse(InvalidField, field, "must be an address, was empty")
	case a.Kind() > crypto.KindThreshold:
		return refuse(InvalidField, field, "address kind must be 0 or 1, was %d", a.Kind())
	}
	return nil
}

func checkPositive(field string, a coin.Amount) *Refusal {
	if a == 0 {
		return refuse(InvalidField, field, "must be greater than 0, was 0")
	}
	return nil
}

// checkAmountOrAll: either an amount or all, where all says more than any amount could.
func checkAmountOrAll(amount coin.Amount, all bool, hint string) *Refusal {
	switch {
	case all && amount != 0:
		return refuse(InvalidField, "amount", "must be absent when all is set, was %s", amount)
	case !all && amount == 0:
		return &Refusal{Code: InvalidField, Field: "amount", Message: "must be greater than 0, was 0", Hint: hint}
	}
	return nil
}

func checkHeight(field string, height, least int64) *Refusal {
	if height < least || height > MaxHeight {
		return refuse(InvalidField, field, "must be a height from %d to %d, was %d", least, int64(MaxHeight), height)
	}
	return nil
}
