//go:build byzantine

package node

import (
	"bytes"
	"context"

	abcicli "github.com/cometbft/cometbft/abci/client"
	abcitypes "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/proxy"
)

// byzantineCreator connects consensus to an application whose proposals are
// garbage at some heights.
type byzantineCreator struct {
	proxy.ClientCreator
	node    *Node
	garbage heights
}

func (c byzantineCreator) NewABCIClient() (abcicli.Client, error) {
	client, err := c.ClientCreator.NewABCIClient()
	return byzantineClient{client, c.node, c.garbage}, err
}

type byzantineClient struct {
	abcicli.Client
	node    *Node
	garbage heights
}

// PrepareProposal proposes, in place of the mempool's transactions, one that
// is none. It is asked only when this validator is the proposer.
func (c byzantineClient) PrepareProposal(ctx context.Context, req *abcitypes.RequestPrepareProposal) (*abcitypes.ResponsePrepareProposal, error) {
	if !c.garbage.include(req.Height) {
		return c.Client.PrepareProposal(ctx, req)
	}
	c.node.o.Logger.Warn("byzantine: proposed garbage", "height", req.Height)
	return &abcitypes.ResponsePrepareProposal{Txs: [][]byte{[]byte("not a transaction")}}, nil
}

// ProcessProposal finds nothing wrong with this validator's own garbage, so
// that it votes for it.
func (c byzantineClient) ProcessProposal(ctx context.Context, req *abcitypes.RequestProcessProposal) (*abcitypes.ResponseProcessProposal, error) {
	if c.garbage.include(req.Height) && bytes.Equal(req.ProposerAddress, c.node.address[:]) {
		return &abcitypes.ResponseProcessProposal{Status: abcitypes.ResponseProcessProposal_ACCEPT}, nil
	}
	return c.Client.ProcessProposal(ctx, req)
}
