package lab

import (
	"context"
	"time"
)

// runOpen sends each transaction at its intended time, whatever has become of the others.
func (l *Load) runOpen(ctx, patience context.Context) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	shots := make(chan shot, 1024)
	go l.feed(ctx, shots)
	steps, end := stepGuard{load: l}, lengthOf(l.cfg.Plan)
	sleeper, gathered := newSleeper(), batch{load: l}
	late := &latecomers{batch: batch{load: l}}
	for s := range shots {
		if due, ok := gathered.due(); ok && due <= s.intended {
			sleeper.until(ctx, l.start.Add(due))
			gathered.send(patience)
		}
		if !sleeper.until(ctx, l.start.Add(s.intended)) {
			l.unsend(s)
			continue
		}
		if steps.over(s.phase) {
			end = min(end, l.tally.ends[s.phase-1])
			stop()
			l.unsend(s)
			continue
		}
		l.tally.launched(s.phase)
		s.leased = s.leased && l.mayStillBeSent(s)
		l.flying.Add(1)
		switch {
		case l.cfg.Batch == 0:
			go l.fire(patience, s)
		case !s.leased:
			go late.join(patience, s)
		default:
			gathered.add(patience, s)
		}
	}
	if due, ok := gathered.due(); ok {
		sleeper.until(ctx, l.start.Add(due))
		gathered.send(patience)
	}
	if ctx.Err() != nil {
		end = min(end, time.Since(l.start))
	}
	l.tally.stopped(end)
}

// feed hands over what was signed ahead, signs every other transaction a moment before it is due, and ends the channel
// with the load.
func (l *Load) feed(ctx context.Context, shots chan<- shot) {
	defer close(shots)
	number := 0
	put := func(s shot) bool {
		number++
		select {
		case shots <- s:
			return true
		case <-ctx.Done():
			l.unsend(s)
			return false
		}
	}
	for _, s := range l.ahead {
		if !put(s) {
			return
		}
	}
	next := l.cfg.schedule()
	for range l.ahead {
		next()
	}
	for {
		at, phase, ok := next()
		if !ok || !pause(ctx, time.Until(l.start.Add(at))-lookahead) {
			return
		}
		s := shot{number: number, phase: phase, intended: at}
		if s.lease, s.leased = l.pool.take(); s.leased {
			l.signNow(&s)
		}
		if !put(s) {
			return
		}
	}
}

// mayStillBeSent reports whether the lease of a shot holds. One that does not is lost.
func (l *Load) mayStillBeSent(s shot) bool {
	if s.scripted {
		return l.pool.launch(s.lease)
	}
	if l.pool.current(s.lease) {
		return true
	}
	l.pool.give(s.lease, unused)
	return false
}

// stepGuard ends a step load that has passed the knee.
type stepGuard struct {
	load      *Load
	phase     int
	saturated int // phases in succession, until the present one
}

// over reports whether the phase that now begins is one too many.
func (g *stepGuard) over(phase int) bool {
	s := g.load.cfg.Saturation
	if s == nil {
		return false
	}
	for ; g.phase < phase; g.phase++ {
		if s.judge(g.load.tally.phaseResult(g.phase)) == "" {
			g.saturated = 0
		} else {
			g.saturated++
		}
	}
	return g.saturated >= 2
}
