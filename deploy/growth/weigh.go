package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// weigh keeps what the nodes of a network take, of each measure that of the node which takes most.
func (r *Row) weigh(n *network) error {
	for _, p := range n.nodes {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
		if err != nil || !p.running() {
			return fmt.Errorf("the node of %s has ended:\n%s", p.home, lastLines(p.home))
		}
		// proc_pid_status(5)
		r.MemoryMB, r.PeakMB = max(r.MemoryMB, megabytes(status, "VmRSS")), max(r.PeakMB, megabytes(status, "VmHWM"))
		r.DiskMB = max(r.DiskMB, diskUse(filepath.Join(p.home, "data")))
	}
	return nil
}

// megabytes reads a line such as "VmRSS:	  1234 kB" of /proc/PID/status; 0 if it is not there.
func megabytes(status []byte, name string) float64 {
	for line := range strings.Lines(string(status)) {
		if field := strings.Fields(line); len(field) == 3 && field[0] == name+":" {
			kib, _ := strconv.ParseFloat(field[1], 64)
			return kib * 1024 / 1e6
		}
	}
	return 0
}

// diskUse adds up the files of a folder. One that its owner deletes meanwhile counts as nothing.
func diskUse(dir string) float64 {
	var sum int64
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			sum += info.Size()
		}
		return nil
	})
	return float64(sum) / 1e6
}
