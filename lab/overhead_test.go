//go:build unix

package lab

import (
	"os"
	"runtime/pprof"
	"testing"
	"time"
)

// The client must not be what is measured.
func TestClientOverhead(t *testing.T) {
	if testing.Short() {
		t.Skip("runs for seconds")
	}
	url := startLedger(t, 30*time.Millisecond)
	l, err := PrepareLoad(t.Context(), LoadConfig{Nodes: []string{url}, Plan: []Phase{{1000, 10 * time.Second}}, Accounts: 500})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if p := os.Getenv("PROF"); p != "" {
		f, _ := os.Create(p)
		pprof.StartCPUProfile(f)
		defer pprof.StopCPUProfile()
	}
	if err := l.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := l.Report(t.Context(), l.conditions(""), nil)
	t.Logf("n = %d: %.1f us of CPU time per transaction, %.1f %% of a core; %d signed ahead, %d during; send delay p50 %s p99 %s; TTF p50 %s",
		r.Sent, r.Client.CPUPerTx, 100*r.Client.CPUShare, r.Client.SignedAhead, r.Client.SignedDuring, formatMS(r.SendDelay.P50), formatMS(r.SendDelay.P99), formatMS(r.TTF.P50))
	t.Logf("%+v %+v", l.limits, r.Knee)
}
