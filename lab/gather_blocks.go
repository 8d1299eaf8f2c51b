package lab

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"blink/api/client"
	"blink/lab/history"
	"blink/tx"
)

// ends finds out which blocks each node holds.
func (g *gatherer) ends(ctx context.Context) error {
	return eachOf(ctx, len(g.chains), func(ctx context.Context, i int) error {
		chain := &g.chains[i]
		err := g.ask(ctx, i, "status", func(ctx context.Context, c *client.Client) error {
			s, err := c.Status(ctx)
			if err == nil && s.ChainID != g.doc.ChainID {
				err = fmt.Errorf("must be of the chain %q, was of %q", g.doc.ChainID, s.ChainID)
			}
			chain.Last, chain.AppHash = s.Height, s.AppHash
			return err
		})
		if err == nil {
			err = g.findFirst(ctx, i)
		}
		return err
	})
}

// findFirst looks for the first block that a node still holds, halving what is left to look at.
func (g *gatherer) findFirst(ctx context.Context, i int) error {
	chain := &g.chains[i]
	low, high := g.doc.FirstHeight(), chain.Last
	for at := low; low < high; at = low + (high-low)/2 {
		held := false
		err := g.ask(ctx, i, fmt.Sprintf("block %d", at), func(ctx context.Context, c *client.Client) error {
			_, err := c.Block(ctx, at, false)
			held = err == nil
			if p := (*client.Problem)(nil); errors.As(err, &p) && p.Status == http.StatusNotFound {
				return nil
			}
			return err
		})
		if err != nil {
			return err
		}
		if held {
			high = at
		} else {
			low = at + 1
		}
	}
	chain.First = low
	return nil
}

// blocks reads all blocks of all nodes.
func (g *gatherer) blocks(ctx context.Context) error {
	var list []heightOf
	for i := range g.chains {
		chain := &g.chains[i]
		chain.Blocks = make([]history.Block, chain.Last-chain.First+1)
		for j := range chain.Blocks {
			list = append(list, heightOf{i, j})
		}
	}
	return eachOf(ctx, len(list), func(ctx context.Context, n int) error {
		i, chain := list[n].node, &g.chains[list[n].node]
		height := chain.First + int64(list[n].index)
		return g.ask(ctx, i, fmt.Sprintf("block %d", height), func(ctx context.Context, c *client.Client) error {
			b, err := c.Block(ctx, height, true)
			if err == nil {
				chain.Blocks[list[n].index], err = historyBlock(b)
			}
			return err
		})
	})
}

// heightOf is a block to be read, of a node.
type heightOf struct{ node, index int }

// historyBlock checks that a node's answer is complete: what is not there must not pass for what is.
func historyBlock(b client.Block) (history.Block, error) {
	block := history.Block{Height: b.Height, Hash: b.Hash, AppHash: b.AppHash, Time: b.Time.UTC(), Proposer: b.Proposer, Round: b.Round,
		Txs: make([]history.BlockTx, len(b.Txs))}
	for i, t := range b.Txs {
		if tx.IDOf(t.Raw) != t.ID {
			return block, fmt.Errorf("transaction %d: its bytes must be those of its id %s", i, t.ID)
		}
		block.Txs[i] = history.BlockTx{Raw: t.Raw, Code: t.Code}
	}
	return block, nil
}
