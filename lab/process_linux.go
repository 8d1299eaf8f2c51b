package lab

import "syscall"

// childAttributes puts a child into its own process group and has the kernel kill it should this process die without
// having stopped it. A node survives a kill at any moment; an orphan that holds a port and a chain is worse.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
