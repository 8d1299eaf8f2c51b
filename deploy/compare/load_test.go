package main

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

func TestSendTimesFollowFromTheSeed(t *testing.T) {
	a, b := sendTimes(1000, 10*time.Second, 7), sendTimes(1000, 10*time.Second, 7)
	if !slices.Equal(a, b) || slices.Equal(a, sendTimes(1000, 10*time.Second, 8)) {
		t.Error("the same seed must give the same times, another seed others")
	}
	if n := len(a); n < 9600 || n > 10400 { // four standard deviations
		t.Errorf("%d arrivals in 10 s at 1000 per second", n)
	}
}

// TestOpenLoopCountsTheStall: a server that answers nothing for its first 100 ms, and everything at once from then on. What
// was due early in the stall waited longest, by arithmetic; a generator that waits for answers would see one slow value.
func TestOpenLoopCountsTheStall(t *testing.T) {
	var times []time.Duration
	for at := time.Duration(0); at < 200*time.Millisecond; at += time.Millisecond {
		times = append(times, at)
	}
	healed := time.Now().Add(100 * time.Millisecond)
	got := openLoop(t.Context(), times, 0, time.Second, func(context.Context) error {
		time.Sleep(time.Until(healed))
		return nil
	})
	if got.N != 200 || got.Failed != 0 || got.P90.MS < 60 || got.P90.MS > 95 {
		t.Errorf("n=%d failed=%d p90=%v, want p90 near 80 ms", got.N, got.Failed, *got.P90)
	}
}

func TestFailuresAreSlowerThanEverything(t *testing.T) {
	took, failures := make([]time.Duration, 200), make([]error, 200)
	for i := range took {
		took[i] = time.Duration(i+1) * time.Millisecond
	}
	failures[0], failures[1], failures[2] = errors.New("no"), errors.New("no"), errors.New("no") // the quickest
	got := summarize(took, took, failures, 10*time.Second)
	if *got.P50 != (quantile{MS: 103}) || *got.P99 != (quantile{MS: 10_000, AtLeast: true}) || !got.Max.AtLeast {
		t.Errorf("p50=%v p99=%v max=%v", *got.P50, *got.P99, *got.Max)
	}
	if few := summarize(took[:99], took[:99], failures[:99], time.Second); few.P99 != nil {
		t.Error("99 values support no p99")
	}
}
