package tx

import (
	"google.golang.org/protobuf/encoding/protowire"
)

// wireReader walks the fields of one protobuf message and refuses every encoding but the canonical one. The order of
// fields, their single occurrence, the absence of defaults and the shortest varints are checked here, on the bytes
// themselves, and not by encoding again: it is fast, it names the field, and no marshaller's habits can change it.
//
// The first refusal sticks: next then reports false and the value methods return zero, so that readers need not check
// after each field. One reader serves a whole transaction (see enter).
type wireReader struct {
	buf     []byte           // what is left of the message; part of the raw bytes, never written to
	number  protowire.Number // the field that next found
	last    protowire.Number // the field before it
	typ     protowire.Type
	refusal *Refusal
}

// next moves to the next field and reports whether there is one. The caller reads it with one of the value methods or
// calls unknown.
func (r *wireReader) next() bool {
	if r.refusal != nil || len(r.buf) == 0 {
		return false
	}
	tag := r.varint("")
	if r.refusal != nil {
		return false
	}
	number, typ := protowire.DecodeTag(tag)
	if number < protowire.MinValidNumber {
		r.fail(Malformed, "", "tag %d holds no valid field number", tag)
		return false
	}
	r.last, r.number, r.typ = r.number, number, typ
	return true
}

// begin checks what is common to all fields before the value is read.
func (r *wireReader) begin(name string, typ protowire.Type, repeated bool) bool {
	switch {
	case r.refusal != nil:
		return false
	case r.typ != typ:
		r.fail(Malformed, name, "wire type must be %d, was %d", typ, r.typ)
	case r.number < r.last:
		r.fail(NonCanonical, name, "fields must ascend, but field %d came after field %d", r.number, r.last)
	case r.number == r.last && !repeated:
		r.fail(NonCanonical, name, "must occur once, was repeated")
	}
	return r.refusal == nil
}

// unknown refuses a field number that the schema does not have.
func (r *wireReader) unknown() {
	r.fail(Malformed, "", "field %d is unknown", r.number)
}

// require refuses a message without a field whose absence its value cannot show.
func (r *wireReader) require(name string, present bool) {
	if !present {
		r.fail(Malformed, name, "must be present")
	}
}

func (r *wireReader) fail(code Code, name, format string, args ...any) {
	if r.refusal == nil {
		r.refusal = refuse(code, name, format, args...)
	}
}

// wireScope is where a reader goes on after a nested message.
type wireScope struct {
	name         string
	index        int // position in a repeated field, -1 otherwise
	rest         []byte
	number, last protowire.Number
	entered      bool
}

// enter steps into a nested message. The caller reads its fields and then calls leave.
func (r *wireReader) enter(name string) wireScope {
	return r.into(wireScope{name: name, index: -1})
}

// enterElement steps into one element of a repeated message field.
func (r *wireReader) enterElement(name string, index int) wireScope {
	return r.into(wireScope{name: name, index: index})
}

func (r *wireReader) into(scope wireScope) wireScope {
	content := r.lengthPrefixed(scope.name, scope.index > 0)
	if r.refusal != nil {
		return wireScope{}
	}
	scope.rest, scope.number, scope.last, scope.entered = r.buf, r.number, r.last, true
	r.buf, r.number, r.last = content, 0, 0
	return scope
}

// leave steps out again, and puts the nested message in front of the path of a refusal found inside.
func (r *wireReader) leave(outer wireScope) {
	switch {
	case !outer.entered:
	case r.refusal == nil:
		r.buf, r.number, r.last = outer.rest, outer.number, outer.last
	case outer.index < 0:
		r.refusal.within(outer.name)
	default:
		r.refusal.within(element(outer.name, outer.index))
	}
}
