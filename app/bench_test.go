package app

import (
	"fmt"
	"testing"
	"time"

	"blink/coin"
	"blink/store"
	"blink/tx"
)

// BenchmarkApplyBlock runs blocks of transfers between 100 accounts on a real store, without saving them.
func BenchmarkApplyBlock(b *testing.B) {
	for _, size := range []int{0, 1, 1000} {
		b.Run(fmt.Sprintf("transfers=%d", size), func(b *testing.B) {
			c := newChain(b, testGenesis(testParams(), names("u", 100), names("v", 4), 1_000_000*coin.Blink, 10*coin.Blink))
			block := Block{Height: 2, Time: c.time.Add(time.Second), Txs: transfers(b, c, size)}
			b.ReportAllocs()
			for b.Loop() {
				result := ApplyBlock(store.NewOverlay(c.state()), block)
				for _, r := range result.Receipts {
					if r.Code != tx.OK {
						b.Fatal(r.Code)
					}
				}
			}
		})
	}
}

func BenchmarkAdmit(b *testing.B) {
	c := newChain(b, testGenesis(testParams(), names("u", 100), names("v", 4), 1_000_000*coin.Blink, 10*coin.Blink))
	t := transfers(b, c, 1)[0].Tx
	b.ReportAllocs()
	for b.Loop() {
		if err := AdmissionOn(c.state(), c.time).Admit(t, Pending{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOrder(b *testing.B) {
	c := newChain(b, testGenesis(testParams(), names("u", 100), names("v", 4), 1_000_000*coin.Blink, 10*coin.Blink))
	var candidates []tx.Verified
	for _, in := range transfers(b, c, 1000) {
		candidates = append(candidates, in.Tx)
	}
	b.ReportAllocs()
	for b.Loop() {
		if got := Order(c.state(), candidates, 4<<20, len(candidates), c.time); len(got) != len(candidates) {
			b.Fatal(len(got))
		}
	}
}

func transfers(b *testing.B, c *chain, n int) []Input {
	users := make([]person, 100)
	for i, name := range names("u", len(users)) {
		users[i] = newPerson(name)
	}
	txs := make([]Input, n)
	for i := range txs {
		v := signed(b, users[i%100], tx.Body{Nonce: uint64(i / 100), Fee: 1000, ValidUntil: c.time.Unix() + 60,
			Msgs: []tx.Msg{tx.Transfer{To: users[(i*7+1)%100].address, Amount: 1}}})
		txs[i] = Input{ID: v.ID(), Tx: v}
	}
	return txs
}
