package finality

import (
	"sync"
	"time"

	"blink/tx"
)

// Options bounds a tracker. The zero value of a field gives its default.
type Options struct {
	// Capacity is how many pending transactions, and how many settled ones, are remembered (each about 300 bytes).
	// Default 32768. The oldest are forgotten first; a pending one that is forgotten counts as unknown.
	Capacity int
	// MaxWaiters is how many callers may be in Wait at once. Default 16384.
	MaxWaiters int
	// Start is the moment at which measuring starts, for the rolling windows. Default: the first event's time.
	Start time.Time
}

const (
	defaultCapacity   = 1 << 15
	defaultMaxWaiters = 1 << 14
)

// Tracker follows transactions from submission to finality and keeps the statistics. All methods may be called from any
// goroutine; none blocks longer than a short mutex, except Wait. Times must come from time.Now, so that differences are
// taken on the monotonic clock.
type Tracker struct {
	mu         sync.Mutex
	entries    map[tx.ID]*entry
	pending    queue // oldest first; bounded by capacity
	settled    queue // oldest first; bounded by capacity
	expiry     expiryHeap
	lines      timelines
	height     int64
	watches    map[tx.ID]*watch
	waiters    int
	stats      statistics
	capacity   int
	maxWaiters int

	order     sync.Mutex // held while observers are called, so that they see events in order
	observers []Observer
}

// NewTracker makes an empty tracker.
func NewTracker(o Options) *Tracker {
	if o.Capacity <= 0 {
		o.Capacity = defaultCapacity
	}
	if o.MaxWaiters <= 0 {
		o.MaxWaiters = defaultMaxWaiters
	}
	t := &Tracker{
		entries:    make(map[tx.ID]*entry),
		watches:    make(map[tx.ID]*watch),
		capacity:   o.Capacity,
		maxWaiters: o.MaxWaiters,
	}
	t.stats.init(o.Start)
	return t
}

// Observe adds an observer. Call it before the first event.
func (t *Tracker) Observe(o Observer) {
	t.order.Lock()
	defer t.order.Unlock()
	t.observers = append(t.observers, o)
}

// Submitted notes that a client's transaction arrived at this node at the given time; it can be included until block time
// passes validUntil (unix seconds). It returns what was known before, and whether this is a new submission: one that is
// pending, final or expired already keeps its first time and is not counted again; one that was rejected starts anew.
func (t *Tracker) Submitted(id tx.ID, validUntil int64, at time.Time) (known Outcome, isNew bool) {
	t.mu.Lock()
	e, ok := t.entries[id]
	if ok && e.status != Rejected {
		known = e.outcome()
		t.mu.Unlock()
		return known, false
	}
	if ok {
		known = e.outcome()
		t.settled.remove(e)
		t.stats.counts[Rejected]--
		t.stats.submitted--
	}
	e = &entry{id: id, status: Pending, submitted: true, validUntil: validUntil, received: at, stages: noStages(), heapIndex: -1}
	t.entries[id] = e
	t.pending.push(e)
	t.expiry.add(e)
	t.stats.submitted++
	evicted, out := t.boundPending(at)
	t.mu.Unlock()
	if evicted {
		t.tell(nil, []Outcome{out})
	}
	return known, true
}

// Checked notes that the transaction was admitted to this node's mempool. The first call counts.
func (t *Tracker) Checked(id tx.ID, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e, ok := t.entries[id]; ok && e.status == Pending && e.checked.IsZero() {
		e.checked = at
	}
}

// Rejected notes that the transaction was refused at admission or dropped from the mempool for the given reason.
func (t *Tracker) Rejected(id tx.ID, code tx.Code, at time.Time) {
	t.mu.Lock()
	e, ok := t.entries[id]
	if !ok || e.status != Pending {
		t.mu.Unlock()
		return
	}
	e.code = code
	out := t.settle(e, Rejected, at)
	t.mu.Unlock()
	t.tell(nil, []Outcome{out})
}

// Withdrawn takes back Submitted for a transaction that this node turned away without judging it (mempool full, not
// ready) or that was submitted before: it is forgotten and not counted as submitted.
func (t *Tracker) Withdrawn(id tx.ID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e, ok := t.entries[id]; ok && e.status == Pending {
		t.pending.remove(e)
		t.expiry.drop(e)
		delete(t.entries, id)
		t.stats.submitted--
	}
}

// Proposed notes when this node held the complete proposal of a height.
func (t *Tracker) Proposed(height int64, at time.Time) { t.mark(height, Proposed, at) }

// Prevoted notes when this node held prevotes of more than 2/3 of the power.
func (t *Tracker) Prevoted(height int64, at time.Time) { t.mark(height, Prevoted, at) }

// Precommitted notes when this node held precommits of more than 2/3 of the power.
func (t *Tracker) Precommitted(height int64, at time.Time) { t.mark(height, Precommitted, at) }

// Executed notes when this node had executed the block of a height.
func (t *Tracker) Executed(height int64, at time.Time) { t.mark(height, Executed, at) }

func (t *Tracker) mark(height int64, stage Stage, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines.mark(height, stage, at)
}

// Committed notes that the block of a height, with its transactions in block order, can be served since at.
// It settles them, wakes whoever waits for them, and then expires what this block's time has made impossible. A height
// that was seen already (a replay after a restart) changes nothing.
func (t *Tracker) Committed(height int64, blockTime time.Time, txs []CommittedTx, at time.Time) {
	t.mu.Lock()
	if height <= t.height {
		t.mu.Unlock()
		return
	}
	t.height = height
	line := t.lines.line(height)
	line.at[Visible] = at
	var outs []Outcome
	for i, c := range txs {
		if out, submitted := t.include(c, height, uint32(i), line, at); submitted {
			outs = append(outs, out)
		}
	}
	outs = append(outs, t.expire(blockTime, at)...)
	t.mu.Unlock()
	t.tell(&BlockSeen{Height: height, Time: blockTime, At: at, Txs: txs}, outs)
}

// Lookup gives what is known of a transaction; false means nothing at all (it may still be in the node's index).
func (t *Tracker) Lookup(id tx.ID) (Outcome, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e, ok := t.entries[id]
	if !ok {
		return Outcome{ID: id, Stages: noStages()}, false
	}
	return e.outcome(), true
}

// tell calls the observers, outside mu.
func (t *Tracker) tell(block *BlockSeen, outs []Outcome) {
	t.order.Lock()
	defer t.order.Unlock()
	for _, o := range t.observers {
		if block != nil {
			o.Block(*block)
		}
		for _, out := range outs {
			o.Settled(out)
		}
	}
}
