package node

import (
	"context"
	"errors"
	"fmt"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/mempool"

	"blink/abci"
	"blink/crypto"
	"blink/tx"
)

// Submit puts a transaction into the mempool of this node. It returns nil if
// it was admitted, a *tx.Refusal if it may not be, or ErrMempoolFull,
// ErrAlreadyKnown or ErrNotReady. Admitted is not final: see finality.Tracker.
func (n *Node) Submit(ctx context.Context, t tx.Signed) error {
	if n.stopping.Load() || n.comet.ConsensusReactor().WaitSync() {
		return ErrNotReady
	}
	// Verifying here keeps it outside of the mempool's lock.
	if err := n.o.App.Verify(t); err != nil {
		return err
	}
	answer := make(chan *abcitypes.ResponseCheckTx, 1)
	err := n.comet.Mempool().CheckTx(t.Raw(), func(res *abcitypes.ResponseCheckTx) { answer <- res }, mempool.TxInfo{})
	if err != nil {
		return submitError(err)
	}
	select {
	case res := <-answer:
		if refusal := abci.RefusalOf(res); refusal != nil {
			return refusal
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func submitError(err error) error {
	var full mempool.ErrMempoolIsFull
	switch {
	case errors.Is(err, mempool.ErrTxInCache):
		return ErrAlreadyKnown
	case errors.As(err, &full), errors.Is(err, mempool.ErrRecheckFull):
		return fmt.Errorf("%w (%v)", ErrMempoolFull, err)
	}
	return err
}

// Pending reports whether a transaction waits in this node's mempool.
func (n *Node) Pending(id tx.ID) bool { return n.o.App.Waiting(id) }

// PendingNonce is the nonce that addr's next transaction should have.
func (n *Node) PendingNonce(addr crypto.Address) uint64 { return n.o.App.PendingNonce(addr) }
