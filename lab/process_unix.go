//go:build unix

package lab

import "syscall"

// signalTerminate asks a process group to stop. A paused one is continued, or it would not hear.
func signalTerminate(pid int) {
	_ = syscall.Kill(-pid, syscall.SIGTERM)
	_ = syscall.Kill(-pid, syscall.SIGCONT)
}

func signalKill(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }

func signalPause(pid int) error { return syscall.Kill(-pid, syscall.SIGSTOP) }

func signalResume(pid int) error { return syscall.Kill(-pid, syscall.SIGCONT) }
