package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// settings are those of a run, one per flag.
type settings struct {
	blinkd     string   // binary
	series     []string // in this order
	validators int      // of every network whose validators are not what grows

	heights, accounts, transactions, sizes numbers // where each series is measured

	rate             float64 // of what time to finality is measured at, per second
	duration, warmup time.Duration
	burst            float64 // of the series accounts, per second
	burstFor         time.Duration
	loadRate         float64 // of the series history, between its stops
	control          bool
	seed             uint64        // of send times and made-up accounts
	limit            time.Duration // of one series
	json             string        // file; empty: none
	quick            bool
}

// Bounds of a run.
const (
	maxValidators = 100 // what a test network's parameters admit
	maxNumber     = 100_000_000
)

// quickDefaults are those of --quick: everything once, tiny, to see that it works.
var quickDefaults = map[string]string{
	"heights": "30,80", "accounts": "100,2000", "transactions": "0,500", "sizes": "1,4",
	"duration": "1500ms", "warmup": "500ms", "burst": "100", "burst-for": "1s", "load-rate": "200", "control": "false",
}

func parseSettings(args []string, help io.Writer) (settings, error) {
	s := settings{heights: numbers{500, 5000, 20_000, 50_000}, accounts: numbers{1000, 100_000, 1_000_000},
		transactions: numbers{0, 100_000, 300_000, 1_000_000}, sizes: numbers{4, 7, 10, 16}}
	names := strings.Join(seriesNames, ",")
	f := flag.NewFlagSet("growth", flag.ContinueOnError)
	f.SetOutput(help)
	series := f.String("series", names, "`NAMES` of what grows, separated by commas")
	f.StringVar(&s.blinkd, "blinkd", "bin/blinkd", "`FILE` of the program that is measured")
	f.IntVar(&s.validators, "validators", 4, "`NUMBER` of validators in the series height, accounts and history; 1 is faster")
	f.Var(&s.heights, "heights", "`HEIGHTS` to measure at")
	f.Var(&s.accounts, "accounts", "`NUMBERS` of accounts in the genesis")
	f.Var(&s.transactions, "transactions", "`NUMBERS` of transactions in the chain's history")
	f.Var(&s.sizes, "sizes", "`NUMBERS` of validators in the series validators")
	f.Float64Var(&s.rate, "rate", 10, "`NUMBER` of transactions per second when time to finality is measured")
	f.DurationVar(&s.duration, "duration", 15*time.Second, "`TIME` of each measurement")
	f.DurationVar(&s.warmup, "warmup", 5*time.Second, "`TIME` of load before each, not counted")
	f.Float64Var(&s.burst, "burst", 500, "`NUMBER` of transactions per second of the burst in the series accounts")
	f.DurationVar(&s.burstFor, "burst-for", 10*time.Second, "`TIME` of the burst")
	f.Float64Var(&s.loadRate, "load-rate", 800, "`NUMBER` of transactions per second that make the series history longer")
	f.BoolVar(&s.control, "control", true, "measure a fresh network right before each row, to tell growth from a slower machine")
	f.Uint64Var(&s.seed, "seed", 1, "`NUMBER` that send times and made-up accounts follow from")
	f.DurationVar(&s.limit, "limit", time.Hour, "`TIME` after which a series is given up")
	f.StringVar(&s.json, "json", "", "`FILE` that gets a line of JSON per row, after those it has")
	f.BoolVar(&s.quick, "quick", false, "tiny versions of all series, to see that they work; what other flags say counts")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	if s.series = strings.Split(*series, ","); s.quick {
		if err := s.shrink(f); err != nil {
			return s, err
		}
	}
	if f.NArg() > 0 {
		return s, fmt.Errorf("there must be flags only, was %q", f.Arg(0))
	}
	if err := s.validate(); err != nil {
		return s, err
	}
	var err error
	s.blinkd, err = filepath.Abs(s.blinkd) // it runs in another folder
	return s, err
}

// shrink gives every flag that was left out its value of --quick.
func (s *settings) shrink(f *flag.FlagSet) error {
	given := map[string]bool{}
	f.Visit(func(g *flag.Flag) { given[g.Name] = true })
	for name, value := range quickDefaults {
		if !given[name] {
			if err := f.Set(name, value); err != nil {
				return fmt.Errorf("--quick: --%s: %w", name, err)
			}
		}
	}
	return nil
}

func (s settings) validate() error {
	for _, name := range s.series {
		if !slices.Contains(seriesNames, name) {
			return fmt.Errorf("--series must be of %s, was %q", strings.Join(seriesNames, ","), name)
		}
	}
	for _, f := range []struct {
		name      string
		v         float64
		low, high float64
	}{
		{"validators", float64(s.validators), 1, maxValidators}, {"sizes", float64(s.sizes[0]), 1, maxNumber},
		{"sizes", float64(s.sizes[len(s.sizes)-1]), 1, maxValidators}, {"heights", float64(s.heights[0]), 1, maxNumber},
		{"accounts", float64(s.accounts[0]), 1, maxNumber},
		{"rate", s.rate, 0.1, 10_000}, {"burst", s.burst, 0.1, 10_000}, {"load-rate", s.loadRate, 0.1, 10_000},
	} {
		if !(f.v >= f.low && f.v <= f.high) { // NaN is neither
			return fmt.Errorf("--%s must be %.6g to %.9g, was %.9g", f.name, f.low, f.high, f.v)
		}
	}
	for _, f := range []struct {
		name string
		v    time.Duration
	}{{"duration", s.duration}, {"burst-for", s.burstFor}, {"limit", s.limit}} {
		if f.v < 100*time.Millisecond {
			return fmt.Errorf("--%s must be at least 100ms, was %v", f.name, f.v)
		}
	}
	if s.warmup < 0 {
		return fmt.Errorf("--warmup must not be negative, was %v", s.warmup)
	}
	if _, err := os.Stat(s.blinkd); err != nil {
		return fmt.Errorf("--blinkd must be the program, as make build makes it: %w", err)
	}
	return nil
}

// p99Needs is how many transactions blinkd bench wants to see before it gives a p99, and a few, since their number is drawn.
const p99Needs = 120

// loadAt is the load that time to finality is measured with.
func (s settings) loadAt(rate float64) load {
	length := s.duration
	if !s.quick {
		length = max(length, time.Duration(math.Ceil(p99Needs/rate))*time.Second)
	}
	return load{rate: rate, length: length, warmup: s.warmup}
}

// numbers is an ascending list on the command line.
type numbers []int

func (n *numbers) String() string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint([]int(*n)), " ", ","), "[]")
}

func (n *numbers) Set(text string) error {
	var list numbers
	for field := range strings.SplitSeq(text, ",") {
		v, err := strconv.Atoi(field)
		if err != nil || v < 0 || v > maxNumber || len(list) > 0 && v <= list[len(list)-1] {
			return fmt.Errorf("must be ascending numbers of at most %d, separated by commas, was %q", maxNumber, text)
		}
		list = append(list, v)
	}
	*n = list
	return nil
}
