package lab

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Bounds of what is signed before a load begins.
const (
	maxSignedAhead = 200_000     // transactions: 60 MB
	maxSigning     = time.Minute // the rest is signed while the load runs
)

// signAhead signs as much of the load as fits the bounds, so that signing is not part of what is measured. A transaction
// names the time at which it expires, so the start of the load must be known: it is fixed here, at a moment when the
// signing will certainly be over, since it ends there. perTx is what one signature takes.
func (l *Load) signAhead(ctx context.Context, perTx time.Duration) {
	if l.cfg.Closed > 0 || len(l.pool.scripters()) == 0 {
		return // a closed loop does not know its send times
	}
	shots := l.firstShots(maxSignedAhead)
	cores := runtime.GOMAXPROCS(0)
	budget := min(maxSigning, time.Duration(len(shots)/cores)*perTx*5/4+time.Second)
	over := time.Now().Add(budget)
	l.assumed = over.Add(lead + l.cfg.Warmup)
	leases := l.pool.script(len(shots))
	l.cfg.Progress(Progress{Phase: PhaseSign})
	var next, done atomic.Int64
	var wg sync.WaitGroup
	for range cores {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for time.Now().Before(over) && ctx.Err() == nil {
				k := int(next.Add(1)) - 1
				if k >= len(shots) {
					return
				}
				s := &shots[k]
				s.lease, s.leased, s.scripted = leases[k], true, true
				l.sign(s, l.assumed)
				done.Add(1)
			}
		}()
	}
	wg.Wait()
	n := int(done.Load()) // those before n are all signed: an index that was given out was signed
	l.pool.cut(leases, n)
	l.ahead = shots[:n]
}

// firstShots are the first transactions of the plan, at most so many.
func (l *Load) firstShots(most int) []shot {
	var shots []shot
	next := l.cfg.schedule()
	for number := 0; number < most; number++ {
		at, phase, ok := next()
		if !ok {
			break
		}
		shots = append(shots, shot{number: number, phase: phase, intended: at})
	}
	return shots
}

// startOf is when a load that is begun now starts: as soon as possible, but not so long before the moment that its
// transactions were signed for that they would live longer than the client waits for them. If the moment has passed by
// more than that, the signatures are of no use.
func (l *Load) startOf(now time.Time) (start time.Time, useful bool) {
	start = now.Add(lead + l.cfg.Warmup)
	if len(l.ahead) == 0 {
		return start, false
	}
	leeway := min(3*time.Second, l.cfg.Timeout/10)
	if earliest := l.assumed.Add(-leeway); start.Before(earliest) {
		start = earliest
	}
	return start, start.Sub(l.assumed) <= leeway
}
