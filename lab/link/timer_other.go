//go:build !linux

package link

import "time"

// kernelTimer is a timer of Go where no finer one is to be had: late by up to a millisecond, never early.
type kernelTimer struct {
	timer  *time.Timer
	closed chan struct{}
}

func newKernelTimer() (kernelTimer, error) {
	return kernelTimer{timer: time.NewTimer(time.Hour), closed: make(chan struct{})}, nil
}

// set lets wait return once in d, instead of when it was set to before.
func (t kernelTimer) set(d time.Duration) { t.timer.Reset(d) }

// wait waits for the timer; false if it was closed.
func (t kernelTimer) wait() bool {
	select {
	case <-t.timer.C:
		return true
	case <-t.closed:
		return false
	}
}

func (t kernelTimer) close() {
	t.timer.Stop()
	close(t.closed)
}
