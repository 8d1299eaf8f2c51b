//go:build !linux

package lab

import (
	"fmt"
	"runtime"
)

// mountDisk refuses: there is no memory file system with a bound to be had by a system call.
func mountDisk(string, int64) error {
	return fmt.Errorf("a disk of a given size needs Linux, and this is %s", runtime.GOOS)
}

func unmountDisk(string) error { return nil }

func unmountStale(string) error { return nil }
