package finality

import (
	"fmt"
	"math"
	"time"
)

// Window is the time over which statistics are taken, up to now.
type Window time.Duration

// The windows that the tracker keeps. All is since the process started.
const (
	Minute         = Window(time.Minute)
	FiveMinutes    = Window(5 * time.Minute)
	FifteenMinutes = Window(15 * time.Minute)
	All            = Window(0)
)

// WindowOrder lists the windows, shortest first.
func WindowOrder() []Window { return []Window{Minute, FiveMinutes, FifteenMinutes, All} }

// String gives "1m", "5m", "15m" or "all".
func (w Window) String() string {
	if w == All {
		return "all"
	}
	return fmt.Sprintf("%dm", int(time.Duration(w).Minutes()))
}

// ParseWindow reads what String gives.
func ParseWindow(s string) (Window, error) {
	for _, w := range WindowOrder() {
		if w.String() == s {
			return w, nil
		}
	}
	return All, fmt.Errorf("window must be 1m, 5m, 15m or all, was %q", s)
}

// Quantiles describes a distribution of times in milliseconds, to three significant digits. All are 0 when Count is.
type Quantiles struct {
	Count int64   `json:"count"`
	Min   float64 `json:"min"`
	Mean  float64 `json:"mean"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P99   float64 `json:"p99"`
	P999  float64 `json:"p999"`
	Max   float64 `json:"max"`
}

// Bucket counts the transactions whose TTF was above FromMS and at most ToMS milliseconds.
type Bucket struct {
	FromMS float64 `json:"from_ms"`
	ToMS   float64 `json:"to_ms"`
	Count  int64   `json:"count"`
}

// StageTime is the time in milliseconds that a stage took after the one before it.
type StageTime struct {
	Stage string `json:"stage"`
	Quantiles
}

// WindowTTF is the TTF in one window.
type WindowTTF struct {
	Window   string    `json:"window"`
	Outcomes Counts    `json:"outcomes"`
	TTF      Quantiles `json:"ttf_ms"`
}

// Snapshot is the statistics of one window at one moment. TTF counts transactions that were submitted to this node and
// became final; how all others ended is in Outcomes.
type Snapshot struct {
	Window    string      `json:"window"`
	Outcomes  Counts      `json:"outcomes"`
	TTF       Quantiles   `json:"ttf_ms"`
	Histogram []Bucket    `json:"histogram"`
	Stages    []StageTime `json:"stages"`
	Windows   []WindowTTF `json:"windows"` // 1m, 5m, 15m, all
	Forgotten uint64      `json:"forgotten"`
	Waiters   int         `json:"waiters"`
}

// Stats takes a snapshot over the given window up to now. A rolling window is exact to 5 seconds.
func (t *Tracker) Stats(window Window, now time.Time) Snapshot {
	t.mu.Lock()
	total := t.stats.total(uint64(t.pending.len))
	out := Snapshot{Window: window.String(), Forgotten: t.stats.forgotten, Waiters: t.waiters}
	var all [numStages]histogram
	all[Received] = t.stats.all[Received].clone()
	if window == All {
		for i := range all {
			all[i] = t.stats.all[i].clone()
		}
	}
	slots := t.stats.rolling.since(now, time.Duration(FifteenMinutes))
	newest := t.stats.rolling.number(now)
	t.mu.Unlock()

	for _, w := range WindowOrder() {
		counts, hist := total, all
		if w != All {
			counts, hist = merge(slots, newest-int64(time.Duration(w)/slotLength), w == window)
		}
		out.Windows = append(out.Windows, WindowTTF{Window: w.String(), Outcomes: counts, TTF: hist[Received].quantiles()})
		if w != window {
			continue
		}
		out.Outcomes, out.TTF, out.Histogram = counts, hist[Received].quantiles(), hist[Received].buckets()
		for _, stage := range StageOrder()[1:] {
			out.Stages = append(out.Stages, StageTime{Stage: stage.String(), Quantiles: hist[stage].quantiles()})
		}
	}
	return out
}

// total gives the counts since the start.
func (s *statistics) total(pending uint64) Counts {
	return Counts{Submitted: s.submitted, Pending: pending, Final: s.counts[Final], Failed: s.failed,
		Rejected: s.counts[Rejected], Expired: s.counts[Expired], Unknown: s.counts[Unknown]}
}

// merge adds up the slots from number oldest on. In a window, Submitted counts what settled in it.
func merge(slots []slot, oldest int64, withStages bool) (Counts, [numStages]histogram) {
	var c Counts
	var hist [numStages]histogram
	for _, s := range slots {
		if s.number < oldest {
			continue
		}
		c.Final += s.counts[Final]
		c.Failed += s.failed
		c.Rejected += s.counts[Rejected]
		c.Expired += s.counts[Expired]
		c.Unknown += s.counts[Unknown]
		for stage, tallies := range s.closed {
			if stage != int(Received) && !withStages {
				continue
			}
			for _, t := range tallies {
				hist[stage].add(t.value, t.count)
			}
		}
	}
	c.Submitted = c.Final + c.Rejected + c.Expired + c.Unknown
	return c, hist
}

func (h *histogram) quantiles() Quantiles {
	if h.count == 0 {
		return Quantiles{}
	}
	at := h.hdr.ValueAtPercentiles([]float64{50, 90, 99, 99.9})
	return Quantiles{
		Count: h.count,
		Min:   millis(float64(quantised(h.smallest))),
		Mean:  round3(millis(float64(h.sum) / float64(h.count))),
		P50:   millis(float64(at[50])),
		P90:   millis(float64(at[90])),
		P99:   millis(float64(at[99])),
		P999:  millis(float64(at[99.9])),
		Max:   millis(float64(quantised(h.largest))),
	}
}

func round3(ms float64) float64 { return math.Round(ms*1000) / 1000 }

// buckets gives the distribution in steps of a tenth of a decade, from the first to the last that is not empty.
func (h *histogram) buckets() []Bucket {
	if h.hdr == nil {
		return []Bucket{}
	}
	byStep := map[int]int64{}
	first, last := math.MaxInt, math.MinInt
	for _, bar := range h.hdr.Distribution() {
		if bar.Count == 0 {
			continue
		}
		step := int(math.Ceil(10 * math.Log10(float64(bar.From)/1000)))
		byStep[step] += bar.Count
		first, last = min(first, step), max(last, step)
	}
	out := []Bucket{}
	for step := first; step <= last && first != math.MaxInt; step++ {
		out = append(out, Bucket{FromMS: bound(step - 1), ToMS: bound(step), Count: byStep[step]})
	}
	return out
}

func bound(step int) float64 { return round3(math.Pow(10, float64(step)/10)) }
