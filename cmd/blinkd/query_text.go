package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"blink/crypto"
)

// answerText shows a node's answer to people: members as lines, lists of objects as tables, in the order in which the
// node gave them. It knows no resource by name, so what a node adds is shown as well.
type answerText struct {
	io.Writer
	names keyNames // what tables show instead of addresses
}

func (w answerText) answer(raw json.RawMessage) {
	v, err := decodeOrdered(raw)
	if err != nil {
		fmt.Fprintf(w, "%q\n", raw) // not JSON after all
		return
	}
	w.members(v, "")
}

// onlyAlone says which members a table leaves out for want of room; the resource by itself shows them.
func onlyAlone(m member) bool {
	switch m.name {
	case "commission": // the rates; what was earned by them is an amount
		_, rates := m.value.([]member)
		return rates
	case "consensus_key", "consensus_address", "shares", "min_self_bond", "commission_changed", "commission_unwithdrawn", "details", "url",
		"proposer", "deposit", "submitted_height", "submitted_time", "tally_height", "effect_height", "summary", "text", "params", "upgrade", "tally", "rules":
		return true
	}
	return false
}

// members prints a decoded value; prefix is the path of members that led to it.
func (w answerText) members(v any, prefix string) {
	switch v := v.(type) {
	case []member:
		var lines [][]string
		for _, m := range v {
			if text, ok := m.value.(string); ok {
				lines = append(lines, []string{m.name, text})
			}
		}
		columns(w, lines)
		for i, m := range v {
			if _, ok := m.value.(string); !ok {
				if i > 0 || len(lines) > 0 {
					fmt.Fprintln(w)
				}
				fmt.Fprintf(w, "%s%s\n", prefix, m.name)
				w.members(m.value, prefix+m.name+".")
			}
		}
	case []any:
		w.array(v, prefix)
	default:
		fmt.Fprintf(w, "%v\n", v)
	}
}

// array prints a list of objects as a table of their members, any other list line by line. Messages of a transaction
// are of different types, and nowhere else to be seen: each is printed by itself, and whole.
func (w answerText) array(list []any, prefix string) {
	if len(list) == 0 {
		fmt.Fprintln(w, "(none)")
		return
	}
	if _, ok := list[0].([]member); !ok || strings.HasSuffix(prefix, ".msgs.") {
		for i, v := range list {
			if i > 0 && ok {
				fmt.Fprintln(w)
			}
			w.members(v, prefix)
		}
		return
	}
	names := columnsOf(list)
	header := make([]string, len(names))
	for i, name := range names {
		header[i] = strings.ToUpper(strings.ReplaceAll(name, "_", " "))
	}
	rows := make([][]string, len(list))
	for i, v := range list {
		object, _ := v.([]member)
		rows[i] = make([]string, len(names))
		for j, name := range names {
			for _, m := range object {
				if m.name == name {
					rows[i][j] = w.cell(m.value)
				}
			}
		}
	}
	table(w, header, rows)
}

// columnsOf are the members that objects have, in the order in which they appear: some have members that others lack.
func columnsOf(list []any) []string {
	var names []string
	seen := map[string]bool{}
	for _, v := range list {
		object, _ := v.([]member)
		for _, m := range object {
			if !seen[m.name] && !onlyAlone(m) {
				seen[m.name] = true
				names = append(names, m.name)
			}
		}
	}
	return names
}

// cell writes a value in one cell of a table. An address that is in the keyring goes by its name there: commands take
// both.
func (w answerText) cell(v any) string {
	switch v := v.(type) {
	case []member:
		parts := make([]string, len(v))
		for i, m := range v {
			parts[i] = m.name + "=" + w.cell(m.value)
		}
		return strings.Join(parts, " ")
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = w.cell(e)
		}
		return strings.Join(parts, ", ")
	case string:
		if a, err := crypto.ParseAddress(v); err == nil {
			return w.names.of(a)
		}
		return strings.ReplaceAll(v, "\n", " ")
	}
	return fmt.Sprint(v)
}

// columns aligns name and value; further lines of a value stand under its first.
func columns(w io.Writer, lines [][]string) {
	width := 0
	for _, l := range lines {
		width = max(width, len(l[0]))
	}
	below := "\n" + strings.Repeat(" ", width+2)
	for _, l := range lines {
		fmt.Fprintf(w, "%-*s  %s\n", width, l[0], strings.ReplaceAll(l[1], "\n", below))
	}
}
