// Compare measures what blink is compared with: the time from the intended sending of a value until a server says that it is
// committed, and how many values it commits per second. README.md says how to read it.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	runtime.LockOSThread() // it sleeps precisely, and it outlives the processes that it starts
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func run() error {
	var s settings
	var only, out string
	var rounds int
	names := make([]string, len(targets))
	for i, t := range targets {
		names[i] = t.name
	}
	flag.StringVar(&only, "only", strings.Join(names, ","), "servers to measure, separated by commas")
	flag.Float64Var(&s.rate, "rate", 10, "values per second")
	flag.DurationVar(&s.warmup, "warmup", 5*time.Second, "load before what is measured")
	flag.DurationVar(&s.duration, "duration", 20*time.Second, "how long latency is measured")
	flag.DurationVar(&s.throughput, "throughput", 20*time.Second, "how long throughput is measured; 0: not at all")
	flag.DurationVar(&s.timeout, "timeout", 10*time.Second, "a value without an answer after it has failed")
	flag.Uint64Var(&s.seed, "seed", 1, "what the send times follow from")
	flag.DurationVar(&s.gossip, "gossip", time.Millisecond, "peer_gossip_sleep_duration of tuned CometBFT")
	flag.IntVar(&rounds, "rounds", 1, "how often each server is measured, in turn")
	flag.StringVar(&out, "out", "", "JSON `file` to write")
	flag.StringVar(&s.blinkd, "blinkd", "", "binary; without it blink is skipped")
	flag.StringVar(&s.cometbft, "cometbft", "", "binary; without it CometBFT is skipped")
	flag.StringVar(&s.etcd, "etcd", "", "binary; without it etcd is skipped")
	flag.StringVar(&s.tuning, "tuning", "", "settings of tuned CometBFT")
	flag.Parse()
	chosen := strings.Split(only, ",")
	for _, name := range chosen {
		if !slices.Contains(names, name) {
			return fmt.Errorf("-only must be of %s, was %q", strings.Join(names, ","), name)
		}
	}
	if s.rate <= 0 || s.duration <= 0 || rounds < 1 || flag.NArg() > 0 {
		return fmt.Errorf("-rate, -duration and -rounds must be above 0, without further arguments")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	dir, err := os.MkdirTemp("", "compare-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	s.dir = dir
	r := report{Conditions: conditionsOf(s), Command: os.Args, Rate: s.rate, Warmup: s.warmup.String(), Duration: s.duration.String(),
		Seed: s.seed, Gossip: s.gossip.String()}
	for round := range rounds {
		for _, t := range targets {
			if !slices.Contains(chosen, t.name) {
				continue
			}
			s.dir = filepath.Join(dir, fmt.Sprint(t.name, "-", round))
			fmt.Fprintf(os.Stderr, "%s ...\n", t.name)
			r.Results = append(r.Results, t.measureOne(ctx, s))
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	writeTable(os.Stdout, r)
	if out == "" {
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(out, append(text, '\n'), 0o644)
}
