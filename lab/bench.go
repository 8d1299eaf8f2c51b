package lab

import (
	"context"
	"encoding/json"
	"time"
)

// BenchConfig says what to measure.
type BenchConfig struct {
	LoadConfig
	// Steps says that the phases are the steps of a step load: the saturation knee is looked for.
	Steps bool
	// Verify checks a finality receipt offline; nil: no receipts are fetched.
	Verify func(receipt json.RawMessage) error
	// Version and Command name the program and its command line in the report.
	Version string
	Command []string
}

// Bench funds accounts, puts the load on the network and reports what became of every transaction. Cancelling ctx ends
// the load early; what was measured until then is reported all the same, marked as interrupted.
func Bench(ctx context.Context, cfg BenchConfig) (Report, error) {
	if cfg.Steps && cfg.Saturation == nil {
		s := DefaultSaturation()
		cfg.Saturation = &s
	}
	l, err := PrepareLoad(ctx, cfg.LoadConfig)
	if err != nil {
		return Report{}, err
	}
	defer l.Close()
	conditions := l.conditions(cfg.Version)
	conditions.Command = cfg.Command
	conditions.Started = time.Now().UTC()
	conditions.Interrupted = l.Run(ctx) != nil
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return l.tally.report(conditions, nodeViews(after, l.client, time.Since(l.start))), nil
}
