package lab

import (
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

const (
	fsyncs     = 100 // enough for a p99
	fsyncBytes = 200 // the order of a record of consensus' write-ahead log
)

// probe looks at the machine and at the disk that dir is on.
func probe(dir string) Probes {
	return Probes{Fsync: probeFsync(dir), CPU: cpuModel(), Cores: runtime.NumCPU(), OS: runtime.GOOS + "/" + runtime.GOARCH}
}

// probeFsync writes to a file of dir and has each write on disk before the next; nil if that cannot be done there.
func probeFsync(dir string) *FsyncProbe {
	f, err := os.CreateTemp(dir, ".blink-fsync-*")
	if err != nil {
		return nil
	}
	defer os.Remove(f.Name())
	defer f.Close()
	record := make([]byte, fsyncBytes)
	took := make([]time.Duration, fsyncs)
	for i := range took {
		begun := time.Now()
		if _, err := f.Write(record); err != nil {
			return nil
		}
		if err := f.Sync(); err != nil {
			return nil
		}
		took[i] = time.Since(begun)
	}
	slices.Sort(took)
	at := func(q float64) float64 {
		return micros(took[int(math.Ceil(q*fsyncs))-1]) / 1000
	}
	return &FsyncProbe{N: fsyncs, P50: at(0.5), P99: at(0.99)}
}

// cpuModel is the processor's name as Linux tells it; elsewhere the architecture.
func cpuModel() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err == nil {
		for line := range strings.Lines(string(text)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				return strings.TrimSpace(value)
			}
		}
	}
	return runtime.GOARCH
}
