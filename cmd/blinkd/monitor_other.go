//go:build !linux

package main

// slackenMonitor is for Linux.
func slackenMonitor() {}
