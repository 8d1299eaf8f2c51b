package lab

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// threadClock measures CPU time of the calling goroutine until the returned function is called: what other processes do
// meanwhile does not count. getrusage(2) would tell it in ticks of the kernel, some milliseconds each.
func threadClock() (stop func() time.Duration) {
	runtime.LockOSThread()
	now := func() time.Duration {
		var t unix.Timespec
		_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t)
		return time.Duration(t.Nano())
	}
	begun := now()
	return func() time.Duration {
		defer runtime.UnlockOSThread()
		return now() - begun
	}
}
