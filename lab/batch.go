package lab

import (
	"context"
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
	late    latecomers
}

// due is when the batch has to leave; false if there is none.
func (b *batch) due() (time.Duration, bool) {
	if len(b.waiting) == 0 {
		return 0, false
	}
	return b.waiting[0].intended + b.load.cfg.Batch, true
}

// add takes a transaction whose time has come. One without a sender has to find one, and goes with others that had to.
func (b *batch) add(ctx context.Context, s shot) {
	switch {
	case b.load.cfg.Batch == 0:
		go b.load.fire(ctx, s)
		return
	case !s.leased:
		go b.late.join(ctx, b.load, s)
		return
	}
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

// latecomers are transactions that had to wait for a sender. Beyond saturation most of them have: one request for each would be
// most of the nodes' work.
type latecomers struct {
	mu      sync.Mutex
	waiting []shot
	node    int // the next one to be asked
}

// join finds a sender for a transaction and sends it with those that find one within the same LoadConfig.Batch.
func (c *latecomers) join(ctx context.Context, l *Load, s shot) {
	if !l.another(ctx, &s) {
		l.bookUnsent(l.recordOf(s, s.number%len(l.clients)))
		l.flying.Done()
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = append(c.waiting, s)
	switch len(c.waiting) {
	case 1:
		time.AfterFunc(l.cfg.Batch, func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.send(ctx, l)
		})
	case client.MaxBatch:
		c.send(ctx, l)
	}
}

// send sends those whose senders have not broken meanwhile; the others look for one again.
func (c *latecomers) send(ctx context.Context, l *Load) {
	ready := make([]shot, 0, len(c.waiting))
	for _, s := range c.waiting {
		if l.mayStillBeSent(s) {
			ready = append(ready, s)
		} else {
			go c.join(ctx, l, s)
		}
	}
	c.waiting = nil
	if len(ready) > 0 {
		go l.fireAll(ctx, ready, c.node)
		c.node = (c.node + 1) % len(l.clients)
	}
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
