package tx

import (
	"math"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	"blink/coin"
	"blink/crypto"
)

// The value methods of wireReader read the value of the field that next found. A default value is refused: in the
// canonical form it is not written.

func (r *wireReader) uint64(name string) uint64 {
	if !r.begin(name, protowire.VarintType, false) {
		return 0
	}
	v := r.varint(name)
	if v == 0 {
		r.fail(NonCanonical, name, "must be left out when it is 0")
	}
	return v
}

func (r *wireReader) uint32(name string) uint32 {
	v := r.uint64(name)
	if v > math.MaxUint32 {
		r.fail(NonCanonical, name, "must fit 32 bits, was %d", v)
		return 0
	}
	return uint32(v)
}

func (r *wireReader) bool(name string) bool {
	v := r.uint64(name)
	if v > 1 {
		r.fail(NonCanonical, name, "must be written as 1, was %d", v)
	}
	return v == 1
}

func (r *wireReader) amount(name string) coin.Amount { return coin.Amount(r.uint64(name)) }

// height reads a block height; checkHeight bounds it, and what does not fit is negative there.
func (r *wireReader) height(name string) int64 { return int64(r.uint64(name)) }

// bytes returns a part of the raw transaction, which nobody may write to.
func (r *wireReader) bytes(name string) []byte {
	v := r.lengthPrefixed(name, false)
	if len(v) == 0 {
		r.fail(NonCanonical, name, "must be left out when it is empty")
	}
	return v
}

// bytesElement returns one element of a repeated bytes field, each size bytes long, as bytes does; nil when refused.
func (r *wireReader) bytesElement(name string, index, most, size int) []byte {
	if index == most {
		r.fail(InvalidField, name, "must be at most %d, were more", most)
	}
	v := r.lengthPrefixed(name, index > 0)
	if r.refusal == nil && len(v) != size {
		r.fail(Malformed, element(name, index), "must be %d bytes, was %d", size, len(v))
	}
	if r.refusal != nil {
		return nil
	}
	return v
}

func (r *wireReader) string(name string) string {
	v := r.bytes(name)
	if !utf8.Valid(v) {
		r.fail(Malformed, name, "must be valid UTF-8")
	}
	return string(v)
}

func (r *wireReader) address(name string) crypto.Address {
	v := r.bytes(name)
	if r.refusal != nil {
		return crypto.Address{}
	}
	a, err := crypto.AddressFromBytes(v)
	if err != nil {
		r.fail(InvalidField, name, "%v", err)
	}
	return a
}

func (r *wireReader) varint(name string) uint64 {
	v, n := protowire.ConsumeVarint(r.buf)
	if n < 0 {
		r.fail(Malformed, name, "varint must end within the message and fit 64 bits")
		return 0
	}
	if n != protowire.SizeVarint(v) {
		r.fail(NonCanonical, name, "varint must take %d bytes, took %d", protowire.SizeVarint(v), n)
		return 0
	}
	r.buf = r.buf[n:]
	return v
}

// lengthPrefixed returns the content of a string, bytes or message field, which may be empty.
func (r *wireReader) lengthPrefixed(name string, repeated bool) []byte {
	if !r.begin(name, protowire.BytesType, repeated) {
		return nil
	}
	size := r.varint(name)
	if r.refusal != nil {
		return nil
	}
	if size > uint64(len(r.buf)) {
		r.fail(Malformed, name, "length says %d bytes, but %d are left", size, len(r.buf))
		return nil
	}
	content := r.buf[:size:size]
	r.buf = r.buf[size:]
	return content
}
