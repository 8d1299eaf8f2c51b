package abci

import (
	"fmt"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	cmtstate "github.com/cometbft/cometbft/proto/tendermint/state"
)

// metaResponse holds the answer to the last FinalizeBlock.
const metaResponse = "response"

// keepResponse lets the commit of a block store what it came to. CometBFT needs that when it finds, after a crash, that the
// application is done with a block and its own state is not. Its own copy is not synced (docs/adr/0013-fewer-syncs.md).
func (a *Application) keepResponse(height int64, res *abcitypes.ResponseFinalizeBlock) error {
	raw, err := (&cmtstate.ABCIResponsesInfo{ResponseFinalizeBlock: res, Height: height}).Marshal()
	if err != nil {
		return err
	}
	a.store.SetMeta(metaResponse, raw)
	return nil
}

// LastResponse is the answer to FinalizeBlock of the last block that was committed, and its height; nil if there is none, or
// if a version of blink committed it that did not keep it. Call it before the first block.
func (a *Application) LastResponse() (height int64, res *abcitypes.ResponseFinalizeBlock, err error) {
	raw := a.store.Meta(metaResponse)
	if raw == nil {
		return 0, nil, nil
	}
	var info cmtstate.ABCIResponsesInfo
	if err := info.Unmarshal(raw); err != nil {
		return 0, nil, fmt.Errorf("what block %d came to cannot be read: %w", a.store.Height(), err)
	}
	return info.Height, info.ResponseFinalizeBlock, nil
}
