package lab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"blink/api/client"
	"blink/genesis"
	"blink/lab/history"
)

const (
	gatherParallel = 8  // requests in flight, over all nodes
	gatherTries    = 20 // of one request, while the node is too busy to answer
)

// Gather reads from every node what its chain says: each block that it holds, with the transactions' bytes and codes, and
// after the last block that all of them have, the accounts that occur and the supply. The nodes may go on meanwhile.
func Gather(ctx context.Context, doc genesis.Document, nodes []ClusterNode) ([]history.Chain, error) {
	urls := make([]string, len(nodes))
	for i, n := range nodes {
		urls[i] = n.REST
	}
	all, err := client.New(urls, client.Options{Timeout: 10 * time.Second, UserAgent: "blinkd-gather"})
	if err != nil {
		return nil, err
	}
	defer all.Close()
	g := gatherer{client: all, doc: doc, chains: make([]history.Chain, len(nodes))}
	for i, n := range nodes {
		g.chains[i].Node = cmp.Or(n.Name, n.REST)
	}
	for _, step := range []func(context.Context) error{g.ends, g.blocks, g.states} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return g.chains, nil
}

// gatherer fills chains; node i's is written by requests to node i alone.
type gatherer struct {
	client *client.Client
	doc    genesis.Document
	chains []history.Chain
}

// ask sends one request to node i, again while the node is too busy.
func (g *gatherer) ask(ctx context.Context, i int, what string, request func(context.Context, *client.Client) error) error {
	for try := 1; ; try++ {
		err := request(ctx, g.client.Only(i))
		var p *client.Problem
		if err == nil || !errors.As(err, &p) || !p.Temporary() || try == gatherTries || !pause(ctx, max(p.RetryAfter, 100*time.Millisecond)) {
			if err != nil {
				err = fmt.Errorf("%s of %s: %w", what, g.chains[i].Node, err)
			}
			return err
		}
	}
}

// eachOf calls do for 0 to n-1, some at a time, until one fails.
func eachOf(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(gatherParallel, n) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range next {
				if err := do(ctx, i); err != nil {
					cancel(err)
					return
				}
			}
		}()
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	wg.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}
