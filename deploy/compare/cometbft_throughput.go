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

// flood keeps a number of transactions uncommitted and returns how many the chain committed per second. It is counted from
// the chain's blocks, from the first block after two seconds to the first one after length.
func (c *comet) flood(ctx context.Context, uncommitted int, length time.Duration) (float64, error) {
	const warmup, patience = 2 * time.Second, 20 * time.Second
	ctx, cancel := context.WithTimeout(ctx, warmup+length+patience)
	var senders sync.WaitGroup
	permits := make(chan struct{}, uncommitted)
	height, err := c.height(ctx)
	if err == nil {
		for range 8 * len(c.rpc) { // connections
			senders.Go(func() { c.send(ctx, permits) })
		}
	}
	var from time.Time // when the first counted interval began; zero during the warm-up
	count, start := 0, time.Now()
	rate := 0.0
	for err == nil {
		var blocks []block
		if blocks, err = c.blocksAfter(ctx, height); ctx.Err() != nil {
			err = fmt.Errorf("no block for %v", patience)
		}
		now := time.Now()
		for _, b := range blocks {
			height = b.height
			release(permits, b.txs)
			if !from.IsZero() {
				count += b.txs
			}
		}
		switch {
		case len(blocks) == 0:
		case from.IsZero() && now.Sub(start) >= warmup:
			from = now
		case !from.IsZero() && now.Sub(from) >= length:
			rate = float64(count) / now.Sub(from).Seconds()
		}
		if rate != 0 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	cancel()
	senders.Wait()
	if err != nil {
		return 0, err
	}
	return rate, c.drain()
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
