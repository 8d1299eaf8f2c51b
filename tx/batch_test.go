package tx_test

import (
	"bytes"
	"errors"
	"testing"

	"blink/tx"
)

// FuzzDecodeBatch: what is decoded is what is encoded, and anything else is refused with its place.
func FuzzDecodeBatch(f *testing.F) {
	for _, raws := range [][][]byte{nil, {{}}, {[]byte("one"), {}, []byte("three")}} {
		f.Add(tx.EncodeBatch(raws))
	}
	f.Add([]byte{0x12, 0})
	f.Add([]byte{0x0a, 5, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		raws, err := tx.DecodeBatch(b)
		var r *tx.Refusal
		if err != nil {
			if !errors.As(err, &r) || r.Field == "" {
				t.Fatalf("%v", err)
			}
			return
		}
		again, err := tx.DecodeBatch(tx.EncodeBatch(raws))
		if err != nil || len(again) != len(raws) {
			t.Fatalf("%d transactions became %d, %v", len(raws), len(again), err)
		}
		for i := range raws {
			if !bytes.Equal(raws[i], again[i]) {
				t.Fatalf("%x became %x", raws[i], again[i])
			}
		}
	})
}
