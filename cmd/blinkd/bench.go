package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"blink/lab"

	"github.com/spf13/cobra"
)

// benchFlags is the command line of bench, as far as it is not a lab.BenchConfig already.
type benchFlags struct {
	rate           float64
	duration, soak time.Duration
	steps          string
	stepFor, knee  time.Duration
	arrivals, from string
	genesis        string
	out            string
	cfg            lab.BenchConfig
}

func newBenchCmd(env *environment) *cobra.Command {
	f := &benchFlags{}
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure time to finality under load",
		Long: `Measure time to finality (TTF) under load.

The load is open: transactions are sent at times that were drawn beforehand, however the network does, and TTF runs from
that intended time to the answer that the transaction is final. A network that stalls cannot hide it by slowing the load
down (coordinated omission). Every transaction is counted as final, rejected, expired or unknown, and percentiles are
taken over all that were accepted: those that never became final count as slower than any that did. A percentile that
the number of transactions cannot support is not printed.

The load goes to all --node in turn, and to the others when one is down, from accounts that the benchmark makes and that
the nodes' faucets fund; --from KEY funds them where there is no faucet. Transactions are signed before the load begins,
as far as that is possible, and receipts of a sample are verified against the genesis.

--steps raises the rate step by step and finds the saturation knee: the highest step that is not saturated. A step is
saturated if less than 95 % of what was sent in it became final within it, if its p99 of TTF is above --knee-p99, or if
any of its transactions did not become final. --soak runs for hours in bounded memory, with a line per minute on stderr.
--closed sends over a closed loop instead, for comparison: each client waits for an answer before it sends again.

--profile takes profiles of all nodes while the load is measured, up to a minute of it, and tells where their CPU time goes:
consensus, peers, HTTP, signatures, the store, the runtime. Nodes of blinkd localnet --profiling let themselves be profiled.`,
		Example: `  blinkd bench --node http://127.0.0.1:8080 --node http://127.0.0.1:8081 --rate 10 --duration 60s
  blinkd bench --steps 50:1000:50 --step-for 10s --out knee
  blinkd localnet --profiling --exec 'blinkd bench --rate 100 --duration 20s --profile profiles'`,
		Args: cobra.NoArgs,
	}
	f.define(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := f.complete(env, cmd.Flags().Changed("seed")); err != nil {
			return err
		}
		return env.bench(f)
	}
	cmd.AddCommand(newBenchReportCmd(env), newBenchCompareCmd(env))
	return cmd
}

func (f *benchFlags) define(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Float64Var(&f.rate, "rate", 10, "transactions per second, on average")
	flags.DurationVar(&f.duration, "duration", time.Minute, "`TIME` that is measured")
	flags.StringVar(&f.steps, "steps", "", "`RATES` of a step load, as FROM:TO:BY or separated by commas, instead of --rate and --duration")
	flags.DurationVar(&f.stepFor, "step-for", 10*time.Second, "`TIME` that each step lasts")
	flags.DurationVar(&f.knee, "knee-p99", time.Second, "`TIME` that the p99 of a step must not exceed")
	flags.DurationVar(&f.soak, "soak", 0, "`TIME` of a long load, instead of --duration, with a line per minute on stderr")
	flags.IntVar(&f.cfg.Closed, "closed", 0, "`NUMBER` of clients of a closed loop, instead of --rate: coordinated omission is possible")
	flags.DurationVar(&f.cfg.Batch, "batch", 0, "send what falls due within `TIME` in one request, to the nodes in turn (default: one request each)")
	flags.DurationVar(&f.cfg.Warmup, "warmup", 5*time.Second, "`TIME` of load before what is measured, not counted")
	flags.DurationVar(&f.cfg.Timeout, "timeout", 30*time.Second, "`TIME` after which a transaction without an answer counts as unknown")
	flags.StringVar(&f.arrivals, "arrivals", string(lab.Poisson), "how send times are spread: poisson or constant")
	flags.Uint64Var(&f.cfg.Seed, "seed", 0, "`NUMBER` that the send times follow from (default: random; the report names it)")
	flags.IntVar(&f.cfg.Accounts, "accounts", 0, "`NUMBER` of accounts that send (default: three per transaction and second, at least 32)")
	flags.StringVar(&f.from, "from", "", "`KEY` in the keyring whose account funds the others (default: the nodes' faucets)")
	flags.StringVar(&f.genesis, "genesis", "", "genesis `FILE` that receipts are verified against (default: the one that the nodes tell)")
	flags.BoolVar(&f.cfg.AllowDown, "allow-down", false, "begin although some of the nodes are down")
	flags.StringVar(&f.out, "out", "", "`FOLDER` to write report.json, report.html and the pictures to; it must not hold a report yet")
	flags.StringVar(&f.cfg.Profile, "profile", "", "`FOLDER` to write profiles of the nodes to, with flame graphs; they need api.profiling, and must be on this machine")
	cmd.MarkFlagsMutuallyExclusive("steps", "profile")
	cmd.MarkFlagsMutuallyExclusive("steps", "rate")
	cmd.MarkFlagsMutuallyExclusive("steps", "duration")
	cmd.MarkFlagsMutuallyExclusive("steps", "soak")
	cmd.MarkFlagsMutuallyExclusive("steps", "closed")
	cmd.MarkFlagsMutuallyExclusive("soak", "duration")
	cmd.MarkFlagsMutuallyExclusive("closed", "rate")
	cmd.MarkFlagsMutuallyExclusive("closed", "arrivals")
	cmd.MarkFlagsMutuallyExclusive("closed", "batch")
	_ = cmd.RegisterFlagCompletionFunc("arrivals", cobra.FixedCompletions([]string{"poisson", "constant"}, cobra.ShellCompDirectiveNoFileComp))
}

// complete turns the flags into a configuration.
func (f *benchFlags) complete(env *environment, seeded bool) error {
	var err error
	if f.cfg.Arrivals, err = lab.ParseArrivals(f.arrivals); err != nil {
		return usageError{fmt.Errorf("--%w", err)}
	}
	if f.cfg.Closed < 0 {
		return usageError{errors.New("--closed must be at least 1 client")}
	}
	if err := f.plan(); err != nil {
		return err
	}
	if !seeded {
		f.cfg.Seed = uint64(rand.Uint32()) // 32 bits: exact in every JSON reader
	}
	if f.from != "" {
		key, err := env.loadKey(f.from)
		if err != nil {
			return err
		}
		f.cfg.Funder = &key
	}
	f.cfg.Nodes, f.cfg.Version, f.cfg.Command = env.nodes, buildVersion().Version, os.Args
	return nil
}

// plan makes the phases.
func (f *benchFlags) plan() error {
	length := f.duration
	if f.soak != 0 {
		length = f.soak
	}
	if f.steps == "" {
		f.cfg.Plan = []lab.Phase{{Rate: f.rate, For: length}}
		return nil
	}
	rates, err := parseSteps(f.steps)
	if err != nil {
		return usageError{fmt.Errorf("--steps %w", err)}
	}
	for _, rate := range rates {
		f.cfg.Plan = append(f.cfg.Plan, lab.Phase{Rate: rate, For: f.stepFor})
	}
	if f.knee <= 0 {
		return usageError{fmt.Errorf("--knee-p99 must be positive, was %v", f.knee)}
	}
	saturation := lab.DefaultSaturation()
	saturation.P99 = f.knee
	f.cfg.Saturation = &saturation
	return nil
}
