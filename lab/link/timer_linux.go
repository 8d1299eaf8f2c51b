package link

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// kernelTimer is a timer of the kernel that Go waits for as for a socket: it counts nanoseconds, and no thread is
// blocked. Not a timer of Go, since the poll in which an idle process waits for those counts milliseconds.
type kernelTimer struct {
	fd   int
	file *os.File // of fd, and its owner
}

func newKernelTimer() (kernelTimer, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return kernelTimer{}, fmt.Errorf("timerfd_create: %w", err)
	}
	return kernelTimer{fd: fd, file: os.NewFile(uintptr(fd), "timerfd")}, nil
}

// set lets wait return once in d, at once if d is not positive, instead of when it was set to before.
func (t kernelTimer) set(d time.Duration) {
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(max(1, d.Nanoseconds()))} // 0 would stop the timer
	_ = unix.TimerfdSettime(t.fd, 0, &spec, nil)                                 // it fails for a bad fd or value only
}

// wait waits for the timer; false if it was closed.
func (t kernelTimer) wait() bool {
	var expirations [8]byte
	_, err := t.file.Read(expirations[:])
	return err == nil
}

func (t kernelTimer) close() { t.file.Close() }
