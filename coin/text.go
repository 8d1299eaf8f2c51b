package coin

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Parse reads an amount as a person writes it: "12.5blink", "12.5 BLINK", "12500000ublink", or a bare "12500000",
// which counts ublink. The unit's case does not matter. It refuses what cannot be meant exactly: signs, exponents,
// separators, a fraction of a ublink, and amounts above Max.
func Parse(s string) (Amount, error) {
	number, unit := split(strings.TrimSpace(s))
	if number == "" {
		return 0, amountError(s, `write a number and a unit, like "12.5blink" or "12500000ublink"`)
	}
	switch strings.ToLower(unit) {
	case "", "ublink":
		if strings.Contains(number, ".") {
			return 0, amountError(s, `ublink are whole; for fractions write the unit blink, like "12.5blink"`)
		}
		return parseWhole(s, number)
	case "blink":
		return parseDecimal(s, number)
	}
	return 0, amountError(s, fmt.Sprintf("the unit %q is not known; units are blink and ublink", shorten(unit)))
}

// split cuts s after its leading digits and points, and drops spaces before the unit.
func split(s string) (number, unit string) {
	end := strings.IndexFunc(s, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
	if end < 0 {
		return s, ""
	}
	return s[:end], strings.TrimLeft(s[end:], " ")
}

func parseWhole(s, digits string) (Amount, error) {
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return 0, amountError(s, "it must be at most "+Max.String()+" ublink")
	}
	return Amount(n), nil
}

// parseDecimal reads a number of BLINK by moving the point six places to the right.
func parseDecimal(s, number string) (Amount, error) {
	whole, fraction, point := strings.Cut(number, ".")
	if whole == "" || point && fraction == "" || strings.Contains(fraction, ".") {
		return 0, amountError(s, `write digits on both sides of one point, like "0.5blink"`)
	}
	if len(fraction) > decimals {
		return 0, amountError(s, fmt.Sprintf("BLINK has %d decimals, this has %d", decimals, len(fraction)))
	}
	return parseWhole(s, whole+fraction+strings.Repeat("0", decimals-len(fraction)))
}

func amountError(s, fix string) error {
	return fmt.Errorf("amount %q: %s", shorten(s), fix)
}

// shorten keeps a hostile "amount" from filling the error message.
func shorten(s string) string {
	const most = 40 // bytes, twice the digits of Max
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}

// Human returns the amount in BLINK for people to read: exact and without trailing zeros, "12.5 BLINK".
func (a Amount) Human() string {
	whole, fraction := strconv.FormatUint(uint64(a/Blink), 10), uint64(a%Blink)
	if fraction == 0 {
		return whole + " BLINK"
	}
	return whole + "." + strings.TrimRight(fmt.Sprintf("%0*d", decimals, fraction), "0") + " BLINK"
}

// MarshalJSON writes the amount as a decimal string of ublink, because JSON numbers lose digits in many languages.
func (a Amount) MarshalJSON() ([]byte, error) {
	return []byte(`"` + a.String() + `"`), nil
}

// UnmarshalJSON accepts what MarshalJSON writes and nothing else: no number, unit, sign, space or leading zero.
func (a *Amount) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil || data[0] != '"' {
		return fmt.Errorf(`amount %s: must be a string of ublink, like "12500000"`, shorten(string(data)))
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil || Amount(n).String() != s {
		return fmt.Errorf(`amount %q: must be a whole number of ublink from 0 to %s, without unit, sign or leading zeros`, shorten(s), Max)
	}
	*a = Amount(n)
	return nil
}
