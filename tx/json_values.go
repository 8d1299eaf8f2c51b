package tx

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"blink/coin"
	"blink/crypto"
)

// The value methods of jsonReader read one field. None converts between types: a number in a string is not a number.

func (r *jsonReader) string(name string) string {
	value, ok := r.take(name)
	var s string
	if ok && (value[0] != '"' || json.Unmarshal(value, &s) != nil) {
		r.fail(name, "must be a string, was %.40s", value)
	}
	if strings.Count(s, "\uFFFD") > bytes.Count(value, []byte("\uFFFD"))+bytes.Count(bytes.ToLower(value), []byte(`\ufffd`)) {
		r.fail(name, "must be valid UTF-16 in its escapes, was %.40s", value) // encoding/json would put U+FFFD in its place
	}
	return s
}

func (r *jsonReader) bool(name string) bool {
	value, ok := r.take(name)
	if ok && string(value) != "true" && string(value) != "false" {
		r.fail(name, "must be true or false, was %.40s", value)
	}
	return string(value) == "true"
}

func (r *jsonReader) uint64(name string) uint64 { return r.uint(name, 64) }

func (r *jsonReader) uint32(name string) uint32 { return uint32(r.uint(name, 32)) }

func (r *jsonReader) uint(name string, bits int) uint64 {
	value, ok := r.take(name)
	if !ok {
		return 0
	}
	v, err := strconv.ParseUint(string(value), 10, bits)
	if err != nil {
		r.fail(name, "must be a whole number of %d bits, written as a JSON number, was %.40s", bits, value)
	}
	return v
}

func (r *jsonReader) int64(name string) int64 {
	value, ok := r.take(name)
	if !ok {
		return 0
	}
	v, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil {
		r.fail(name, "must be a whole number of 64 bits, written as a JSON number, was %.40s", value)
	}
	return v
}

func (r *jsonReader) amount(name string) coin.Amount {
	value, ok := r.take(name)
	var a coin.Amount
	if ok && a.UnmarshalJSON(value) != nil {
		r.fail(name, "must be a string of whole ublink, like \"12500000\", was %.40s", value)
	}
	return a
}

// amountOrAll reads the two fields of which checkAmountOrAll wants exactly one.
func (r *jsonReader) amountOrAll() (amount coin.Amount, all bool) {
	if r.has("amount") {
		amount = r.amount("amount")
	}
	if r.has("all") {
		all = r.bool("all")
	}
	return amount, all
}

// decimal reads a number written as a string, as JSON numbers beyond 2^53 do not survive every reader.
func (r *jsonReader) decimal(name string) uint64 {
	s := r.string(name)
	v, err := strconv.ParseUint(s, 10, 64)
	if err != nil || strconv.FormatUint(v, 10) != s {
		r.fail(name, "must be a string of a whole number of 64 bits, like \"12500000\", was %.40q", s)
		return 0
	}
	return v
}

func (r *jsonReader) address(name string) crypto.Address {
	s := r.string(name)
	if r.failed() {
		return crypto.Address{}
	}
	a, err := crypto.ParseAddress(s)
	if err != nil {
		r.refuse(refuse(InvalidField, name, "%v", err))
	}
	return a
}

func (r *jsonReader) base64(name string) []byte {
	s := r.string(name)
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil {
		r.fail(name, "must be standard base64, was %.40q", s)
	}
	return b
}

func (r *jsonReader) hex(name string) []byte {
	s := r.string(name)
	b, err := hex.DecodeString(s)
	if err != nil {
		r.fail(name, "must be hexadecimal, was %.40q", s)
	}
	return b
}

// object opens a nested object. Its reader must call done.
func (r *jsonReader) object(name string) *jsonReader {
	value, ok := r.take(name)
	inner := &jsonReader{path: join(r.path, name), result: r.result}
	if ok {
		inner.open(value)
	}
	return inner
}

// objects opens each element of an array of objects.
func (r *jsonReader) objects(name string) []*jsonReader {
	value, ok := r.take(name)
	var elements []json.RawMessage
	if ok && (value[0] != '[' || json.Unmarshal(value, &elements) != nil) {
		r.fail(name, "must be an array")
	}
	inner := make([]*jsonReader, len(elements))
	for i, e := range elements {
		inner[i] = &jsonReader{path: join(r.path, element(name, i)), result: r.result}
		if !r.failed() {
			inner[i].open(e)
		}
	}
	return inner
}
