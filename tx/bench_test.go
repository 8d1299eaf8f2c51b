package tx_test

import (
	"testing"

	"blink/tx"
)

func BenchmarkDecode(b *testing.B) {
	for _, e := range examples(b) {
		b.Run(e.name, func(b *testing.B) {
			raw := mustSign(b, e.body).Raw()
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tx.Decode(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	signed := mustSign(b, examples(b)[0].body)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := signed.Verify(testChain); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSign(b *testing.B) {
	body, key := examples(b)[0].body, testKey(b, "alice")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tx.Sign(body, key); err != nil {
			b.Fatal(err)
		}
	}
}
