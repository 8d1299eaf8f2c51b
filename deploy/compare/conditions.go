package main

import (
	"bufio"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// conditions are those of the whole comparison; each result has its own load of the machine.
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

// machine is what else the machine had to do.
type machine struct {
	LoadBefore    string `json:"load_average_before"` // 1, 5 and 15 minutes; the server before is in it
	OthersPercent int    `json:"others_percent"`      // of all cores, from the start of the servers to their end, used by neither them nor this program
}

// watchMachine begins to watch; the function that it returns ends it, when every process of the servers has ended.
func watchMachine() func() machine {
	m := machine{LoadBefore: strings.Join(strings.Fields(contentOf("/proc/loadavg") + " - - -")[:3], " ")}
	busy, all := cpuTime()
	own := ownTime()
	return func() machine {
		busyThen, allThen := cpuTime()
		const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux that Go runs on
		others := time.Duration(busyThen-busy)*tick - (ownTime() - own)
		if allThen > all {
			m.OthersPercent = max(0, int(100*others/(time.Duration(allThen-all)*tick)))
		}
		return m
	}
}

// ownTime is the CPU time of this program and of all its descendants that have ended (getrusage(2)).
func ownTime() time.Duration {
	var sum time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return sum
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
