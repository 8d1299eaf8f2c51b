package node

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"blink/genesis"
	"blink/tx"
)

// startSmall starts a node in whose mempool four transactions may wait.
func startSmall(t *testing.T) (*running, genesis.Testnet) {
	t.Helper()
	net := testnet(t)
	home := makeHome(t, net)
	editComet(t, home, func(text string) string {
		const size = "\nsize = 5000\n"
		if !strings.Contains(text, size) {
			t.Fatal("config.toml has another mempool.size than this test knows")
		}
		return strings.Replace(text, size, "\nsize = 4\n", 1)
	})
	n := mustStart(t, home, net.Genesis)
	t.Cleanup(func() { n.stop(t) })
	return n, net
}

// A mempool that is half full has no room for what waits for a transaction to come, and always for that one.
func TestAHalfFullMempoolTakesWhatBlocksCanTake(t *testing.T) {
	n, net := startSmall(t)
	early := []tx.Signed{transfer(t, net, 1), transfer(t, net, 2), transfer(t, net, 3)}
	for _, waits := range early[:2] {
		n.tracker.Submitted(waits.ID(), waits.Body().ValidUntil, time.Now())
	}
	errs := n.Submit(context.Background(), early...)
	if errs[0] != nil || errs[1] != nil {
		t.Fatalf("nonces 1 and 2 in an empty mempool: %v, %v", errs[0], errs[1])
	}
	if !errors.Is(errs[2], ErrMempoolFull) || !strings.Contains(errs[2].Error(), "nonce 0 only") {
		t.Fatalf("nonce 3 in one that is half full: %v", errs[2])
	}
	n.final(t, transfer(t, net, 0))
	for _, waits := range early[:2] { // they waited for it
		n.becomesFinal(t, waits)
	}
	n.final(t, early[2])
}

// What there is no room for is refused, and nothing else.
func TestAFullMempoolRefusesTheRest(t *testing.T) {
	n, net := startSmall(t)
	var txs []tx.Signed
	for nonce := range uint64(6) {
		txs = append(txs, transfer(t, net, nonce))
	}
	for nonce, err := range n.Submit(context.Background(), txs...) {
		if full := errors.Is(err, ErrMempoolFull); full != (nonce >= 4) || err != nil && !full {
			t.Errorf("nonce %d: %v", nonce, err)
		}
	}
	for nonce := uint64(4); nonce < 6; nonce++ { // which there is room for when the others are in a block
		n.finalInTheEnd(t, txs[nonce])
	}
}

// finalInTheEnd submits a transaction until there is room for it, as a client does.
func (r *running) finalInTheEnd(t *testing.T, signed tx.Signed) {
	t.Helper()
	r.tracker.Submitted(signed.ID(), signed.Body().ValidUntil, time.Now())
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		err := r.Submit(context.Background(), signed)[0]
		if err == nil {
			break
		}
		if !errors.Is(err, ErrMempoolFull) || time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	r.becomesFinal(t, signed)
}
