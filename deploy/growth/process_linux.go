package main

import "syscall"

// childAttributes puts a child into its own process group, which Ctrl-C at the terminal does not reach, and has the kernel
// kill it should this program die.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
