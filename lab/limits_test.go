package lab

import (
	"crypto/rand"
	"testing"
	"time"

	"blink/crypto"
)

// A few signatures take less than a tick of the kernel: a clock that counts ticks would find that they cost nothing,
// and rates made of it would be infinite, which JSON cannot say.
func TestCPUOfShortWork(t *testing.T) {
	key, err := crypto.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if took := cpuOf(2, func() { _, _ = key.Sign([32]byte{1}) }); took < 5*time.Microsecond {
			t.Fatalf("a signature took %v of CPU time", took)
		}
	}
	if took := cpuOf(1000, func() {}); took <= 0 {
		t.Errorf("nothing took %v: a rate made of it is not a number", took)
	}
}
