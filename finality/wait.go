package finality

import (
	"context"
	"errors"

	"blink/tx"
)

// ErrTooManyWaiters means that Options.MaxWaiters callers are waiting already; the caller may try again later.
var ErrTooManyWaiters = errors.New("too many requests are waiting for transactions")

// watch is shared by all who wait for one transaction. out is written before done is closed.
type watch struct {
	done    chan struct{}
	out     Outcome
	waiters int
}

// Wait returns as soon as the transaction is final, rejected or expired, whichever node it was sent to. When ctx ends
// first it returns what is known so far together with ctx's error. A settled transaction is answered at once, also when
// ctx has ended.
func (t *Tracker) Wait(ctx context.Context, id tx.ID) (Outcome, error) {
	t.mu.Lock()
	if e, ok := t.entries[id]; ok && e.status.Settled() {
		defer t.mu.Unlock()
		return e.outcome(), nil
	}
	if t.waiters >= t.maxWaiters {
		t.mu.Unlock()
		return Outcome{ID: id, Stages: noStages()}, ErrTooManyWaiters
	}
	w := t.watches[id]
	if w == nil {
		w = &watch{done: make(chan struct{})}
		t.watches[id] = w
	}
	w.waiters++
	t.waiters++
	t.mu.Unlock()

	var err error
	select {
	case <-w.done:
	case <-ctx.Done():
		err = ctx.Err()
	}
	return t.leave(id, w, err)
}

// leave ends one caller's wait. An outcome that came at the same moment as ctx's end wins.
func (t *Tracker) leave(id tx.ID, w *watch, err error) (Outcome, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiters--
	w.waiters--
	select {
	case <-w.done:
		return w.out, nil
	default:
	}
	if w.waiters == 0 {
		delete(t.watches, id)
	}
	if e, ok := t.entries[id]; ok {
		return e.outcome(), err
	}
	return Outcome{ID: id, Stages: noStages()}, err
}

// wake hands out to everyone who waits for it.
func (t *Tracker) wake(out Outcome) {
	if w, ok := t.watches[out.ID]; ok {
		w.out = out
		close(w.done)
		delete(t.watches, out.ID)
	}
}
