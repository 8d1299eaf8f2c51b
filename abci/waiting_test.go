package abci

import (
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"testing"
	"time"

	"blink/app"
	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// What may go on waiting after a block is what a check state that knows nothing would admit, in the mempool's order: the same
// verdicts, and the same pending nonces, whatever blocks hold. Senders are poor, nonces are used twice, blocks hold what no
// mempool has, and time passes what transactions are valid until.
func TestRecheckAgainstAdmittingAllAnew(t *testing.T) {
	verdicts := map[tx.Code]int{}
	for seed := range uint64(6) {
		r := mathrand.New(mathrand.NewPCG(5, seed))
		c := newChain(t)
		keys := []crypto.PrivateKey{c.alice(), c.bob()}
		var funding [][]byte
		for n := range uint64(4) {
			key, err := crypto.GenerateKey(rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			keys = append(keys, key)
			funding = append(funding, c.transfer(c.alice(), n, key.Address(), 14_000))
		}
		c.block(funding...)
		fresh := func() []byte {
			key := keys[r.IntN(len(keys))]
			height := c.store.Height()
			return c.sign(key, tx.Body{
				ChainID: c.net.Genesis.ChainID, Sender: key.Address(), Fee: 1000,
				Nonce:      app.AccountOf(c.store.Latest(), key.Address()).Nonce + uint64(r.IntN(4)),
				ValidUntil: start.Add(time.Duration(height+1+r.Int64N(6)) * time.Second).Unix(),
				Msgs:       []tx.Msg{tx.Transfer{To: keys[r.IntN(len(keys))].Address(), Amount: coin.Amount(1 + r.IntN(8000))}},
			})
		}
		var mempool [][]byte
		for range 40 {
			for range r.IntN(12) {
				if raw := fresh(); c.checkTx(raw) == nil {
					mempool = append(mempool, raw)
				}
			}
			var block [][]byte
			for _, raw := range mempool {
				if r.IntN(3) == 0 {
					block = append(block, raw)
				}
			}
			for range r.IntN(3) {
				block = append(block, fresh())
			}
			c.block(block...)
			mempool = slices.DeleteFunc(mempool, func(raw []byte) bool {
				return slices.ContainsFunc(block, func(in []byte) bool { return string(in) == string(raw) })
			})
			if len(mempool) > 0 && r.IntN(4) == 0 { // CometBFT had no room for it after all
				mempool = slices.Delete(mempool, 0, 1)
			}

			anew := newCheckState(c.store.Latest(), c.check.admission.Now)
			var kept [][]byte
			for _, raw := range mempool {
				v, err := c.verify(tx.IDOf(raw), raw)
				if err != nil {
					t.Fatal(err)
				}
				want := tx.OK
				if err := anew.admit(v); err != nil {
					want = refusalOf(err).Code
				}
				got := tx.OK
				if refusal := c.recheck(raw); refusal != nil {
					got = refusal.Code
				}
				if got != want {
					t.Fatalf("seed %d, height %d: the recheck says %v, a new check state %v", seed, c.store.Height(), got, want)
				}
				verdicts[got]++
				if got == tx.OK {
					kept = append(kept, raw)
				}
			}
			mempool = kept
			c.check.endRechecks() // as the next new transaction does
			for i, key := range keys {
				if got, want := c.PendingNonce(key.Address()), anew.pendingNonce(key.Address()); got != want {
					t.Fatalf("seed %d, height %d: sender %d has pending nonce %d, want %d", seed, c.store.Height(), i, got, want)
				}
			}
			if got, want := c.Proposable(), anew.proposable(); got != want {
				t.Fatalf("seed %d, height %d: proposable: %v, want %v", seed, c.store.Height(), got, want)
			}
		}
	}
	for _, code := range []tx.Code{tx.OK, tx.NonceTooLow, tx.Expired, tx.InsufficientBalance} {
		if verdicts[code] == 0 {
			t.Errorf("no recheck ended with %v: %v", code, verdicts)
		}
	}
	t.Log(fmt.Sprint(verdicts))
}
