package lab

import (
	"sync"
	"time"

	"blink/api/client"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// outcome is how one transaction ended.
type outcome struct {
	status  string        // client.StatusFinal, StatusRejected, StatusExpired or StatusUnknown
	code    string        // why it was rejected
	latency time.Duration // from the intended send time to the answer
}

// tally counts outcomes. Only the measured part of the load enters it.
type tally struct {
	mu       sync.Mutex
	timeout  time.Duration
	warmup   int // transactions of the warm-up, sent
	sentN    int
	final    int
	rejected map[string]int // by code
	expired  int
	unknown  int
	ttf      *hdrhistogram.Histogram // of final transactions, in microseconds
	lateness *hdrhistogram.Histogram // actual minus intended send time, in microseconds: the client's own error
}

func newTally(cfg BenchConfig) *tally {
	highest := (2 * cfg.Timeout).Microseconds()
	return &tally{
		timeout:  cfg.Timeout,
		rejected: map[string]int{},
		ttf:      hdrhistogram.New(1, highest, 3),
		lateness: hdrhistogram.New(1, highest, 3),
	}
}

// sent books that a transaction has left, late by so much.
func (t *tally) sent(measured bool, late time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !measured {
		t.warmup++
		return
	}
	t.sentN++
	record(t.lateness, late)
}

// ended books an outcome.
func (t *tally) ended(measured bool, o outcome) {
	if !measured {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch o.status {
	case client.StatusFinal:
		t.final++
		record(t.ttf, o.latency)
	case client.StatusRejected:
		t.rejected[o.code]++
	case client.StatusExpired:
		t.expired++
	default:
		t.unknown++
	}
}

// record adds a duration, clipped to what the histogram holds.
func record(h *hdrhistogram.Histogram, d time.Duration) {
	_ = h.RecordValue(min(max(d.Microseconds(), 1), h.HighestTrackableValue()))
}

func (t *tally) rejectedTotal() int {
	n := 0
	for _, c := range t.rejected {
		n += c
	}
	return n
}

// Phases of a benchmark.
const (
	PhaseFund   = "funding accounts"
	PhaseWarmup = "warming up"
	PhaseRun    = "measuring"
	PhaseDrain  = "waiting for the last answers"
)

// Progress is what is known while a benchmark runs.
type Progress struct {
	Phase                            string
	Elapsed, Total                   time.Duration // of warm-up and load together
	Sent, Final, Rejected, Undecided int           // of the measured part; Undecided counts expired and unknown
	P50                              time.Duration // of the final ones so far; 0 if there are none
}

func (t *tally) progress() Progress {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := Progress{Sent: t.sentN, Final: t.final, Rejected: t.rejectedTotal(), Undecided: t.expired + t.unknown}
	if t.final > 0 {
		p.P50 = time.Duration(t.ttf.ValueAtQuantile(50)) * time.Microsecond
	}
	return p
}

// showProgress calls cfg.Progress a few times per second until the returned function is called.
func (l *load) showProgress() (stop func()) {
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

func (l *load) progress() Progress {
	p := l.tally.progress()
	p.Total = l.cfg.Warmup + l.cfg.Duration
	p.Elapsed = min(max(time.Since(l.start), 0), p.Total)
	switch {
	case p.Elapsed < l.cfg.Warmup:
		p.Phase = PhaseWarmup
	case p.Elapsed < p.Total:
		p.Phase = PhaseRun
	default:
		p.Phase = PhaseDrain
	}
	return p
}
