package crypto

import "testing"

func BenchmarkSign(b *testing.B) {
	key, err := PrivateKeyFromBytes(append(make([]byte, 31), 3))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := key.Sign([32]byte{1}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	key, err := PrivateKeyFromBytes(append(make([]byte, 31), 3))
	if err != nil {
		b.Fatal(err)
	}
	sig, err := key.Sign([32]byte{1})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if !Verify(key.Public(), [32]byte{1}, sig) {
			b.Fatal("does not verify")
		}
	}
}
