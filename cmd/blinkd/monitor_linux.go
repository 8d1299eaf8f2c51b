package main

import (
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Timer slack is by how many ns the kernel may wake a thread later than it asked for (prctl(2), PR_SET_TIMERSLACK).
const (
	usualSlack   = 50_000 // Linux's default
	monitorSlack = 5_000_000
)

// The monitor is slackened before main: only while packages are initialised does the main goroutine stay on one thread.
var _ = slackenMonitor()

// slackenMonitor has the monitor of Go's runtime (sysmon in runtime/proc.go) look every 5 ms, instead of every 70 us, while
// the process works. It takes away the turn of a goroutine that is in a system call, which is meant for calls that last; a
// sync of the disk takes 0.2 ms (docs/adr/0021-slack-monitor.md).
//
// No call reaches that thread alone. So the slack of all threads is set, and then all others set theirs back: the monitor is
// the only one that runs no goroutines. Call it before any goroutine sits in a system call. Where it cannot be (with cgo),
// everything is as usual; a thread that stays slack wakes late from sleeps, nothing else.
func slackenMonitor() struct{} {
	if _, _, errno := syscall.AllThreadsSyscall(syscall.SYS_PRCTL, unix.PR_SET_TIMERSLACK, monitorSlack, 0); errno != 0 {
		return struct{}{}
	}
	setUsualSlack()
	runtime.LockOSThread() // makes the thread that new ones are made from, with the slack of this one: see above
	defer runtime.UnlockOSThread()
	for range 3 { // on a busy machine a thread that is being made, or on its way to rest, is met only the next time
		setOthersBack()
		time.Sleep(time.Millisecond)
	}
	return struct{}{}
}

// setOthersBack sets the slack of all threads that run goroutines, by as many goroutines at once as there are threads.
func setOthersBack() {
	threads, _ := os.ReadDir("/proc/self/task")
	var all sync.WaitGroup
	all.Add(len(threads))
	for range threads {
		go func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			setUsualSlack()
			all.Done()
			all.Wait() // keeps the thread, so that the next goroutine runs on another
		}()
	}
	all.Wait()
}

func setUsualSlack() {
	syscall.RawSyscall(syscall.SYS_PRCTL, unix.PR_SET_TIMERSLACK, usualSlack, 0)
}
