package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"blink/coin"
)

// member is one member of a JSON object; objects are kept as lists of them, in order.
type member struct {
	name  string
	value any // string (printable), []member or []any
}

// decodeOrdered reads a value. What it gives can go to a terminal as it is: a node hands on what strangers wrote.
func decodeOrdered(raw json.RawMessage) (any, error) { return decodeValue(raw, "", "") }

// decodeValue reads the value of the member called name of an object that was itself called within.
func decodeValue(raw json.RawMessage, name, within string) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '{' {
			return decodeObject(d, name)
		}
		return decodeArray(d, name)
	case nil:
		return "-", nil
	case string:
		return readable(t, name, within), nil
	default:
		return fmt.Sprint(t), nil // a number or a boolean
	}
}

func decodeObject(d *json.Decoder, name string) (any, error) {
	object := []member{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return nil, err
		}
		value, err := decodeValue(raw, key.(string), name)
		if err != nil {
			return nil, err
		}
		object = append(object, member{name: printable(key.(string)), value: value})
	}
	_, err := d.Token()
	return object, err
}

func decodeArray(d *json.Decoder, name string) (any, error) {
	array := []any{}
	for d.More() {
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return nil, err
		}
		value, err := decodeValue(raw, name, name)
		if err != nil {
			return nil, err
		}
		array = append(array, value)
	}
	_, err := d.Token()
	return array, err
}

// asWritten says which members' digits are no amount and no time: those hold what their author liked, or are no coins.
func asWritten(name, within string) bool {
	switch name {
	case "shares", "moniker", "details", "memo", "name", "title", "summary", "chain_id", "next_cursor":
		return true
	}
	return within == "changes" // of parameters, each in its own unit
}

// readable writes a string of the API for people. The API writes amounts, and nothing else, as strings of digits. A
// summary keeps its lines.
func readable(text, name, within string) string {
	if name == "summary" {
		lines := strings.Split(text, "\n")
		for i, line := range lines {
			lines[i] = printable(strings.ReplaceAll(line, "\t", "    "))
		}
		return strings.Join(lines, "\n")
	}
	if asWritten(name, within) {
		return printable(text)
	}
	if text != "" && len(text) <= 20 && strings.Trim(text, "0123456789") == "" {
		if n, err := strconv.ParseUint(text, 10, 64); err == nil {
			return coin.Amount(n).Human()
		}
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t.UTC().Format(time.RFC3339) // to the second
	}
	return printable(text)
}

// printable quotes text that holds control characters, so that they do not reach the terminal.
func printable(text string) string {
	for _, r := range text {
		if !unicode.IsPrint(r) {
			return strconv.Quote(text)
		}
	}
	return text
}
