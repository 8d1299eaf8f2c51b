package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestSlackMonitor: of all threads of a node one is to wake late, that of the runtime's monitor, and those few that the monitor itself
// has made since, when a busy machine left it nobody to give a turn to (docs/adr/0021-slack-monitor.md).
func TestSlackMonitor(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a network")
	}
	process, net := build(t, "release").localnet(t, "--home", filepath.Join(t.TempDir(), "net"), "--validators", "1")
	defer process.stop(syscall.SIGTERM)
	threads, err := filepath.Glob("/proc/" + strconv.Itoa(net.Nodes[0].PID) + "/task/*")
	if err != nil || len(threads) == 0 {
		t.Skip("there are no threads to be seen here")
	}
	slack := map[string]int{}
	for _, thread := range threads {
		text, err := os.ReadFile(filepath.Join("/proc", filepath.Base(thread), "timerslack_ns"))
		if err != nil {
			t.Skip("only root may see the timer slack of another process: ", err)
		}
		slack[strings.TrimSpace(string(text))]++
	}
	const mostSlack = 3
	slackened := slack[strconv.Itoa(monitorSlack)]
	if slackened < 1 || slackened > mostSlack || slackened+slack[strconv.Itoa(usualSlack)] != len(threads) {
		t.Errorf("threads by timer slack in ns: %v, want 1 to %d of %d and the others of %d", slack, mostSlack, monitorSlack, usualSlack)
	}
}
