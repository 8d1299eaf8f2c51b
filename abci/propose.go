package abci

import (
	"context"

	abcitypes "github.com/cometbft/cometbft/abci/types"

	"blink/app"
	"blink/tx"
)

// MaxProposalTxs bounds a proposal by the time that it takes the others to have it, and to execute it: the profile lan gives
// them 60 ms. Without it all that has gathered under overload goes into one block, over which the network fails for
// several rounds. What is left out is in the next block.
const MaxProposalTxs = 500

// PrepareProposal keeps of the mempool's transactions those that are
// admissible one after the other, by arrival, each sender's by nonce.
func (a *Application) PrepareProposal(_ context.Context, req *abcitypes.RequestPrepareProposal) (*abcitypes.ResponsePrepareProposal, error) {
	if len(req.Txs) == 0 {
		return &abcitypes.ResponsePrepareProposal{}, nil
	}
	candidates := make([]tx.Verified, 0, len(req.Txs))
	for _, in := range a.verifyAll(req.Txs) {
		if in.err == nil {
			candidates = append(candidates, in.tx)
		}
	}
	chosen := app.Order(a.state(), candidates, req.MaxTxBytes, MaxProposalTxs, req.Time)
	raws := make([][]byte, len(chosen))
	for i, t := range chosen {
		raws[i] = t.Raw()
	}
	return &abcitypes.ResponsePrepareProposal{Txs: raws}, nil
}

// ProcessProposal rejects a block that holds anything statelessly invalid:
// bytes that do not decode or are not canonical, another chain's transaction,
// a bad signature. All honest nodes agree on that, whatever their state. What
// only the state can refuse becomes a receipt instead.
func (a *Application) ProcessProposal(_ context.Context, req *abcitypes.RequestProcessProposal) (*abcitypes.ResponseProcessProposal, error) {
	for _, in := range a.verifyAll(req.Txs) {
		if in.err != nil {
			return &abcitypes.ResponseProcessProposal{Status: abcitypes.ResponseProcessProposal_REJECT}, nil
		}
	}
	return &abcitypes.ResponseProcessProposal{Status: abcitypes.ResponseProcessProposal_ACCEPT}, nil
}
