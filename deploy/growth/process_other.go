//go:build !linux

package main

import "syscall"

// childAttributes is never used: run refuses to.
func childAttributes() *syscall.SysProcAttr { return nil }
