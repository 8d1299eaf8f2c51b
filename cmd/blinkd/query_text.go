package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"blink/coin"
)

// printJSON shows a node's answer to people: members as lines, lists of objects as tables, in the order in which the
// node gave them. It knows no resource by name, so what a node adds is shown as well.
func printJSON(w io.Writer, raw json.RawMessage) {
	v, err := decodeOrdered(json.NewDecoder(bytes.NewReader(raw)))
	if err != nil {
		fmt.Fprintf(w, "%s\n", raw) // not JSON after all: as it came
		return
	}
	printMembers(w, v, "")
}

// member is one member of a JSON object; objects are kept as lists of them, in order.
type member struct {
	name  string
	value any // string (printable), []member or []any
}

func decodeOrdered(d *json.Decoder) (any, error) {
	d.UseNumber()
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '{' {
			return decodeObject(d)
		}
		return decodeArray(d)
	case nil:
		return "-", nil
	case string:
		return t, nil
	default:
		return fmt.Sprint(t), nil // a number or a boolean
	}
}

func decodeObject(d *json.Decoder) (any, error) {
	object := []member{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		m := member{name: name.(string)}
		raw, err := rawString(d)
		if err != nil {
			return nil, err
		}
		if m.value, err = decodeOrdered(json.NewDecoder(bytes.NewReader(raw))); err != nil {
			return nil, err
		}
		if text, ok := m.value.(string); ok {
			m.value = printable(m.name, text, raw[0] == '"')
		}
		object = append(object, m)
	}
	_, err := d.Token()
	return object, err
}

func rawString(d *json.Decoder) (json.RawMessage, error) {
	var raw json.RawMessage
	err := d.Decode(&raw)
	return raw, err
}

func decodeArray(d *json.Decoder) (any, error) {
	array := []any{}
	for d.More() {
		v, err := decodeOrdered(d)
		if err != nil {
			return nil, err
		}
		array = append(array, v)
	}
	_, err := d.Token()
	return array, err
}

// notAmount says of which members digits are no amount: shares are not coins, and the others hold whatever their author
// liked.
func notAmount(name string) bool {
	switch name {
	case "shares", "moniker", "details", "memo", "name":
		return true
	}
	return false
}

// onlyAlone says which members a table leaves out for want of room; the resource by itself shows them.
func onlyAlone(name string) bool {
	switch name {
	case "consensus_key", "consensus_address", "shares", "min_self_bond", "commission", "details", "url":
		return true
	}
	return false
}

// printable writes a value for people. The API writes amounts, and nothing else, as strings of digits. Text of
// strangers must not reach the terminal as control sequences.
func printable(name, text string, quoted bool) string {
	if quoted && !notAmount(name) && text != "" && len(text) <= 20 && strings.Trim(text, "0123456789") == "" {
		if n, err := strconv.ParseUint(text, 10, 64); err == nil {
			return coin.Amount(n).Human()
		}
	}
	for _, r := range text {
		if !unicode.IsPrint(r) {
			return strconv.Quote(text)
		}
	}
	return text
}

// printMembers prints a decoded value; prefix is the path of members that led to it.
func printMembers(w io.Writer, v any, prefix string) {
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
				if i > 0 {
					fmt.Fprintln(w)
				}
				fmt.Fprintf(w, "%s%s\n", prefix, m.name)
				printMembers(w, m.value, prefix+m.name+".")
			}
		}
	case []any:
		printArray(w, v, prefix)
	default:
		fmt.Fprintf(w, "%v\n", v)
	}
}

// printArray prints a list of objects as a table of their plain members, any other list line by line.
func printArray(w io.Writer, list []any, prefix string) {
	if len(list) == 0 {
		fmt.Fprintln(w, "(none)")
		return
	}
	firstObject, ok := list[0].([]member)
	if !ok {
		for _, v := range list {
			printMembers(w, v, prefix)
		}
		return
	}
	firstObject = slices.DeleteFunc(slices.Clone(firstObject), func(m member) bool { return onlyAlone(m.name) })
	var header []string
	for _, m := range firstObject {
		header = append(header, strings.ToUpper(strings.ReplaceAll(m.name, "_", " ")))
	}
	var rows [][]string
	for _, v := range list {
		object, _ := v.([]member)
		row := make([]string, len(firstObject))
		for i, column := range firstObject {
			for _, m := range object {
				if m.name == column.name {
					row[i] = compact(m.value)
				}
			}
		}
		rows = append(rows, row)
	}
	table(w, header, rows)
}

// compact writes a value in one cell of a table.
func compact(v any) string {
	switch v := v.(type) {
	case []member:
		parts := make([]string, len(v))
		for i, m := range v {
			parts[i] = m.name + "=" + compact(m.value)
		}
		return strings.Join(parts, " ")
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = compact(e)
		}
		return strings.Join(parts, ", ")
	}
	return fmt.Sprint(v)
}

// columns aligns name and value.
func columns(w io.Writer, lines [][]string) {
	width := 0
	for _, l := range lines {
		width = max(width, len(l[0]))
	}
	for _, l := range lines {
		fmt.Fprintf(w, "%-*s  %s\n", width, l[0], l[1])
	}
}
