package abci

import (
	"fmt"
	"testing"
	"time"

	"blink/tx"
)

// BenchmarkCheckTx is what admission to the mempool costs: of a transaction that is new, with its signature, and of one that
// was verified before, as a recheck or the mempool's own call after Verify.
func BenchmarkCheckTx(b *testing.B) {
	c := newChain(b)
	c.block()
	raws := make([][]byte, 64) // the window of nonces
	for nonce := range raws {
		raws[nonce] = c.transfer(c.alice(), uint64(nonce), c.bob().Address(), 1)
	}
	for _, state := range []string{"new", "known"} {
		b.Run(state, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%len(raws) == 0 {
					c.check = newCheckState(c.store.Latest(), time.Now())
					if state == "new" {
						c.verified = newMemory(len(raws), 1<<20)
					}
				}
				if r := c.checkTx(raws[i%len(raws)]); r != nil {
					b.Fatal(r)
				}
			}
		})
	}
}

// BenchmarkBlock is the application's part of a block of transfers whose signatures are known: FinalizeBlock and Commit, on
// a real disk.
func BenchmarkBlock(b *testing.B) {
	for _, size := range []int{0, 1, 100} {
		b.Run(fmt.Sprintf("transfers=%d", size), func(b *testing.B) {
			c := newChain(b)
			nonce := uint64(0)
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				raws := make([][]byte, size)
				for i := range raws {
					raws[i] = c.transfer(c.alice(), nonce, c.bob().Address(), 1)
					nonce++
				}
				c.Know(raws)
				b.StartTimer()
				for _, code := range c.block(raws...) {
					if code != tx.OK {
						b.Fatal(code)
					}
				}
			}
		})
	}
}

// BenchmarkProposal is what a proposal of new transfers costs whoever receives it: nearly all of it signatures.
func BenchmarkProposal(b *testing.B) {
	c := newChain(b)
	for _, size := range []int{1, 16, 256} {
		raws := make([][]byte, size)
		for nonce := range raws {
			raws[nonce] = c.transfer(c.alice(), uint64(nonce), c.bob().Address(), 1)
		}
		b.Run(fmt.Sprintf("transfers=%d", size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.verified = newMemory(1, 1<<20)
				for _, in := range c.verifyAll(raws) {
					if in.err != nil {
						b.Fatal(in.err)
					}
				}
			}
		})
	}
}
