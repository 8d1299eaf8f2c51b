package lab

import (
	"context"
	"fmt"

	"blink/api/client"
	"blink/crypto"
	"blink/lab/history"
)

// states reads, after the last block that all nodes have, the accounts that occur anywhere and the supply.
func (g *gatherer) states(ctx context.Context) error {
	at := g.chains[0].Last
	for _, chain := range g.chains {
		at = min(at, chain.Last)
	}
	for _, chain := range g.chains {
		if at < chain.First { // one has begun after another one's last block: there is no such state
			return nil
		}
	}
	addresses := history.Addresses(g.doc, g.chains)
	for i := range g.chains {
		g.chains[i].StateAt = at
		g.chains[i].Accounts = make([]history.Account, len(addresses))
	}
	if err := eachOf(ctx, len(g.chains), g.supply); err != nil {
		return err
	}
	return eachOf(ctx, len(g.chains)*len(addresses), func(ctx context.Context, n int) error {
		return g.account(ctx, n%len(g.chains), n/len(g.chains), addresses[n/len(g.chains)])
	})
}

func (g *gatherer) supply(ctx context.Context, i int) error {
	var supply struct { // the answer holds more
		history.Supply
		Height int64 `json:"height"`
	}
	at := g.chains[i].StateAt
	err := g.ask(ctx, i, fmt.Sprintf("supply at %d", at), func(ctx context.Context, c *client.Client) error {
		return c.Get(ctx, fmt.Sprintf("/v1/supply?height=%d", at), &supply)
	})
	g.chains[i].Supply = &supply.Supply
	return err
}

func (g *gatherer) account(ctx context.Context, i, n int, address crypto.Address) error {
	at := g.chains[i].StateAt
	return g.ask(ctx, i, fmt.Sprintf("account %s at %d", address, at), func(ctx context.Context, c *client.Client) error {
		return c.Get(ctx, fmt.Sprintf("/v1/accounts/%s?height=%d", address, at), &g.chains[i].Accounts[n])
	})
}
