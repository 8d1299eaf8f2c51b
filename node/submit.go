package node

import (
	"context"
	"errors"
	"fmt"
	"slices"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/mempool"

	"blink/abci"
	"blink/crypto"
	"blink/tx"
)

// Submit puts transactions into the mempool of this node, in their order. It
// returns an error for each: nil if it was admitted, a *tx.Refusal if it may not
// be, ErrMempoolFull, ErrAlreadyKnown or ErrNotReady. Admitted is not final: see
// finality.Tracker.
func (n *Node) Submit(ctx context.Context, txs ...tx.Signed) []error {
	if n.stopping.Load() || n.comet.ConsensusReactor().WaitSync() {
		return slices.Repeat([]error{ErrNotReady}, len(txs))
	}
	// What there is no room for is not verified: it would cost as much as what is taken, when there is least to spare.
	free := max(0, n.config.Mempool.Size-n.comet.Mempool().Size())
	taken := txs[:min(free, len(txs))]
	// Verifying here keeps it outside of the mempool's lock.
	errs := n.o.App.Verify(taken...)
	for i, t := range taken {
		if errs[i] == nil {
			errs[i] = n.mayWait(t)
		}
		if errs[i] == nil {
			errs[i] = n.check(ctx, t)
		}
	}
	return append(errs, slices.Repeat([]error{ErrMempoolFull}, len(txs)-len(taken))...)
}

// mayWait keeps a mempool that is half full for what the next blocks can take. A transaction that waits for another one of
// its sender holds its place until that one comes, and in a full mempool it cannot come: the place would be lost until
// the transaction expires, and under overload soon all of them.
func (n *Node) mayWait(t tx.Signed) error {
	if n.comet.Mempool().Size() < n.config.Mempool.Size/2 {
		return nil
	}
	body := t.Body()
	if next := n.o.App.PendingNonce(body.Sender); body.Nonce > next {
		return fmt.Errorf("%w (of this sender there is room for nonce %d only)", ErrMempoolFull, next)
	}
	return nil
}

// check puts a transaction whose signature is known to be right into the mempool.
func (n *Node) check(ctx context.Context, t tx.Signed) error {
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
