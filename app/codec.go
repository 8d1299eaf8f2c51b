package app

import (
	"encoding/binary"
	"fmt"
)

// Records of the state are protobuf messages (docs/state.md gives their schema) in the one canonical form: fields
// ascending, zero values left out. Two wire types are enough, so both directions fit here; what cannot be read panics,
// because state that is damaged must not be guessed at.

const (
	wireVarint = 0
	wireBytes  = 2
)

// encoder appends fields; call it with ascending numbers.
type encoder struct{ buf []byte }

func (e *encoder) uint(field int, v uint64) {
	if v != 0 {
		e.buf = binary.AppendUvarint(e.buf, uint64(field)<<3|wireVarint)
		e.buf = binary.AppendUvarint(e.buf, v)
	}
}

// int writes a number that is never negative.
func (e *encoder) int(field int, v int64) {
	if v < 0 {
		panic(fmt.Sprintf("app: field %d of a record is negative: %d", field, v))
	}
	e.uint(field, uint64(v))
}

func (e *encoder) bytes(field int, v []byte) {
	if len(v) != 0 {
		e.buf = binary.AppendUvarint(e.buf, uint64(field)<<3|wireBytes)
		e.buf = binary.AppendUvarint(e.buf, uint64(len(v)))
		e.buf = append(e.buf, v...)
	}
}

// decoder walks the fields of a record: for d.next() { switch d.field ... }. The switch must end in d.unknown().
type decoder struct {
	rest  []byte
	field int
	num   uint64 // the value of a number field
	data  []byte // the value of a bytes field
}

func (d *decoder) next() bool {
	if len(d.rest) == 0 {
		return false
	}
	tag := d.uvarint()
	d.field = int(tag >> 3)
	d.num, d.data = 0, nil
	switch tag & 7 {
	case wireVarint:
		d.num = d.uvarint()
	case wireBytes:
		n := d.uvarint()
		if n > uint64(len(d.rest)) {
			panic("app: a record in the state is cut short")
		}
		d.data, d.rest = d.rest[:n], d.rest[n:]
	default:
		panic(fmt.Sprintf("app: a record in the state has wire type %d", tag&7))
	}
	return true
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.rest)
	if n <= 0 {
		panic("app: a record in the state is damaged")
	}
	d.rest = d.rest[n:]
	return v
}

func (d *decoder) unknown() {
	panic(fmt.Sprintf("app: a record in the state has field %d, which this version does not know", d.field))
}
