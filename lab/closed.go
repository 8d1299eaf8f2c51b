package lab

import (
	"context"
	"sync/atomic"
	"time"
)

// runClosed lets every client send its next transaction as soon as the one before has its answer. The intended send time
// is the actual one: what a client would have sent while it waited is never missed by anybody, which is the omission that
// an open loop is free of.
func (l *Load) runClosed(ctx, patience context.Context) {
	ctx, stop := context.WithDeadline(ctx, l.start.Add(lengthOf(l.cfg.Plan)))
	defer stop()
	shots := make(chan shot, l.cfg.Closed)
	go l.feedClosed(ctx, shots)
	if !pause(ctx, time.Until(l.start)-l.cfg.Warmup) {
		return
	}
	var number atomic.Int64
	for range l.cfg.Closed {
		l.flying.Add(1)
		go func() {
			defer l.flying.Done()
			for ctx.Err() == nil {
				s, ok := <-shots
				if !ok {
					return
				}
				l.sendClosed(patience, s, int(number.Add(1))-1)
			}
		}()
	}
	<-ctx.Done()
	for s := range shots {
		l.unsend(s)
	}
	l.tally.stopped(time.Since(l.start))
}

func (l *Load) sendClosed(ctx context.Context, s shot, number int) {
	now := time.Since(l.start)
	if now-s.intended > time.Second { // it has waited in the queue: it would expire too soon
		s.intended = now
		l.signNow(&s)
	}
	s.number, s.intended, s.phase = number, now, l.tally.phaseAt(now)
	if now >= 0 && s.phase < 0 { // the load is over
		l.unsend(s)
		return
	}
	l.tally.launched(s.phase)
	s.leased = l.mayStillBeSent(s)
	l.flying.Add(1)
	l.fire(ctx, s)
}

// feedClosed keeps a transaction ready for each client.
func (l *Load) feedClosed(ctx context.Context, shots chan<- shot) {
	defer close(shots)
	for {
		le, ok := l.pool.await(ctx)
		if !ok {
			return
		}
		s := shot{lease: le, leased: true, intended: time.Since(l.start)}
		l.signNow(&s)
		select {
		case shots <- s:
		case <-ctx.Done():
			l.unsend(s)
			return
		}
	}
}
