//go:build unix && !linux

package lab

import "syscall"

// childAttributes puts a child into its own process group. Only Linux can tie its life to this process.
func childAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
