package abci

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"blink/app"
	"blink/coin"
	"blink/tx"
)

func TestCheckTxAdmitsAWindowOfNonces(t *testing.T) {
	c := newChain(t)
	c.block()
	bob := c.bob().Address()

	wantCode(t, c.checkTx(c.transfer(c.alice(), 5, bob, 1)), tx.OK) // a gap is fine
	if got := c.PendingNonce(c.alice().Address()); got != 0 {
		t.Fatalf("pending nonce is %d with a gap at 0", got)
	}
	for nonce := range uint64(5) {
		wantCode(t, c.checkTx(c.transfer(c.alice(), nonce, bob, 1)), tx.OK)
	}
	if got := c.PendingNonce(c.alice().Address()); got != 6 {
		t.Fatalf("pending nonce is %d, want 6", got)
	}
	wantCode(t, c.checkTx(c.transfer(c.alice(), 3, bob, 2)), tx.NonceTooLow) // taken by another
	wantCode(t, c.checkTx(c.transfer(c.alice(), app.NonceWindow-1, bob, 1)), tx.OK)
	refusal := c.checkTx(c.transfer(c.alice(), app.NonceWindow, bob, 1))
	wantCode(t, refusal, tx.NonceTooHigh)
	if refusal.Expected != "6" || refusal.Field != "body.nonce" {
		t.Fatalf("the refusal lost its fields on the way: %+v", refusal)
	}
}

func TestCheckTxCountsWhatIsSpentAlready(t *testing.T) {
	c := newChain(t)
	c.block()
	half := c.net.Demo[0].Balance / 2

	wantCode(t, c.checkTx(c.transfer(c.alice(), 0, c.bob().Address(), half)), tx.OK)
	second := c.transfer(c.alice(), 1, c.bob().Address(), half)
	wantCode(t, c.checkTx(second), tx.InsufficientBalance) // the fees are missing
	c.block()                                              // the mempool forgot the first one
	wantCode(t, c.checkTx(second), tx.OK)
}

func TestCheckTxBeforeTheFirstBlock(t *testing.T) {
	c := newChain(t)
	wantCode(t, c.checkTx(c.transfer(c.alice(), 0, c.bob().Address(), 1)), tx.OK)
}

func TestCheckTxRefusesBadBytes(t *testing.T) {
	c := newChain(t)
	good := c.transfer(c.alice(), 0, c.bob().Address(), 1)
	forged := append([]byte(nil), good...)
	forged[len(forged)-1] ^= 1
	foreign := c.sign(c.alice(), tx.Body{
		ChainID: "another-chain", Sender: c.alice().Address(), Fee: 1000, ValidUntil: start.Add(time.Minute).Unix(),
		Msgs: []tx.Msg{tx.Transfer{To: c.bob().Address(), Amount: 1}},
	})
	for want, raw := range map[tx.Code][]byte{tx.Malformed: []byte("junk"), tx.BadSignature: forged, tx.WrongChain: foreign} {
		wantCode(t, c.checkTx(raw), want)
	}
}

func TestRecheckFillsTheCheckStateAgain(t *testing.T) {
	c := newChain(t)
	c.block()
	bob := c.bob().Address()
	var raws [][]byte
	for nonce := range uint64(4) {
		raws = append(raws, c.transfer(c.alice(), nonce, bob, coin.Amount(nonce+1)))
		wantCode(t, c.checkTx(raws[nonce]), tx.OK)
	}
	// The block holds 0 and 1, and instead of 2 a rival with the same nonce.
	c.block(raws[0], raws[1], c.transfer(c.alice(), 2, bob, 99))

	// Between Commit and the rechecks nobody may be told a nonce that waits.
	if got := c.PendingNonce(c.alice().Address()); got != 4 {
		t.Fatalf("pending nonce before the rechecks is %d, want 4", got)
	}
	wantCode(t, c.recheck(raws[2]), tx.NonceTooLow)
	wantCode(t, c.recheck(raws[3]), tx.OK)
	if got := c.PendingNonce(c.alice().Address()); got != 4 {
		t.Fatalf("pending nonce is %d, want 4", got)
	}
	if len(c.heard.dropped) != 1 || c.heard.dropped[0] != tx.NonceTooLow {
		t.Fatalf("the observer heard of drops %v", c.heard.dropped)
	}
	if got := c.heard.admitted.Load(); got != 4 { // and of no recheck
		t.Fatalf("the observer heard of %d admissions, want 4", got)
	}
	if c.Waiting(tx.IDOf(raws[2])) || !c.Waiting(tx.IDOf(raws[3])) {
		t.Fatal("the wrong transaction waits")
	}
}

// TestProposable: what waits for a nonce that is missing begins no block.
func TestProposable(t *testing.T) {
	c := newChain(t)
	c.block()
	bob := c.bob().Address()
	first, second := c.transfer(c.alice(), 0, bob, 1), c.transfer(c.alice(), 1, bob, 1)
	for i, step := range []struct {
		raw  []byte
		want bool
	}{{nil, false}, {second, false}, {first, true}} {
		if step.raw != nil {
			wantCode(t, c.checkTx(step.raw), tx.OK)
		}
		if got := c.Proposable(); got != step.want {
			t.Errorf("step %d: Proposable is %v", i, got)
		}
	}
	c.block(first)
	wantCode(t, c.recheck(second), tx.OK)
	if !c.Proposable() {
		t.Error("the second transaction cannot be proposed after the first")
	}
}

// Checking, proposing, asking and committing at once, for the race detector.
func TestConcurrentUse(t *testing.T) {
	c := newChain(t)
	c.block()
	bob := c.bob().Address()
	var raws [][]byte
	for nonce := range uint64(40) {
		raws = append(raws, c.transfer(c.alice(), nonce, bob, 1))
	}
	var wg sync.WaitGroup
	for part := range 4 {
		wg.Go(func() {
			for _, raw := range raws[part*10 : part*10+10] {
				if refusal := c.checkTx(raw); refusal != nil {
					panic(fmt.Sprint(refusal))
				}
				c.PendingNonce(c.alice().Address())
			}
		})
	}
	for range 5 {
		c.process(raws...)
		c.prepare(1<<20, raws...)
	}
	wg.Wait()
	c.block(raws...)
	if got := c.PendingNonce(c.alice().Address()); got != 40 {
		t.Fatalf("pending nonce is %d, want 40", got)
	}
}
