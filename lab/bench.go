package lab

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"blink/tx"
)

// BenchConfig says what to measure.
type BenchConfig struct {
	LoadConfig
	// Verify checks a finality receipt offline and says what it proves; nil: no receipts are fetched. An error that is
	// ErrUndecided says that the verifier cannot tell, any other that the receipt is false.
	Verify func(receipt json.RawMessage) (Proof, error)
	// Profile is the folder, which must be there, that profiles of all nodes are written to, taken while the measured load
	// runs; "": none are.
	Profile string
	// Version and Command name the program and its command line in the report.
	Version string
	Command []string
}

// Proof is what a verified receipt proves.
type Proof struct {
	ID     tx.ID
	Height int64
	Code   string // "" if the receipt has no result yet
}

// ErrUndecided marks the error of a verifier that knows too little to tell true from false.
var ErrUndecided = errors.New("cannot be decided")

// afterLoad bounds what is read from the nodes when the load is over.
const afterLoad = 30 * time.Second

// Bench funds accounts, puts the load on the network and reports what became of every transaction. Cancelling ctx ends
// the load early; what was measured until then is reported all the same, marked as interrupted.
func Bench(ctx context.Context, cfg BenchConfig) (Report, error) {
	var profiler *profiler
	if cfg.Profile != "" {
		var err error
		if profiler, err = newProfiler(ctx, cfg.Profile, cfg.LoadConfig); err != nil {
			return Report{}, err
		}
		defer profiler.client.Close()
	}
	probes := probe(".")
	l, err := PrepareLoad(ctx, cfg.LoadConfig)
	if err != nil {
		return Report{}, err
	}
	defer l.Close()
	probes.Sign, probes.Verify = micros(l.limits.sign), micros(l.limits.verify)
	conditions := l.conditions(cfg.Version)
	conditions.Command, conditions.Started = cfg.Command, time.Now().UTC()
	watch := WatchBlocks(context.WithoutCancel(ctx), cfg.Nodes, l.Start)
	profiles := func() *Profiles { return nil }
	if profiler != nil {
		profiles = profiler.begin(ctx, l.Begin(), lengthOf(l.cfg.Plan))
	}
	conditions.Interrupted = l.Run(ctx) != nil
	watch.Settle(time.Second)
	watch.Stop()
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterLoad)
	defer cancel()
	r := l.Report(after, conditions, watch.Blocks())
	r.Probes, r.Profiles = probes, profiles()
	r.Receipts = l.verifyReceipts(after, cfg.Verify)
	r.Warnings = l.warnings(r)
	return r, nil
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }
