package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"blink/lab"
)

// runner runs the series, one network at a time, and a fresh one beside it while --control measures that.
type runner struct {
	settings
	dir      string // of all networks
	networks int    // made so far
	series   string // that is running
	rows     *rows
	progress io.Writer
}

// seriesNames are what can grow, in the order in which they run.
var seriesNames = []string{"height", "accounts", "history", "validators"}

// one runs a series, bounded in time.
func (r *runner) one(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, r.limit, fmt.Errorf("not done after the --limit of %v", r.limit))
	defer cancel()
	r.series = name
	switch name {
	case "height":
		return r.growHeight(ctx)
	case "accounts":
		return r.growAccounts(ctx)
	case "history":
		return r.growHistory(ctx)
	case "validators":
		return r.growValidators(ctx)
	}
	panic("growth: series " + name + " has passed validate")
}

// remove ends a network. That its folder cannot be deleted is told and no reason to stop: the whole of dir is deleted later.
func (r *runner) remove(n *network) {
	if err := n.remove(); err != nil {
		fmt.Fprintln(r.progress, err)
	}
}

// load is what blinkd bench is told to send.
type load struct {
	rate           float64 // per second
	length, warmup time.Duration
	batch          bool // many in a request, from many accounts
	again          bool // on a network that has borne it before
}

// String names the load in rows, of which those with one name can be compared.
func (l load) String() string {
	text := fmt.Sprintf("%g/s", l.rate)
	if l.batch {
		text += " in batches"
	}
	if l.again {
		text += " again"
	}
	return text
}

// measure puts a load on a network that has grown to at, and keeps a row.
func (r *runner) measure(ctx context.Context, n *network, at int64, l load) error {
	row := Row{Series: r.series, At: at, Validators: len(n.urls), Load: l.String(), Rate: l.rate, StartS: n.starting.Seconds()}
	if r.control {
		fresh, err := r.measureFresh(ctx, l)
		if err != nil {
			return fmt.Errorf("the fresh network of --control: %w", err)
		}
		row.FreshP50, row.FreshP99 = fresh.TTF.P50, fresh.TTF.P99
	}
	report, err := r.bench(ctx, n, l)
	if err != nil {
		return err
	}
	row.take(report)
	if err := row.weigh(n); err != nil {
		return err
	}
	fmt.Fprintf(r.progress, "%s %d, %s: p50 %s ms\n", row.Series, row.At, row.Load, milliseconds(row.P50, false))
	return r.rows.add(row)
}

// measureFresh puts the load on a network on which nothing has grown yet, as at the beginning of the series.
func (r *runner) measureFresh(ctx context.Context, l load) (lab.Report, error) {
	validators := r.validators
	if r.series == "validators" {
		validators = r.sizes[0]
	}
	n, err := r.startNetwork(ctx, validators)
	if err != nil {
		return lab.Report{}, err
	}
	defer r.remove(n)
	return r.bench(ctx, n, l)
}

// bench runs blinkd bench, in the folder of the networks: so it tells the fsync of their disk.
func (r *runner) bench(ctx context.Context, n *network, l load) (lab.Report, error) {
	const aside = 5 * time.Minute // for making, funding and signing before the load, and for its receipts after
	ctx, cancel := context.WithTimeoutCause(ctx, l.warmup+l.length+aside, errors.New("not done 5 minutes after the load's end"))
	defer cancel()
	args := []string{"bench", "-o", "json", "--genesis", n.genesisFile(0),
		"--keyring", n.keyring(), "--from", funder, "--seed", strconv.FormatUint(r.seed, 10),
		"--rate", fmt.Sprint(l.rate), "--duration", l.length.String(), "--warmup", l.warmup.String()}
	for _, url := range n.urls {
		args = append(args, "--node", url)
	}
	if l.batch {
		args = append(args, "--batch", loadBatch.String(), "--accounts", strconv.Itoa(loadAccounts))
	}
	var report lab.Report
	text, err := runBlinkd(ctx, r.dir, r.blinkd, args...)
	if err != nil {
		return report, err
	}
	if err := json.Unmarshal(text, &report); err != nil || report.Format != lab.ReportFormat {
		return report, fmt.Errorf("blinkd bench: must print a report of form %s, had form %q: %w", lab.ReportFormat, report.Format, err)
	}
	n.transactions += int64(report.Final + report.Conditions.WarmupSent)
	return report, nil
}
