//go:build !unix

package lab

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// childAttributes: this system has no process groups to speak of.
func childAttributes() *syscall.SysProcAttr { return nil }

// signalTerminate kills: this system has no signal that asks.
func signalTerminate(pid int) { signalKill(pid) }

func signalKill(pid int) {
	if p, err := os.FindProcess(pid); err == nil {
		_ = p.Kill()
	}
}

// errNoPause: this system has no signals to pause a process with.
var errNoPause = errors.New("a node can be paused on Unix only")

func signalPause(int) error { return errNoPause }

func signalResume(int) error { return errNoPause }

// lockHome does not lock on this system.
func lockHome(dir string) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir, "localnet.lock"), os.O_CREATE|os.O_RDWR, 0o644)
}
