package lab

import (
	"context"
	"runtime"
	"syscall"
	"time"
)

// sleeper waits for a moment more precisely than a timer of Go does, which in an idle process is late by up to a
// millisecond: the poll that it waits in counts milliseconds.
type sleeper struct{}

// newSleeper binds the calling goroutine to its thread, which sleeps.
func newSleeper() sleeper {
	runtime.LockOSThread()
	return sleeper{}
}

// until sleeps until the moment at; false if ctx ended first.
func (sleeper) until(ctx context.Context, at time.Time) bool {
	const fine = 3 * time.Millisecond
	if !pause(ctx, time.Until(at)-fine) {
		return false
	}
	for rest := time.Until(at); rest > 0; rest = time.Until(at) {
		ts := syscall.NsecToTimespec(rest.Nanoseconds())
		_ = syscall.Nanosleep(&ts, nil) // interrupted by a signal: sleep the rest
	}
	return true
}
