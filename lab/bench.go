package lab

import (
	"context"
	"errors"
	"fmt"
	"time"

	"blink/api/client"
	"blink/crypto"
)

// BenchConfig says what load to put on a running network. The zero value of a field means its default.
type BenchConfig struct {
	Nodes    []string      // base URLs of the nodes; the load goes to them in turn
	Rate     float64       // transactions per second, on average. Default 10
	Duration time.Duration // of the measured load. Default 60 s
	Warmup   time.Duration // load before the measured part, not counted. Default 5 s; negative = none
	Timeout  time.Duration // from the intended send time until a transaction counts as unknown. Default 30 s
	Arrivals Arrivals      // default Poisson
	Seed     uint64        // of the arrivals
	Accounts int           // senders. Default: enough that none has two transactions in flight, normally
	// Funder pays for the accounts; nil = the nodes' faucets do.
	Funder *crypto.PrivateKey
	// Version names the program in the report.
	Version string
	// Progress is called a few times per second; nil is allowed.
	Progress func(Progress)
}

// Bounds of a benchmark.
const (
	MaxBenchRate    = 100_000 // transactions per second: beyond what one client process can do
	MaxBenchSenders = 20_000  // accounts
	MinBenchTimeout = 2 * time.Second
	MaxBenchTimeout = 30 * time.Minute // valid_until may lie at most an hour ahead
)

// withDefaults fills in what was left out and refuses what cannot be meant.
func (cfg BenchConfig) withDefaults() (BenchConfig, error) {
	if cfg.Rate == 0 {
		cfg.Rate = 10
	}
	if cfg.Duration == 0 {
		cfg.Duration = time.Minute
	}
	if cfg.Warmup == 0 {
		cfg.Warmup = 5 * time.Second
	}
	cfg.Warmup = max(cfg.Warmup, 0)
	if cfg.Timeout == 0 {
		cfg.Timeout = 30 * time.Second
	}
	if cfg.Arrivals == "" {
		cfg.Arrivals = Poisson
	}
	if cfg.Accounts == 0 {
		cfg.Accounts = min(max(32, int(3*cfg.Rate)), 5000)
	}
	if cfg.Progress == nil {
		cfg.Progress = func(Progress) {}
	}
	return cfg, cfg.validate()
}

func (cfg BenchConfig) validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !(cfg.Rate > 0 && cfg.Rate <= MaxBenchRate) {
		bad("rate must be above 0 and at most %d per second, was %v", MaxBenchRate, cfg.Rate)
	}
	if cfg.Duration <= 0 {
		bad("duration must be positive, was %v", cfg.Duration)
	}
	if cfg.Timeout < MinBenchTimeout || cfg.Timeout > MaxBenchTimeout {
		bad("timeout must be from %v to %v, was %v", MinBenchTimeout, MaxBenchTimeout, cfg.Timeout)
	}
	if _, err := ParseArrivals(string(cfg.Arrivals)); err != nil {
		errs = append(errs, err)
	}
	if cfg.Accounts < 1 || cfg.Accounts > MaxBenchSenders {
		bad("accounts must be from 1 to %d, was %d", MaxBenchSenders, cfg.Accounts)
	}
	return errors.Join(errs...)
}

// Bench funds accounts, puts the load on the network and reports what became of every transaction. Cancelling ctx ends
// the load early; what was measured until then is reported all the same, marked as interrupted.
func Bench(ctx context.Context, cfg BenchConfig) (Report, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return Report{}, err
	}
	c, err := client.New(cfg.Nodes, client.Options{Timeout: attemptTimeout, UserAgent: "blinkd-bench"})
	if err != nil {
		return Report{}, err
	}
	defer c.Close()
	conditions, err := observe(ctx, c, cfg)
	if err != nil {
		return Report{}, err
	}
	chain, err := readChain(ctx, c)
	if err != nil {
		return Report{}, err
	}
	cfg.Progress(Progress{Phase: PhaseFund})
	senders, err := fundSenders(ctx, c, chain, cfg)
	if err != nil {
		return Report{}, fmt.Errorf("fund the accounts of the benchmark: %w", err)
	}
	l := newLoad(c, chain, cfg, senders)
	conditions.Started = time.Now().UTC()
	l.run(ctx)
	conditions.Interrupted = ctx.Err() != nil
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return l.tally.report(conditions, nodeViews(after, c, time.Since(l.start))), nil
}
