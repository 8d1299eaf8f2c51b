package finality

import (
	"time"

	"blink/tx"
)

// CommittedTx is a transaction of a committed block and its result.
type CommittedTx struct {
	ID   tx.ID
	Code tx.Code
	// Settled says that this is the transaction's fate for ever. One that is not settled was refused without effect for a
	// reason that may pass (app.Receipt says which); to the tracker it is as if it had not been in the block.
	Settled bool
}

// BlockSeen tells an [Observer] of a committed block.
type BlockSeen struct {
	Height int64
	Time   time.Time // block time
	At     time.Time // this node's clock, when the block's results could be served
	Txs    []CommittedTx
}

// Observer is told what the tracker learns, in order, outside the tracker's mutex but on the goroutine that told the
// tracker: it must return at once and never block.
type Observer interface {
	Block(BlockSeen)
	Settled(Outcome) // a transaction that was submitted to this node became final, rejected or expired, or was forgotten (unknown)
}
