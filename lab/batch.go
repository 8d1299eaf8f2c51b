package lab

import (
	"context"
	"slices"
	"sync"
	"time"

	"blink/api/client"
)

// batch gathers transactions that fall due within LoadConfig.Batch: a client with many sends them in one request, to the
// nodes in turn. The time to finality runs from each one's own intended time, so the wait for the others is part of it.
type batch struct {
	load    *Load
	waiting []shot
	node    int // the next one to be asked
}

// due is when the batch has to leave; false if there is none.
func (b *batch) due() (time.Duration, bool) {
	if len(b.waiting) == 0 {
		return 0, false
	}
	return b.waiting[0].intended + b.load.cfg.Batch, true
}

// add takes a transaction whose time has come.
func (b *batch) add(ctx context.Context, s shot) {
	if b.waiting = append(b.waiting, s); len(b.waiting) == client.MaxBatch {
		b.send(ctx)
	}
}

func (b *batch) send(ctx context.Context) {
	if len(b.waiting) == 0 {
		return
	}
	go b.load.fireAll(ctx, b.waiting, b.node)
	b.waiting, b.node = nil, (b.node+1)%len(b.load.clients)
}

// latecomers are a batch of transactions that had to wait for a sender. Beyond saturation most of them have: one request for
// each would be most of the nodes' work.
type latecomers struct {
	mu sync.Mutex
	batch
}

// join finds a sender for a transaction and sends it with those that find one within the same LoadConfig.Batch.
func (c *latecomers) join(ctx context.Context, s shot) {
	if !c.load.another(ctx, &s) {
		c.load.bookUnsent(s)
		c.load.flying.Done()
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = append(c.waiting, s)
	switch len(c.waiting) {
	case 1:
		time.AfterFunc(c.load.cfg.Batch, func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.send(ctx)
		})
	case client.MaxBatch:
		c.send(ctx)
	}
}

// send sends those whose senders have not broken meanwhile; the others look for one again.
func (c *latecomers) send(ctx context.Context) {
	c.waiting = slices.DeleteFunc(c.waiting, func(s shot) bool {
		holds := c.load.mayStillBeSent(s)
		if !holds {
			go c.join(ctx, s)
		}
		return !holds
	})
	c.batch.send(ctx)
}

// fireAll sends transactions in one request and books those whose fate the answer tells. Of the others, and if there is no
// answer of all, each goes on by itself.
func (l *Load) fireAll(ctx context.Context, shots []shot, node int) {
	records := make([]Record, len(shots))
	raws := make([][]byte, len(shots))
	for i, s := range shots {
		records[i], raws[i] = l.recordOf(s, node), s.raw
		l.sends(&records[i], s)
	}
	first, cancel := context.WithDeadline(ctx, l.start.Add(shots[0].intended+l.cfg.Timeout))
	defer cancel()
	c := l.clients[node]
	asked := c.Current()
	told, err := c.SubmitAll(first, raws, l.waitFor(shots[0]))
	for i, s := range shots {
		r := records[i]
		r.Node = l.nodeOf(c.Current())
		if err == nil {
			st, why := told[i].TxStatus, error(nil)
			if p := told[i].Problem; p != nil {
				why = p
			}
			if r.judge(st, why) {
				l.book(r, s, st, fateOf(st, why, 0, asked))
				l.flying.Done()
				continue
			}
		}
		go l.fireAgain(ctx, s, r)
	}
}

// fireAgain goes on with a transaction that was sent once.
func (l *Load) fireAgain(ctx context.Context, s shot, r Record) {
	defer l.flying.Done()
	ctx, cancel := context.WithDeadline(ctx, l.start.Add(s.intended+l.cfg.Timeout))
	defer cancel()
	pause(ctx, 50*time.Millisecond)
	st, f := l.pursue(ctx, s, &r, 1)
	l.book(r, s, st, f)
}
