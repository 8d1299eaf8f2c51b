package tx

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// EncodeBatch writes transactions, each its bytes, as a blink.v1.TxBatch: the body of a request, no part of the chain.
func EncodeBatch(raws [][]byte) []byte {
	var b []byte
	for _, raw := range raws {
		b = protowire.AppendTag(b, 1, protowire.BytesType)
		b = protowire.AppendBytes(b, raw)
	}
	return b
}

// DecodeBatch reads the bytes of a blink.v1.TxBatch. It does not look into the transactions, whose bytes it shares with b.
// The error is a *Refusal that names the place.
func DecodeBatch(b []byte) (raws [][]byte, err error) {
	for len(b) > 0 {
		field := fmt.Sprintf("txs[%d]", len(raws))
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 || number != 1 || kind != protowire.BytesType {
			return nil, refuse(Malformed, field, "must be a transaction of a blink.v1.TxBatch, is something else")
		}
		raw, m := protowire.ConsumeBytes(b[n:])
		if m < 0 {
			return nil, refuse(Malformed, field, "is cut off")
		}
		raws, b = append(raws, raw), b[n+m:]
	}
	return raws, nil
}
