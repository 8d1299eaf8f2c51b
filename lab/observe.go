package lab

import (
	"context"
	"errors"
	"fmt"

	"blink/api/client"
	"blink/coin"
)

// network is what a load must know of the network that it goes to.
type network struct {
	ChainID    string
	fee        coin.Amount // the least that is taken, which the load pays
	validators int         // with voting power
	nodes      []BenchNode
	urls       []string
}

// observe asks every node about itself. All must answer, be ready and be of one chain; with allowDown, it is enough that
// one is.
func observe(ctx context.Context, c *client.Client, allowDown bool) (network, error) {
	n := network{urls: c.URLs()}
	var failed error
	for i, url := range n.urls {
		node, chainID, err := observeNode(ctx, c.Only(i), url)
		switch {
		case err != nil:
			node.Error, failed = err.Error(), err
			if !allowDown && len(n.urls) == 1 {
				return n, err
			}
			if !allowDown {
				return n, fmt.Errorf("%w; leave this node out, or measure with it down by --allow-down", err)
			}
		case n.ChainID == "":
			n.ChainID = chainID
		case n.ChainID != chainID:
			return n, fmt.Errorf("%s is of chain %q, and %s of %q: a load needs one network; leave one of them out", n.urls[0], n.ChainID, url, chainID)
		}
		n.nodes = append(n.nodes, node)
	}
	if n.ChainID == "" {
		return n, failed
	}
	p, err := c.Params(ctx)
	if err != nil {
		return n, err
	}
	n.fee = p.MinFee
	validators, err := c.Validators(ctx)
	for _, v := range validators {
		if v.Status == "active" {
			n.validators++
		}
	}
	return n, err
}

func observeNode(ctx context.Context, c *client.Client, url string) (BenchNode, string, error) {
	node := BenchNode{URL: url}
	s, err := c.Status(ctx)
	if err != nil {
		return node, "", err
	}
	node.Moniker, node.Version, node.Height = s.Moniker, s.Version, s.Height
	if !s.Ready {
		return node, "", fmt.Errorf("%s is not ready: %s", url, s.NotReady)
	}
	var config struct {
		Digest   string             `json:"digest"`
		Timeouts map[string]float64 `json:"timeouts_ms"`
	}
	var p *client.Problem
	if err := c.Get(ctx, "/v1/config", &config); err != nil && !errors.As(err, &p) { // an older node does not tell
		return node, "", err
	}
	node.ConfigDigest, node.Timeouts = config.Digest, config.Timeouts
	return node, s.ChainID, nil
}
