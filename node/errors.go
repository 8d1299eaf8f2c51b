package node

import "errors"

var (
	// ErrMempoolFull: the mempool has no room; retry later.
	ErrMempoolFull = errors.New("the mempool is full; retry later")
	// ErrAlreadyKnown: the transaction is or was in the mempool of this node,
	// or is in a block. Look it up by id.
	ErrAlreadyKnown = errors.New("the transaction is already known")
	// ErrNotReady: the node is starting, catching up or stopping.
	ErrNotReady = errors.New("the node is not ready")
)
