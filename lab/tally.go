package lab

import (
	"sync"
	"time"

	"blink/api/client"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// tally counts what became of the transactions of a load, as it happens, in bounded memory.
type tally struct {
	mu        sync.Mutex
	timeout   time.Duration
	plan      []Phase
	ends      []time.Duration // of the phases, since the start
	end       time.Duration   // when sending was over; 0 = not yet
	warmup    int             // transactions of the warm-up, sent
	all       *counts         // the measured part
	phases    []*counts       // one per phase
	series    *series
	waterfall *waterfall
	slowest   slowest
	running   running
	records   sample
}

// counts is what became of some transactions.
type counts struct {
	launched int // sent, or about to be: those that have no outcome yet too
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
	length := lengthOf(cfg.Plan)
	t := &tally{
		timeout: cfg.Timeout, plan: cfg.Plan, all: newCounts(cfg.Timeout), series: newSeries(length),
		waterfall: newWaterfall(cfg.Timeout), records: newSample(MaxRecords, cfg.Seed),
	}
	end := time.Duration(0)
	for _, p := range cfg.Plan {
		end += p.For
		t.ends = append(t.ends, end)
		t.phases = append(t.phases, newCounts(cfg.Timeout))
	}
	return t
}

// launched books that a transaction is on its way.
func (t *tally) launched(phase int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if phase < 0 {
		t.warmup++
		return
	}
	t.all.launched++
	t.phases[phase].launched++
}

// stopped books that no further transaction will be sent.
func (t *tally) stopped(at time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end = min(max(at, time.Millisecond), t.ends[len(t.ends)-1])
}

// ended books an outcome.
func (t *tally) ended(r Record) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.records.add(r)
	if r.Status == client.StatusFinal {
		t.running.add(r.Answered, r.TTF())
		if p := t.phaseAt(r.Answered); p >= 0 {
			t.phases[p].answered++
			t.series.answered(r.Answered)
		}
	}
	if !r.Measured() {
		return
	}
	t.all.ended(r)
	t.phases[r.Phase].ended(r)
	t.series.ended(r)
	t.waterfall.add(r)
	t.slowest.add(r)
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
	if r.Code != CodeNoSender {
		record(c.lateness, r.Sent-r.Intended)
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

// phaseResult sums up a phase as far as it is known.
func (t *tally) phaseResult(i int) PhaseResult {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.result(i)
}

// result is phaseResult; mu is held.
func (t *tally) result(i int) PhaseResult {
	c, length := t.phases[i], t.plan[i].For
	if begin := t.ends[i] - length; t.end > 0 && t.end < t.ends[i] {
		length = max(t.end-begin, time.Millisecond)
	}
	s := length.Seconds()
	return PhaseResult{
		Rate: t.plan[i].Rate, ForS: s, Sent: c.launched, Final: c.final, Rejected: c.rejectedTotal(), Expired: c.expired, Unknown: c.unknown,
		Answered: c.answered, SentPerS: float64(c.launched) / s, FinalPerS: float64(c.answered) / s,
		TTF: latenciesOf(c.ttf, int64(c.expired+c.unknown), t.timeout), SendDelay: latenciesOf(c.lateness, 0, t.timeout),
	}
}

// begun is how many phases have begun; mu is held.
func (t *tally) begun() int {
	for i, end := range t.ends {
		if t.end > 0 && t.end <= end {
			return i + 1
		}
	}
	return len(t.ends)
}

// sortedRecords are the kept records by Number.
func (t *tally) sortedRecords() []Record {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.records.sorted()
}

// sampled reports whether the records are not all.
func (t *tally) sampled() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.records.seen > len(t.records.kept)
}
