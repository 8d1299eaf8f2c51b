package main

import (
	"context"
	"fmt"
	"time"
)

const (
	loadChunk    = 2 * time.Minute // of one benchmark that adds transactions: each makes and funds new accounts
	loadAccounts = 3000
	loadBatch    = 10 * time.Millisecond // of one request, as a client with many transactions would send them
)

// growHistory fills one chain with transactions and measures at each number.
func (r *runner) growHistory(ctx context.Context) error {
	n, err := r.startNetwork(ctx, r.validators)
	if err != nil {
		return err
	}
	defer r.remove(n)
	for _, target := range r.transactions {
		for n.transactions < int64(target) {
			if err := r.fill(ctx, n, int64(target)); err != nil {
				return fmt.Errorf("on the way to %d of --transactions: %w", target, err)
			}
		}
		if err := r.measure(ctx, n, n.transactions, r.loadAt(r.rate)); err != nil {
			return err
		}
	}
	return nil
}

// fill adds what is missing of target, or as much as a chunk makes.
func (r *runner) fill(ctx context.Context, n *network, target int64) error {
	missing := float64(target - n.transactions)
	seconds := min(max(missing/r.loadRate, 1), loadChunk.Seconds())
	report, err := r.bench(ctx, n, load{rate: r.loadRate, length: time.Duration(seconds * float64(time.Second)), batch: true})
	if err != nil {
		return err
	}
	fmt.Fprintf(r.progress, "%d of %d transactions, %.0f final per second\n", n.transactions, target, report.FinalPerS)
	if report.Final == 0 {
		return fmt.Errorf("of %d transactions at --load-rate %g none became final", report.Sent, r.loadRate)
	}
	return nil
}
