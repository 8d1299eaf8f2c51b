package lab

import (
	"context"
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
}

// observe asks every node about itself. At least one must answer, and those that do must be of one chain.
func observe(ctx context.Context, c *client.Client) (network, error) {
	var n network
	var failed error
	for i, url := range c.URLs() {
		s, err := c.Only(i).Status(ctx)
		node := BenchNode{URL: url, Moniker: s.Moniker, Version: s.Version, Height: s.Height}
		switch {
		case err != nil:
			node.Error, failed = err.Error(), err
		case n.ChainID == "":
			n.ChainID = s.ChainID
		case n.ChainID != s.ChainID:
			return n, fmt.Errorf("%s is of chain %q, the nodes before it are of %q: a load needs one network", url, s.ChainID, n.ChainID)
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
