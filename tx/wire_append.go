package tx

import "google.golang.org/protobuf/encoding/protowire"

// The append functions write one field each, in the canonical form: nothing at all for a default value. Their callers
// go through the fields in ascending order.

func appendUint(buf []byte, n protowire.Number, v uint64) []byte {
	if v == 0 {
		return buf
	}
	buf = protowire.AppendTag(buf, n, protowire.VarintType)
	return protowire.AppendVarint(buf, v)
}

func appendBool(buf []byte, n protowire.Number, v bool) []byte {
	if !v {
		return buf
	}
	return appendUint(buf, n, 1)
}

func appendBytes(buf []byte, n protowire.Number, v []byte) []byte {
	if len(v) == 0 {
		return buf
	}
	buf = protowire.AppendTag(buf, n, protowire.BytesType)
	return protowire.AppendBytes(buf, v)
}

func appendString(buf []byte, n protowire.Number, v string) []byte {
	if v == "" {
		return buf
	}
	buf = protowire.AppendTag(buf, n, protowire.BytesType)
	return protowire.AppendString(buf, v)
}

// appendMessage writes a nested message. Unlike a scalar it is written when empty, too: its presence is information.
func appendMessage(buf []byte, n protowire.Number, fields func([]byte) []byte) []byte {
	buf = protowire.AppendTag(buf, n, protowire.BytesType)
	return protowire.AppendBytes(buf, fields(nil))
}
