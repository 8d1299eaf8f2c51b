package app

import (
	"testing"
	"time"

	"github.com/cometbft/cometbft/types"

	"blink/coin"
	"blink/tx"
)

// TestWireSize compares with what CometBFT counts.
func TestWireSize(t *testing.T) {
	for _, n := range []int{0, 1, 127, 128, 300, 16_383, 16_384, tx.MaxTxBytes} {
		if got, want := wireSize(n), types.ComputeProtoSizeForTxs([]types.Tx{make([]byte, n)}); got != want {
			t.Errorf("%d bytes: %d, CometBFT says %d", n, got, want)
		}
	}
}

// TestOrderGoesOn: a sender's run begins at its account's nonce, and may spend its balance to the last ublink.
func TestOrderGoesOn(t *testing.T) {
	c := newMemoryChain(t, testGenesis(testParams(), []string{"a", "b"}, []string{"v"}, 10*coin.Blink, coin.Blink))
	var txs []Input
	for _, v := range candidates(t, c, "a0 a1") {
		txs = append(txs, Input{ID: v.ID(), Tx: v})
	}
	c.next(time.Second, txs, nil, nil)
	if got, want := order(t, c, "a0 a3 b0 a2", -1, 100), "a2 a3 b0"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := order(t, c, "b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 b10", -1, 100), "b0 b1 b2 b3 b4 b5 b6 b7 b8 b9"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
