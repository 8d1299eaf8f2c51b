package node

import (
	cmttypes "github.com/cometbft/cometbft/types"

	"blink/abci"
	"blink/genesis"
)

// cometGenesis derives CometBFT's genesis from blink's, in memory: there is
// one document that people read and compare. The validators come from the
// application's InitChain.
func cometGenesis(doc genesis.Document) (*cmttypes.GenesisDoc, error) {
	params := cmttypes.ConsensusParamsFromProto(abci.ConsensusParams(doc.Params))
	g := &cmttypes.GenesisDoc{
		ChainID:         doc.ChainID,
		GenesisTime:     doc.GenesisTime,
		InitialHeight:   doc.FirstHeight(),
		ConsensusParams: &params,
		AppState:        doc.Encode(),
	}
	return g, g.ValidateAndComplete()
}
