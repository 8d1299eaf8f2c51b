//go:build !linux

package lab

import "time"

// threadClock measures the time until the returned function is called: the CPU time of a thread is not to be had here.
func threadClock() (stop func() time.Duration) {
	begun := time.Now()
	return func() time.Duration { return time.Since(begun) }
}
