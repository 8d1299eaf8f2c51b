package node

import (
	"sync/atomic"
	"time"

	"blink/abci"
	"blink/finality"
	"blink/tx"
)

// Monitor watches the application for the node and the tracker. It implements
// abci.Observer, so it is called on the path of consensus and of the mempool,
// and only notes.
type Monitor struct {
	tracker *finality.Tracker
	started time.Time
	last    atomic.Pointer[lastBlock]
}

// lastBlock is the newest block whose result can be served.
type lastBlock struct {
	height  int64
	time    time.Time // block time
	appHash []byte
	at      time.Time // this node's clock; zero for the block that the node started with
}

// NewMonitor makes the observer to give to abci.New and to Start.
func NewMonitor(t *finality.Tracker) *Monitor {
	m := &Monitor{tracker: t, started: time.Now()}
	m.last.Store(new(lastBlock))
	return m
}

// Admitted implements abci.Observer. Most transactions were not submitted here;
// those the tracker does not know.
func (m *Monitor) Admitted(id tx.ID, at time.Time) { m.tracker.Checked(id, at) }

// Executed implements abci.Observer.
func (m *Monitor) Executed(height int64, at time.Time) { m.tracker.Executed(height, at) }

// Committed implements abci.Observer: it is what wakes clients that wait for
// finality (docs/adr/0002-wake-at-commit.md).
func (m *Monitor) Committed(height int64, blockTime time.Time, appHash []byte, txs []abci.CommittedTx) {
	at := time.Now()
	m.last.Store(&lastBlock{height: height, time: blockTime, appHash: appHash, at: at})
	seen := make([]finality.CommittedTx, len(txs))
	for i, t := range txs {
		seen[i] = finality.CommittedTx{ID: t.ID, Code: t.Code, Settled: t.Settled}
	}
	m.tracker.Committed(height, blockTime, seen, at)
}

// Dropped implements abci.Observer.
func (m *Monitor) Dropped(id tx.ID, code tx.Code) { m.tracker.Rejected(id, code, time.Now()) }
