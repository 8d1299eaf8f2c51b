package node

import (
	"context"

	abcicli "github.com/cometbft/cometbft/abci/client"
	abcitypes "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/proxy"
)

// hook makes consensus call p.proposed. Consensus asks the application about
// each complete proposal, its own included, right before it signs its prevote,
// and on its own goroutine (defaultDoPrevote in consensus/state.go).
func (p *push) hook(c proxy.ClientCreator) proxy.ClientCreator { return hookedCreator{c, p} }

type hookedCreator struct {
	proxy.ClientCreator
	push *push
}

func (c hookedCreator) NewABCIClient() (abcicli.Client, error) {
	client, err := c.ClientCreator.NewABCIClient()
	return hookedClient{client, c.push}, err
}

type hookedClient struct {
	abcicli.Client
	push *push
}

func (c hookedClient) ProcessProposal(ctx context.Context, req *abcitypes.RequestProcessProposal) (*abcitypes.ResponseProcessProposal, error) {
	c.push.proposed()
	return c.Client.ProcessProposal(ctx, req)
}
