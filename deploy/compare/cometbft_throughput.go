package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// limits are the numbers of uncommitted transactions that are tried. All are below the 5000 that a stock mempool holds; more
// makes blocks larger, until consensus misses its timeouts.
var limits = []int{250, 1000, 4000}

// throughput finds the best of the limits in short floods and measures it in a long one.
func (c *comet) throughput(ctx context.Context, length time.Duration) (throughput, error) {
	best, result := 0, throughput{Tried: map[string]float64{}}
	for _, limit := range limits {
		rate, err := c.flood(ctx, limit, 5*time.Second)
		if err != nil {
			return result, err
		}
		result.Tried[fmt.Sprint(limit)] = rate
		if best == 0 || rate > result.Tried[fmt.Sprint(best)] {
			best = limit
		}
	}
	rate, err := c.flood(ctx, best, length)
	result.PerSecond, result.How = rate, fmt.Sprintf("broadcast_tx_sync, up to %d uncommitted", best)
	return result, err
}

// flood keeps a number of transactions uncommitted and returns how many the chain committed per second.
func (c *comet) flood(ctx context.Context, uncommitted int, length time.Duration) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, length+30*time.Second)
	defer cancel()
	height, err := c.height(ctx)
	if err != nil {
		return 0, err
	}
	var senders sync.WaitGroup
	permits := make(chan struct{}, uncommitted)
	for range 8 * len(c.rpc) {
		senders.Go(func() { c.send(ctx, permits) })
	}
	rate, err := c.follow(ctx, height, permits, length)
	cancel()
	senders.Wait()
	if err != nil {
		return 0, err
	}
	return rate, c.drain()
}

// follow gives a permit back for each transaction in a block above height, and returns transactions per second: those of the
// blocks after the first one past two seconds, until the first one past length from there.
func (c *comet) follow(ctx context.Context, height int64, permits chan struct{}, length time.Duration) (float64, error) {
	var from time.Time
	begin, count := time.Now().Add(2*time.Second), 0
	for {
		blocks, err := c.blocksAfter(ctx, height)
		if err != nil {
			return 0, fmt.Errorf("after %d transactions, at height %d: %w", count, height, err)
		}
		now := time.Now()
		for _, b := range blocks {
			height = b.height
			count += b.txs
			release(permits, b.txs)
		}
		switch {
		case len(blocks) == 0:
		case from.IsZero() && now.After(begin):
			from, count = now, 0
		case !from.IsZero() && now.Sub(from) >= length:
			return float64(count) / now.Sub(from).Seconds(), nil
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// send submits transactions while there are permits. A refused one gives its permit back; a full mempool is given time.
func (c *comet) send(ctx context.Context, permits chan struct{}) {
	for {
		select {
		case permits <- struct{}{}:
		case <-ctx.Done():
			return
		}
		var result struct{ Code int }
		err := c.call(ctx, c.pick(), "broadcast_tx_sync", c.transaction(), &result)
		if err != nil || result.Code != 0 {
			release(permits, 1)
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// release gives back n permits, as far as they are out.
func release(permits chan struct{}, n int) {
	for range n {
		select {
		case <-permits:
		default:
			return
		}
	}
}

// drain waits until the mempool is empty, so that the next flood begins as this one did.
func (c *comet) drain() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		n, err := c.waiting(ctx)
		if err != nil || n == 0 {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
}
