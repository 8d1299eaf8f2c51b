package chart

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"gonum.org/v1/plot/text"
)

// maxText bounds a text in a picture, in runes: what is longer was not meant to be read there.
const maxText = 1000

// printable makes a text safe to draw: one line, bounded, without characters that do not print or turn the direction.
func printable(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.ToValidUTF8(s, "\ufffd") {
		if n++; n > maxText {
			b.WriteRune('…')
			break
		}
		switch {
		case unicode.IsSpace(r):
			b.WriteRune(' ')
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			b.WriteRune('\ufffd')
		}
	}
	return b.String()
}

func widthOf(s text.Style, txt string) float64 { return s.Width(txt).Points() }

// fit shortens a text to a width, with an ellipsis where something is missing.
func fit(s text.Style, txt string, width float64) string {
	txt = printable(txt)
	if widthOf(s, txt) <= width {
		return txt
	}
	runes := []rune(txt)
	low, high := 0, len(runes) // the longest head that fits with its ellipsis
	for low < high {
		mid := (low + high + 1) / 2
		if widthOf(s, string(runes[:mid])+"…") <= width {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return strings.TrimRight(string(runes[:low]), " ") + "…"
}

// wrap breaks a text into lines of at most a width.
func wrap(s text.Style, txt string, width float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(printable(txt)) {
		if line != "" && widthOf(s, line+" "+word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += fit(s, word, width)
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// Duration writes a time given in milliseconds with the unit and the digits that suit it: "0.42 ms", "14.2 ms",
// "1.25 s", "60 min".
func Duration(ms float64) string {
	switch {
	case math.IsNaN(ms):
		return "-"
	case ms >= 3_600_000*2:
		return digits(ms/3_600_000) + " h"
	case ms >= 60_000:
		return digits(ms/60_000) + " min"
	case ms >= 1000:
		return digits(ms/1000) + " s"
	case ms >= 0.1 || ms == 0:
		return digits(ms) + " ms"
	default:
		return digits(ms*1000) + " µs"
	}
}

// digits writes v with about three of them.
func digits(v float64) string {
	switch {
	case math.Abs(v) >= 100:
		return trim(v, 0)
	case math.Abs(v) >= 10:
		return trim(v, 1)
	default:
		return trim(v, 2)
	}
}

func trim(v float64, decimals int) string {
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}

// Count writes a whole number with thin spaces between groups of three digits.
func Count(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}
