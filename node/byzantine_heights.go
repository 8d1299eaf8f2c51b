//go:build byzantine

package node

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// heights is a range of heights, both ends included; the zero value is empty.
type heights struct{ from, to int64 }

func (h heights) include(height int64) bool { return h.from > 0 && h.from <= height && height <= h.to }

// parse reads "20" (one height), "20-25" (up to and with 25), "20-" (from 20
// on) or "" (none). name is that of the setting, for the error.
func (h *heights) parse(name, text string) error {
	if text == "" {
		return nil
	}
	first, last, ranged := strings.Cut(text, "-")
	from, err := strconv.ParseInt(first, 10, 64)
	to := from
	if ranged && last == "" {
		to = math.MaxInt64
	} else if ranged && err == nil {
		to, err = strconv.ParseInt(last, 10, 64)
	}
	if err != nil || from < 1 || to < from {
		return fmt.Errorf("%s must be heights such as 20, 20-25 or 20-, was %q", name, text)
	}
	*h = heights{from, to}
	return nil
}
