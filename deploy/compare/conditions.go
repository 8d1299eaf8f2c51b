package main

import (
	"bufio"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// conditions are those of the whole comparison; each result has the load of the machine just before it.
type conditions struct {
	Started  time.Time         `json:"started"`
	CPU      string            `json:"cpu"`
	Cores    int               `json:"cores"`
	Kernel   string            `json:"kernel"`
	Go       string            `json:"go"`
	FsyncMS  float64           `json:"fsync_ms"` // median of 50 appends of 200 bytes, where the servers' data is
	Versions map[string]string `json:"versions"`
}

func conditionsOf(s settings) conditions {
	c := conditions{Started: time.Now().UTC().Truncate(time.Second), Cores: runtime.NumCPU(), Go: runtime.Version(),
		FsyncMS: fsyncTime(s.dir), Versions: map[string]string{}}
	if s.cometbft != "" {
		c.Versions["cometbft"] = cometVersion(s.cometbft)
	}
	if s.etcd != "" {
		c.Versions["etcd"] = etcdVersion(s.etcd)
	}
	c.Kernel = strings.TrimSpace(contentOf("/proc/sys/kernel/osrelease"))
	for line := range strings.Lines(contentOf("/proc/cpuinfo")) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			c.CPU = strings.TrimSpace(value)
		}
	}
	return c
}

// fsyncTime is 0 if it cannot be measured. A few microseconds mean that the folder is not on a disk.
func fsyncTime(dir string) float64 {
	file, err := os.Create(filepath.Join(dir, "fsync"))
	if err != nil {
		return 0
	}
	defer os.Remove(file.Name())
	defer file.Close()
	var took []time.Duration
	for range 50 {
		begin := time.Now()
		if _, err := file.Write(make([]byte, 200)); err != nil || file.Sync() != nil {
			return 0
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	return milliseconds(took[len(took)/2])
}

// load is what else the machine did before a server was started.
type load struct {
	Average     string `json:"load_average"` // 1, 5 and 15 minutes, the server before included
	BusyPercent int    `json:"busy_percent"` // of all cores, in the two seconds before
}

func loadNow() load {
	busy, all := cpuTime()
	time.Sleep(2 * time.Second)
	busyThen, allThen := cpuTime()
	l := load{Average: strings.Join(strings.Fields(contentOf("/proc/loadavg"))[:3], " ")}
	if allThen > all {
		l.BusyPercent = int(100 * (busyThen - busy) / (allThen - all))
	}
	return l
}

// cpuTime reads the first line of /proc/stat, in ticks: idle and waiting for the disk are not busy (proc(5)).
func cpuTime() (busy, all int64) {
	scanner := bufio.NewScanner(strings.NewReader(contentOf("/proc/stat")))
	scanner.Scan()
	for i, field := range strings.Fields(scanner.Text()) {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil || i > 8 {
			continue // the word "cpu", and guests, which count as user already
		}
		all += n
		if i != 4 && i != 5 {
			busy += n
		}
	}
	return busy, all
}

func contentOf(path string) string {
	b, _ := os.ReadFile(path) // a condition that is not known is empty
	return string(b)
}
