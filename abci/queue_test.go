package abci

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"blink/tx"
)

// decoded is a transaction as the API hands it over.
func decoded(t testing.TB, raw []byte) tx.Signed {
	t.Helper()
	s, err := tx.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// forged is a transaction with another one's signature.
func forged(t testing.TB, s, other tx.Signed) tx.Signed {
	t.Helper()
	f, err := tx.Assemble(s.BodyBytes(), other.Witness())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Many clients at once, good and bad among them, some with the same transaction:
// each gets its own verdict, no transaction is verified twice at a time, and
// nothing is left behind.
func TestTheQueueJudgesEachByItself(t *testing.T) {
	c := newChain(t)
	var good, bad []tx.Signed
	for nonce := range uint64(60) {
		good = append(good, decoded(t, c.transfer(c.alice(), nonce, c.bob().Address(), 1)))
	}
	for i := range 20 {
		bad = append(bad, forged(t, good[i], good[i+1]))
	}
	var mu sync.Mutex
	judged := map[tx.ID]int{}
	q := newQueue(c.net.Genesis.ChainID, func(verdicts ...tx.Result) {
		mu.Lock()
		defer mu.Unlock()
		for _, v := range verdicts {
			if v.Err == nil {
				judged[v.Tx.ID()]++
			}
		}
	})
	before := runtime.NumGoroutine()
	var callers sync.WaitGroup
	for worker := range 64 {
		callers.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(worker)))
			for range 40 {
				if random.IntN(4) == 0 {
					var r *tx.Refusal
					if v := q.verify(bad[random.IntN(len(bad))])[0]; !errors.As(v.Err, &r) || r.Code != tx.BadSignature {
						t.Errorf("a forged transaction: %v", v.Err)
					}
					continue
				}
				some := good[random.IntN(len(good)):]
				some = append(slices.Clone(some[:1+random.IntN(len(some))]), some[0])
				for i, v := range q.verify(some...) {
					if v.Err != nil || !bytes.Equal(v.Tx.Raw(), some[i].Raw()) {
						t.Errorf("a good transaction: %v", v.Err)
					}
				}
			}
		})
	}
	callers.Wait()
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting)+len(q.asked)+q.workers > 0 {
		t.Fatalf("left: %d waiting, %d asked, %d workers", len(q.waiting), len(q.asked), q.workers)
	}
	if len(judged) != len(good) {
		t.Fatalf("%d of %d were judged", len(judged), len(good))
	}
}

// A block with bad transactions at any places gets the verdicts of single
// verification, and what was good is remembered.
func TestABlockIsJudgedAsOneByOne(t *testing.T) {
	c := newChain(t)
	random := rand.New(rand.NewPCG(5, 6))
	for _, size := range []int{1, 7, 8, 40, 300} {
		var raws [][]byte
		wrong := map[int]bool{}
		for i := range size {
			raw := c.transfer(c.alice(), uint64(i), c.bob().Address(), 1)
			switch random.IntN(10) {
			case 0:
				raw = forged(t, decoded(t, raw), decoded(t, c.transfer(c.alice(), uint64(i), c.bob().Address(), 2))).Raw()
				wrong[i] = true
			case 1:
				raw, wrong[i] = raw[:len(raw)-1], true
			}
			raws = append(raws, raw)
		}
		c.verified = newMemory(1000, 1<<20)
		for i, in := range c.verifyAll(raws) {
			if (in.err != nil) != wrong[i] {
				t.Fatalf("transaction %d of %d: %v", i, size, in.err)
			}
			if in.err == nil && (in.id != in.tx.ID() || !bytes.Equal(in.tx.Raw(), raws[i])) {
				t.Fatalf("transaction %d of %d is another one", i, size)
			}
			if _, known := c.verified.get(in.id); known == wrong[i] {
				t.Fatalf("transaction %d of %d: remembered: %v", i, size, known)
			}
		}
	}
}

func BenchmarkVerifyFromManyClients(b *testing.B) {
	c := newChain(b)
	var txs []tx.Signed
	for nonce := range uint64(2048) {
		txs = append(txs, decoded(b, c.transfer(c.alice(), nonce, c.bob().Address(), 1)))
	}
	for name, verify := range map[string]func(tx.Signed) error{
		"alone": func(s tx.Signed) error { _, err := s.Verify(c.net.Genesis.ChainID); return err },
		"queue": func(s tx.Signed) error { return c.queue.verify(s)[0].Err },
	} {
		b.Run(name, func(b *testing.B) {
			var mu sync.Mutex
			n := 0
			b.SetParallelism(32)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					mu.Lock()
					n++
					s := txs[n%len(txs)]
					mu.Unlock()
					if err := verify(s); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}
