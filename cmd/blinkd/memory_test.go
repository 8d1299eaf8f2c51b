package main

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// TestMemoryLimitFollowsUse: what is in use must not be near the limit, and the limit comes back when it is free again.
func TestMemoryLimitFollowsUse(t *testing.T) {
	if os.Getenv("GOMEMLIMIT") != "" || os.Getenv("GOGC") != "" {
		t.Skip("the environment decides")
	}
	before := debug.SetMemoryLimit(-1)
	percent := debug.SetGCPercent(100)
	t.Cleanup(func() {
		debug.SetMemoryLimit(before)
		debug.SetGCPercent(percent)
	})
	collectSeldom()
	limit := func(least, most int64) {
		t.Helper()
		var now int64
		for range 200 {
			runtime.GC()
			if now = debug.SetMemoryLimit(-1); now >= least && now <= most {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Fatalf("the limit is %d MB, want %d to %d", now>>20, least>>20, most>>20)
	}
	limit(usualMemory, usualMemory)
	ballast := make([]byte, 400<<20)
	limit(600<<20, math.MaxInt64)
	runtime.KeepAlive(ballast)
	ballast = nil
	limit(usualMemory, usualMemory)
}
