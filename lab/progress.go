package lab

import (
	"slices"
	"time"
)

// Phases of a benchmark.
const (
	PhaseFund   = "funding accounts"
	PhaseSign   = "signing ahead"
	PhaseWarmup = "warming up"
	PhaseRun    = "measuring"
	PhaseDrain  = "waiting for the last answers"
)

// Progress is what is known while a load runs.
type Progress struct {
	Phase                            string
	Rate                             float64       // intended now, transactions per second
	Elapsed, Total                   time.Duration // of warm-up and load together
	Sent, Final, Rejected, Undecided int           // of the measured part; Undecided counts expired and unknown
	P50, P99                         time.Duration // of those that became final in the last 10 s; 0 if there are none
}

// running holds the times to finality of the last 10 s, the latest of them if there are many.
type running struct {
	last [2048]struct{ at, ttf time.Duration }
	n    int // ever added
}

func (r *running) add(at, ttf time.Duration) {
	e := &r.last[r.n%len(r.last)]
	e.at, e.ttf = at, ttf
	r.n++
}

// quantiles of what was added in the 10 s before now.
func (r *running) quantiles(now time.Duration) (p50, p99 time.Duration) {
	var recent []time.Duration
	for _, e := range r.last[:min(r.n, len(r.last))] {
		if e.at > now-10*time.Second {
			recent = append(recent, e.ttf)
		}
	}
	if len(recent) == 0 {
		return 0, 0
	}
	slices.Sort(recent)
	return recent[len(recent)/2], recent[len(recent)*99/100]
}

func (t *tally) progress(now time.Duration) Progress {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.all
	p := Progress{Sent: c.launched, Final: c.final, Rejected: c.rejectedTotal(), Undecided: c.expired + c.unknown}
	p.P50, p.P99 = t.running.quantiles(now)
	t.series.fold(now - t.timeout - 10*time.Second) // nothing is booked later than that
	return p
}

// showProgress calls cfg.Progress a few times per second until the returned function is called.
func (l *Load) showProgress() (stop func()) {
	done, finished := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(finished)
		tick := time.NewTicker(250 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				l.cfg.Progress(l.progress())
			case <-done:
				l.cfg.Progress(l.progress())
				return
			}
		}
	}()
	return func() { close(done); <-finished }
}

func (l *Load) progress() Progress {
	now := time.Since(l.start)
	p := l.tally.progress(now)
	length := l.tally.ends[len(l.tally.ends)-1]
	p.Total = l.cfg.Warmup + length
	p.Elapsed = min(max(now+l.cfg.Warmup, 0), p.Total)
	switch {
	case now < 0:
		p.Phase, p.Rate = PhaseWarmup, l.cfg.Plan[0].Rate
	case now < length:
		p.Phase, p.Rate = PhaseRun, l.cfg.Plan[l.tally.phaseAt(now)].Rate
	default:
		p.Phase = PhaseDrain
	}
	return p
}
