package lab

import (
	"runtime"
	"syscall"
	"time"
)

// threadClock measures CPU time of the calling goroutine until the returned function is called: what other processes do
// meanwhile does not count.
func threadClock() (stop func() time.Duration) {
	const rusageThread = 1 // RUSAGE_THREAD, getrusage(2)
	runtime.LockOSThread()
	now := func() time.Duration {
		var u syscall.Rusage
		_ = syscall.Getrusage(rusageThread, &u)
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	begun := now()
	return func() time.Duration {
		defer runtime.UnlockOSThread()
		return max(now()-begun, time.Nanosecond)
	}
}
