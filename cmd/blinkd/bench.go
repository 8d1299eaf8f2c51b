package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"time"

	"blink/finality"
	"blink/lab"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func newBenchCmd(env *environment) *cobra.Command {
	var cfg lab.BenchConfig
	var arrivals, from string
	var phase lab.Phase
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
the nodes' faucets fund; --from KEY funds them where there is no faucet.`,
		Example: "  blinkd bench --node http://127.0.0.1:8080 --node http://127.0.0.1:8081 --rate 10 --duration 60s",
		Args:    cobra.NoArgs,
	}
	flags := cmd.Flags()
	flags.Float64Var(&phase.Rate, "rate", 10, "transactions per second, on average")
	flags.DurationVar(&phase.For, "duration", time.Minute, "`TIME` that is measured")
	flags.DurationVar(&cfg.Warmup, "warmup", 5*time.Second, "`TIME` of load before that, not counted")
	flags.DurationVar(&cfg.Timeout, "timeout", 30*time.Second, "`TIME` after which a transaction without an answer counts as unknown")
	flags.StringVar(&arrivals, "arrivals", string(lab.Poisson), "how send times are spread: poisson or constant")
	flags.Uint64Var(&cfg.Seed, "seed", 0, "`NUMBER` that the send times follow from (default: random; the report names it)")
	flags.IntVar(&cfg.Accounts, "accounts", 0, "`NUMBER` of accounts that send (default: three per transaction and second, at least 32)")
	flags.StringVar(&from, "from", "", "`KEY` in the keyring whose account funds the others (default: the nodes' faucets)")
	_ = cmd.RegisterFlagCompletionFunc("arrivals", cobra.FixedCompletions([]string{"poisson", "constant"}, cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(*cobra.Command, []string) error {
		var err error
		if cfg.Arrivals, err = lab.ParseArrivals(arrivals); err != nil {
			return usageError{fmt.Errorf("--%w", err)}
		}
		if !flags.Changed("seed") {
			cfg.Seed = uint64(rand.Uint32()) // 32 bits: exact in every JSON reader
		}
		if from != "" {
			key, err := env.loadKey(from)
			if err != nil {
				return err
			}
			cfg.Funder = &key
		}
		cfg.Plan = []lab.Phase{phase}
		cfg.Nodes, cfg.Version, cfg.Command = env.nodes, buildVersion().Version, os.Args
		return env.bench(cfg)
	}
	cmd.AddCommand(newBenchReportCmd(env), newBenchCompareCmd(env))
	return cmd
}

// bench runs the benchmark and prints its report, also of a run that Ctrl-C ended early.
func (env *environment) bench(cfg lab.BenchConfig) error {
	progress, done := env.benchProgress()
	cfg.Progress = progress
	report, err := lab.Bench(env.ctx, cfg)
	done()
	if err != nil {
		return env.explain(err)
	}
	var chart []lab.Published
	for _, e := range finality.PublishedTTF() {
		chart = append(chart, lab.Published{Name: e.Name, Seconds: e.Seconds})
	}
	return env.print(func(w io.Writer) {
		report.WriteText(w, finality.ComparisonTitle, finality.ComparisonSource, chart)
	}, report)
}

// benchProgress shows a bar on stderr when that is a terminal.
func (env *environment) benchProgress() (show func(lab.Progress), done func()) {
	f, ok := env.stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func(lab.Progress) {}, func() {}
	}
	bar := progressbar.NewOptions(1000, progressbar.OptionSetWriter(f), progressbar.OptionSetWidth(30),
		progressbar.OptionSetPredictTime(false), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
	show = func(p lab.Progress) {
		text := p.Phase
		if p.Sent > 0 && p.Total > 0 {
			text = fmt.Sprintf("%s  sent %d  final %d  p50 %.1f ms", p.Phase, p.Sent, p.Final, float64(p.P50.Microseconds())/1000)
		}
		if lost := p.Rejected + p.Undecided; lost > 0 {
			text += fmt.Sprintf("  not final %d", lost)
		}
		bar.Describe(text)
		if p.Total > 0 {
			_ = bar.Set(int(1000 * p.Elapsed / p.Total))
		}
	}
	return show, func() { _ = bar.Finish() }
}
