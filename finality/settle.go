package finality

import (
	"time"

	"blink/tx"
)

// entry is what is remembered of one transaction. It is in exactly one queue: pending or settled.
type entry struct {
	id         tx.ID
	status     Status
	submitted  bool
	code       tx.Code
	index      uint32
	height     int64
	validUntil int64
	received   time.Time
	checked    time.Time
	stages     Stages
	prev, next *entry
	heapIndex  int // in expiry; -1 when not there
}

func (e *entry) outcome() Outcome {
	o := Outcome{ID: e.id, Status: e.status, Height: e.height, Index: e.index, Code: e.code,
		Submitted: e.submitted, Received: e.received, Stages: e.stages}
	if e.submitted && e.status == Pending && !e.checked.IsZero() {
		o.Stages[Received] = 0
		o.Stages[Checked] = e.checked.Sub(e.received)
	}
	if ttf, ok := e.stages.Since(Visible); ok {
		o.TTF = ttf
	}
	return o
}

// include settles one transaction of a block. Transactions that other nodes sent are remembered too, so that whoever
// asks here next finds them. One that is not settled goes on as it was.
func (t *Tracker) include(c CommittedTx, height int64, index uint32, line *timeline, at time.Time) (Outcome, bool) {
	e, ok := t.entries[c.ID]
	switch {
	case !c.Settled:
		return Outcome{}, false
	case !ok:
		e = &entry{id: c.ID, stages: noStages(), heapIndex: -1}
		t.entries[c.ID] = e
		t.settled.push(e)
	case e.status == Final:
		return Outcome{}, false
	}
	if e.submitted {
		e.stages = stagesOf(e.received, e.checked, line)
	}
	e.height, e.index, e.code = height, index, c.Code
	return t.settle(e, Final, at), e.submitted
}

// expire settles every pending transaction that no later block can include, because block time has passed its
// valid_until.
func (t *Tracker) expire(blockTime, at time.Time) []Outcome {
	var outs []Outcome
	for t.expiry.Len() > 0 && t.expiry[0].validUntil < blockTime.Unix() {
		outs = append(outs, t.settle(t.expiry[0], Expired, at))
	}
	return outs
}

// settle gives e its new status, counts it, wakes its waiters and bounds the memory of settled transactions.
func (t *Tracker) settle(e *entry, status Status, at time.Time) Outcome {
	if e.status == Pending {
		t.pending.remove(e)
		t.settled.push(e)
	}
	t.expiry.drop(e)
	before := e.status
	e.status = status
	out := e.outcome()
	if e.submitted {
		t.stats.settled(before, out, at)
	}
	t.wake(out)
	for t.settled.len > t.capacity {
		oldest := t.settled.front()
		t.settled.remove(oldest)
		delete(t.entries, oldest.id)
		t.stats.forgotten++
	}
	return out
}

// boundPending forgets the oldest pending transaction when there are too many; its outcome is then unknown.
func (t *Tracker) boundPending(at time.Time) (bool, Outcome) {
	if t.pending.len <= t.capacity {
		return false, Outcome{}
	}
	e := t.pending.front()
	t.pending.remove(e)
	t.expiry.drop(e)
	delete(t.entries, e.id)
	e.status = Unknown
	t.stats.settled(Pending, e.outcome(), at)
	t.stats.forgotten++
	return true, e.outcome()
}
