package node

import (
	"context"
	"errors"

	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/consensus"
	"github.com/cometbft/cometbft/proxy"
	"github.com/cometbft/cometbft/state"
	cmtstore "github.com/cometbft/cometbft/store"
	cmttypes "github.com/cometbft/cometbft/types"
)

// finishFirstBlock completes a first block that a crash interrupted after it
// was decided and saved. On every later block CometBFT does so itself when it
// starts. On the first one it compares the block's height with 0 instead of
// with the initial height, and panics when that is not 1
// (Handshaker.ReplayBlocks in consensus/replay.go of v0.40.0). So the same
// replay is run here, told that the state is one block below the initial
// height, and CometBFT finds it done.
func (n *Node) finishFirstBlock(ctx context.Context, doc *cmttypes.GenesisDoc) (err error) {
	if doc.InitialHeight == 1 {
		return nil
	}
	blocksDB, err := openDatabase(&cmtcfg.DBContext{ID: "blockstore", Config: n.config})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, blocksDB.Close()) }()
	statesDB, err := openDatabase(&cmtcfg.DBContext{ID: "state", Config: n.config})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, statesDB.Close()) }()

	blocks := cmtstore.NewBlockStore(blocksDB)
	states := state.NewStore(statesDB, state.StoreOptions{DiscardABCIResponses: n.config.Storage.DiscardABCIResponses})
	last, err := states.Load()
	if err != nil {
		return err
	}
	if last.IsEmpty() || last.LastBlockHeight > 0 || blocks.Height() != doc.InitialHeight {
		return nil
	}
	last.LastBlockHeight = doc.InitialHeight - 1
	app := proxy.NewAppConns(n.o.App.ClientCreator(), proxy.NopMetrics())
	if err := app.Start(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, app.Stop()) }()
	replay := consensus.NewHandshaker(states, last, blocks, doc)
	replay.SetLogger(n.log)
	return replay.HandshakeWithContext(ctx, app)
}
