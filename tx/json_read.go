package tx

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// jsonReader reads the fields of one JSON object, each by its exact name. It is stricter than encoding/json, which
// takes the last of two equal keys, ignores case and overlooks unknown fields: what a person signs must be what the
// text says. Every field is asked for once; done refuses what nobody asked for.
//
// The first refusal sticks and is shared by all readers of one text; value methods then return zero.
type jsonReader struct {
	path   string
	fields map[string]json.RawMessage // not asked for yet
	order  []string                   // all names, as they came
	known  []string                   // names asked for
	result **Refusal
}

// readJSON opens the object that is the whole text.
func readJSON(path string, text []byte, refusal **Refusal) *jsonReader {
	r := &jsonReader{path: path, result: refusal}
	if !utf8.Valid(text) {
		r.fail("", "must be valid UTF-8")
		return r
	}
	r.open(text)
	return r
}

func (r *jsonReader) open(text []byte) {
	dec := json.NewDecoder(bytes.NewReader(text))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		r.fail("", "must be a JSON object")
		return
	}
	r.fields = make(map[string]json.RawMessage)
	for dec.More() {
		key, err := dec.Token()
		name, isString := key.(string)
		var value json.RawMessage
		if err == nil && isString {
			err = dec.Decode(&value)
		}
		if err != nil {
			r.fail("", "must be valid JSON: %v", err)
			return
		}
		if _, twice := r.fields[name]; twice {
			r.fail(name, "must occur once, was repeated")
			return
		}
		r.fields[name] = value
		r.order = append(r.order, name)
	}
	if _, err := dec.Token(); err != nil {
		r.fail("", "must be valid JSON: %v", err)
	} else if rest := bytes.TrimSpace(text[dec.InputOffset():]); len(rest) > 0 {
		r.fail("", "must be one JSON object, had more after it")
	}
}

func (r *jsonReader) failed() bool { return *r.result != nil }

func (r *jsonReader) fail(name, format string, args ...any) {
	r.refuse(refuse(Malformed, name, format, args...))
}

func (r *jsonReader) refuse(refusal *Refusal) {
	if !r.failed() {
		*r.result = refusal.within(r.path)
	}
}

// has reports whether the object has the field, for fields that may be left out.
func (r *jsonReader) has(name string) bool {
	r.known = append(r.known, name)
	_, ok := r.fields[name]
	return ok
}

// take hands out the value of a field that must be there.
func (r *jsonReader) take(name string) (json.RawMessage, bool) {
	if r.failed() {
		return nil, false
	}
	if !slices.Contains(r.known, name) {
		r.known = append(r.known, name)
	}
	value, ok := r.fields[name]
	if !ok {
		r.fail(name, "must be present")
		return nil, false
	}
	delete(r.fields, name)
	return value, true
}

// done refuses the first field that nobody asked for.
func (r *jsonReader) done() {
	for _, name := range r.order {
		if _, left := r.fields[name]; left {
			refusal := refuse(Malformed, name, "unknown field")
			refusal.Hint = "known here: " + strings.Join(r.known, ", ")
			r.refuse(refusal)
			return
		}
	}
}
