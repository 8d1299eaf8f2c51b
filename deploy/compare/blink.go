package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const blinkClients = 256 // of the closed loop

// measureBlink runs blink's own benchmark on four validators: the same send times from the same seed, signed transfers, and
// the answer is that of ?wait=final.
func measureBlink(ctx context.Context, s settings) (result, error) {
	open, err := blinkBench(ctx, s, "open", s.duration, "--rate", fmt.Sprint(s.rate), "--warmup", s.warmup.String(),
		"--timeout", s.timeout.String(), "--seed", fmt.Sprint(s.seed))
	if err != nil {
		return result{}, err
	}
	of := func(ms *float64, note string) *quantile {
		if ms == nil {
			return nil
		}
		return &quantile{MS: *ms, AtLeast: note != ""}
	}
	r := result{Latency: latencies{
		N: open.Sent, Failed: open.Sent - open.Final, Lateness: of(open.SendDelay.P99, ""),
		P50: of(open.TTF.P50, open.TTF.Notes["p50"]), P90: of(open.TTF.P90, open.TTF.Notes["p90"]),
		P99: of(open.TTF.P99, open.TTF.Notes["p99"]), Max: of(open.TTF.Max, open.TTF.Notes["max"]),
	}}
	if s.throughput > 0 {
		closed, err := blinkBench(ctx, s, "closed", s.throughput, "--closed", fmt.Sprint(blinkClients))
		if err != nil {
			return r, err
		}
		r.Throughput = &throughput{PerSecond: closed.FinalPerS, Failed: int64(closed.Sent - closed.Final),
			How: fmt.Sprint("closed loop, ", blinkClients, " clients, signed transfers")}
	}
	return r, nil
}

// blinkLatencies and blinkReport are what is used here of lab.Report.
type blinkLatencies struct {
	P50, P90, P99, Max *float64
	Notes              map[string]string
}

type blinkReport struct {
	Sent      int
	Final     int
	FinalPerS float64        `json:"final_per_s"`
	TTF       blinkLatencies `json:"ttf_ms"`
	SendDelay blinkLatencies `json:"send_delay_ms"`
}

// blinkBench runs one benchmark on a fresh network.
func blinkBench(ctx context.Context, s settings, name string, length time.Duration, flags ...string) (blinkReport, error) {
	var report blinkReport
	ctx, cancel := context.WithTimeout(ctx, length+2*time.Minute)
	defer cancel()
	out := filepath.Join(s.dir, name)
	bench := fmt.Sprintf("%q bench --duration %v --out %q", s.blinkd, length, out)
	for _, f := range flags {
		bench += " " + f
	}
	cmd := exec.CommandContext(ctx, s.blinkd, "localnet", "--home", filepath.Join(s.dir, name+"-home"), "--exec", bench)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	if text, err := cmd.CombinedOutput(); err != nil {
		return report, fmt.Errorf("blinkd localnet: %w: %s", err, text)
	}
	file, err := os.ReadFile(filepath.Join(out, "report.json"))
	if err != nil {
		return report, err
	}
	return report, json.Unmarshal(file, &report)
}
