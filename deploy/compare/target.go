package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

const valueSize = 250 // bytes of a transaction of kvstore, or of a value of etcd

// settings are those of a run; dir and the target's binaries are its own.
type settings struct {
	rate                                  float64 // per second
	warmup, duration, throughput, timeout time.Duration
	seed                                  uint64
	gossip                                time.Duration // peer_gossip_sleep_duration of tuned CometBFT
	cometbft, etcd, blinkd, tuning, dir   string
}

// server is a running network that commits values durably.
type server interface {
	// commit hands over a new value and returns when the server says that it is committed.
	commit(ctx context.Context) error
	// throughput commits values as fast as the server takes them.
	throughput(ctx context.Context, length time.Duration) (throughput, error)
	stop()
}

// target is one row of the comparison.
type target struct {
	name, about string
	binary      func(settings) string
	measure     func(context.Context, settings) (result, error)
}

// targets in the order in which they are measured.
var targets = []target{
	{"blink", "four validators, profile lan, blinkd bench", settings.blinkdPath, measureBlink},
	{"cometbft-4", "stock kvstore, four validators, default settings, broadcast_tx_commit", settings.cometPath, measuring(startStock)},
	{"cometbft-4-tuned", "the same with tuned.toml", settings.cometPath, measuring(startTuned)},
	{"cometbft-1-tuned", "one validator alone with tuned.toml: tolerates no fault", settings.cometPath, measuring(startAlone)},
	{"etcd-3", "three nodes, default settings, put: tolerates a crash and no lie", settings.etcdPath, measuring(startEtcd)},
}

func (s settings) blinkdPath() string { return s.blinkd }
func (s settings) cometPath() string  { return s.cometbft }
func (s settings) etcdPath() string   { return s.etcd }

// result is what a target gave.
type result struct {
	Server     string      `json:"server"`
	About      string      `json:"about"`
	Machine    machine     `json:"machine"`
	Latency    latencies   `json:"latency"`
	Throughput *throughput `json:"throughput,omitempty"`
	Error      string      `json:"error,omitempty"`
}

// throughput is how many values became committed per second.
type throughput struct {
	PerSecond float64            `json:"per_second"`
	How       string             `json:"how"`
	Failed    int64              `json:"failed"`
	Tried     map[string]float64 `json:"tried,omitempty"` // per second, by the number of uncommitted transactions allowed
}

// report is what -out gets.
type report struct {
	Conditions conditions `json:"conditions"`
	Command    []string   `json:"argv"`
	Rate       float64    `json:"rate"`
	Warmup     string     `json:"warmup"`
	Duration   string     `json:"duration"`
	Seed       uint64     `json:"seed"`
	Gossip     string     `json:"tuned_peer_gossip_sleep_duration"`
	Results    []result   `json:"results"`
}

// measuring starts a server, measures it and stops it.
func measuring(start func(context.Context, settings) (server, error)) func(context.Context, settings) (result, error) {
	return func(ctx context.Context, s settings) (result, error) {
		var r result
		running, err := start(ctx, s)
		if err != nil {
			return r, err
		}
		defer running.stop()
		r.Latency = openLoop(ctx, sendTimes(s.rate, s.warmup+s.duration, s.seed), s.warmup, s.timeout, running.commit)
		if s.throughput > 0 {
			t, err := running.throughput(ctx, s.throughput)
			if err != nil {
				return r, fmt.Errorf("throughput: %w", err)
			}
			r.Throughput = &t
		}
		return r, nil
	}
}

// measureOne measures a target in a folder of its own. That it could not be measured is a result, too.
func (t target) measureOne(ctx context.Context, s settings) result {
	defer os.RemoveAll(s.dir)
	watched := watchMachine()
	var r result
	err := os.MkdirAll(s.dir, 0o755)
	switch {
	case err != nil:
	case t.binary(s) == "":
		err = fmt.Errorf("skipped, it is not installed")
	default:
		r, err = t.measure(ctx, s)
	}
	r.Server, r.About, r.Machine = t.name, t.about, watched()
	if err != nil {
		r.Error = err.Error()
	}
	return r
}
