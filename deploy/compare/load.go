package main

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// sendTimes draws Poisson arrivals of a rate (per second) over a length. It draws what blinkd bench draws from the same
// seed (lab/arrivals.go), so that every server gets its load at the same moments.
func sendTimes(rate float64, length time.Duration, seed uint64) []time.Duration {
	random := rand.New(rand.NewPCG(seed, 0x626c696e6b))
	var times []time.Duration
	for work := 0.0; ; {
		work -= math.Log(1 - random.Float64())
		at := time.Duration(work / rate * float64(time.Second))
		if at >= length {
			return times
		}
		times = append(times, at)
	}
}

// latencies are the answers to an open loop, in milliseconds. A failed one counts as slower than any other.
type latencies struct {
	N        int       `json:"n"`
	Failed   int       `json:"failed"`
	Error    string    `json:"error,omitempty"` // one of the failures
	P50      *quantile `json:"p50_ms"`
	P90      *quantile `json:"p90_ms"`
	P99      *quantile `json:"p99_ms"` // null below 100 values
	Max      *quantile `json:"max_ms"`
	Lateness *quantile `json:"send_lateness_p99_ms"` // actual minus intended send time: the generator's own error, part of the others
}

// quantile is a value, or only its lower bound where it falls among the failures.
type quantile struct {
	MS      float64 `json:"value"`
	AtLeast bool    `json:"at_least,omitempty"`
}

// openLoop commits a value at each of the times, whatever has become of the others, and measures from the intended time to
// the answer. What is due within warmup is sent and not counted. The calling goroutine should be bound to its thread.
func openLoop(ctx context.Context, times []time.Duration, warmup, timeout time.Duration, commit func(context.Context) error) latencies {
	took, late, failures := make([]time.Duration, len(times)), make([]time.Duration, len(times)), make([]error, len(times))
	start := time.Now()
	var flying sync.WaitGroup
	for i, at := range times {
		intended := start.Add(at)
		sleepUntil(intended)
		if ctx.Err() != nil {
			failures[i] = ctx.Err()
			continue
		}
		flying.Go(func() {
			late[i] = time.Since(intended)
			ctx, cancel := context.WithDeadline(ctx, intended.Add(timeout))
			defer cancel()
			failures[i] = commit(ctx)
			took[i] = time.Since(intended)
		})
	}
	flying.Wait()
	counted, _ := slices.BinarySearch(times, warmup)
	return summarize(took[counted:], late[counted:], failures[counted:], timeout)
}

// sleepUntil is more precise than a timer of Go, which is late by up to a millisecond in an idle process.
func sleepUntil(at time.Time) {
	for rest := time.Until(at); rest > 0; rest = time.Until(at) {
		ts := syscall.NsecToTimespec(rest.Nanoseconds())
		_ = syscall.Nanosleep(&ts, nil) // interrupted by a signal: sleep the rest
	}
}

// summarize takes one element per value from each slice.
func summarize(took, late []time.Duration, failures []error, timeout time.Duration) latencies {
	l := latencies{N: len(took)}
	var good []time.Duration
	for i, err := range failures {
		if err != nil {
			l.Failed++
			l.Error = err.Error()
			continue
		}
		good = append(good, took[i])
	}
	slices.Sort(good)
	of := func(sorted []time.Duration, p float64) *quantile {
		rank := max(1, int(math.Ceil(p*float64(l.N)))) // nearest rank
		if l.N == 0 || p == 0.99 && l.N < 100 {
			return nil
		}
		if rank > len(sorted) {
			return &quantile{MS: milliseconds(timeout), AtLeast: true}
		}
		return &quantile{MS: milliseconds(sorted[rank-1])}
	}
	l.P50, l.P90, l.P99, l.Max = of(good, 0.5), of(good, 0.9), of(good, 0.99), of(good, 1)
	l.Lateness = of(slices.Sorted(slices.Values(late)), 0.99)
	return l
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// closedLoop lets each of a number of clients commit its next value when the previous one is answered, and returns how many
// were committed per second of length. The first two seconds are not counted.
func closedLoop(ctx context.Context, clients int, length time.Duration, commit func(context.Context) error) (perSecond float64, failed int64) {
	const warmup = 2 * time.Second
	ctx, cancel := context.WithTimeout(ctx, warmup+length)
	defer cancel()
	begin := time.Now().Add(warmup)
	var good, bad atomic.Int64
	var running sync.WaitGroup
	for range clients {
		running.Go(func() {
			for ctx.Err() == nil {
				err := commit(ctx)
				switch {
				case time.Now().Before(begin) || ctx.Err() != nil: // not counted
				case err != nil:
					bad.Add(1)
					time.Sleep(10 * time.Millisecond)
				default:
					good.Add(1)
				}
			}
		})
	}
	running.Wait()
	return float64(good.Load()) / length.Seconds(), bad.Load()
}
