package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const usualMemory = 440 << 20 // bytes

// collectSeldom lets the heap grow to five times what is in use, up to 440 MB in all, before Go collects garbage: a small
// heap would be collected several times per second under load, each time at the cost of whoever waits for finality.
//
// Where more is in use, as after a genesis of a hundred thousand accounts, a limit would have Go collect all the time and
// in vain. So the limit follows: it leaves room for half of what the last collection found in use. GOGC and GOMEMLIMIT of
// the environment win.
func collectSeldom() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		followUse()
	}
}

// followUse sets the limit, and sets it again after each collection: that is when the runtime finds the token gone.
func followUse() {
	debug.SetMemoryLimit(memoryLimit(inUse()))
	runtime.AddCleanup(new(token), func(struct{}) { followUse() }, struct{}{})
}

// token must be an allocation of its own, which tiny ones without pointers are not.
type token struct{ _ *token }

func memoryLimit(inUse uint64) int64 {
	return int64(max(usualMemory, inUse+inUse/2))
}

// inUse is what the last collection left of the heap, in bytes.
func inUse() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
