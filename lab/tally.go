package lab

import (
	"sync"
	"time"

	"blink/api/client"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// tally counts what became of the transactions of a load, as it happens, in bounded memory.
type tally struct {
	mu      sync.Mutex
	timeout time.Duration
	ends    []time.Duration // of the phases, since the start
	warmup  int             // transactions of the warm-up, sent
	all     *counts         // the measured part
	phases  []*counts       // one per phase
	running running
	records []Record
}

// counts is what became of some transactions.
type counts struct {
	sent     int
	final    int
	rejected map[string]int // by code
	expired  int
	unknown  int
	answered int                     // finals that arrived in this phase
	ttf      *hdrhistogram.Histogram // of final transactions, in microseconds
	lateness *hdrhistogram.Histogram // actual minus intended send time, in microseconds: the client's own error
}

func newCounts(timeout time.Duration) *counts {
	return &counts{rejected: map[string]int{}, ttf: newHistogram(timeout), lateness: newHistogram(timeout)}
}

func newTally(cfg LoadConfig) *tally {
	t := &tally{timeout: cfg.Timeout, all: newCounts(cfg.Timeout)}
	end := time.Duration(0)
	for _, p := range cfg.Plan {
		end += p.For
		t.ends = append(t.ends, end)
		t.phases = append(t.phases, newCounts(cfg.Timeout))
	}
	return t
}

// sent books that a transaction has left, late by so much.
func (t *tally) sent(phase int, late time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if phase < 0 {
		t.warmup++
		return
	}
	for _, c := range []*counts{t.all, t.phases[phase]} {
		c.sent++
		record(c.lateness, late)
	}
}

// ended books an outcome.
func (t *tally) ended(r Record) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.records = append(t.records, r)
	if r.Status == client.StatusFinal {
		t.running.add(r.Answered, r.TTF())
		if p := t.phaseAt(r.Answered); p >= 0 {
			t.phases[p].answered++
		}
	}
	if r.Measured() {
		t.all.ended(r)
		t.phases[r.Phase].ended(r)
	}
}

func (c *counts) ended(r Record) {
	switch r.Status {
	case client.StatusFinal:
		c.final++
		record(c.ttf, r.TTF())
	case client.StatusRejected:
		c.rejected[r.Code]++
	case client.StatusExpired:
		c.expired++
	default:
		c.unknown++
	}
}

// phaseAt is the phase of an offset since the start; -1 before and after the load.
func (t *tally) phaseAt(at time.Duration) int {
	if at < 0 {
		return -1
	}
	for i, end := range t.ends {
		if at < end {
			return i
		}
	}
	return -1
}

// record adds a duration, clipped to what the histogram holds.
func record(h *hdrhistogram.Histogram, d time.Duration) {
	_ = h.RecordValue(min(max(d.Microseconds(), 1), h.HighestTrackableValue()))
}

func (c *counts) rejectedTotal() int {
	n := 0
	for _, k := range c.rejected {
		n += k
	}
	return n
}
