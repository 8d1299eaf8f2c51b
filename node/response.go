package node

import (
	"errors"

	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/state"
)

// restoreResponse gives back to CometBFT what the last block came to, if a power
// cut took it from there. CometBFT asks for it when the application has committed
// a block and its own state does not know of it yet (Handshaker.ReplayBlocks in
// consensus/replay.go), and does not start without it.
func (n *Node) restoreResponse() (err error) {
	height, response, err := n.o.App.LastResponse()
	if err != nil || response == nil {
		return err
	}
	db, err := openDatabase(&cmtcfg.DBContext{ID: "state", Config: n.config})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	states := state.NewStore(db, state.StoreOptions{DiscardABCIResponses: n.config.Storage.DiscardABCIResponses})
	last, err := states.Load()
	if err != nil || last.IsEmpty() || last.LastBlockHeight >= height {
		return err
	}
	if _, err := states.LoadLastFinalizeBlockResponse(height); err == nil {
		return nil
	}
	return states.SaveFinalizeBlockResponse(height, response)
}
