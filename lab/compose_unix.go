//go:build unix

package lab

import (
	"os/exec"
	"syscall"
)

// apart puts a command into its own process group, so that a Ctrl-C at the terminal does not end it half-way. When its
// context ends, it is asked to stop, with whatever it has started.
func apart(cmd *exec.Cmd) *exec.Cmd {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	return cmd
}
