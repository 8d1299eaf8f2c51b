package abci

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/crypto/ed25519"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"

	"blink/app"
	"blink/genesis"
	"blink/store"
)

// metaGenesis is the fact under which a store keeps the hash of its genesis.
const metaGenesis = "genesis_hash"

// GenesisMismatch says that data on disk grew from another genesis document.
type GenesisMismatch struct {
	File, Data [32]byte // hashes of the document that was given, and of the one that the data came from
}

// Error names both hashes and the fix.
func (e *GenesisMismatch) Error() string {
	return fmt.Sprintf("genesis.json has hash %x, but the data of this home grew from a genesis with hash %x: "+
		"put that genesis.json back, or start the other chain in a home of its own (blinkd init --home)", e.File, e.Data)
}

func checkIdentity(s *store.Store, hash [32]byte) error {
	err := s.CheckMeta(metaGenesis, hash[:])
	var foreign *store.ForeignError
	if errors.As(err, &foreign) {
		return &GenesisMismatch{File: hash, Data: [32]byte(append(foreign.Have, make([]byte, 32)...))}
	}
	return err
}

// ConsensusParams are the parameters of a genesis that CometBFT enforces. Every
// chain begins with the first version of the rules.
func ConsensusParams(p genesis.Params) cmtproto.ConsensusParams {
	params := cmttypes.DefaultConsensusParams().ToProto()
	params.Block.MaxBytes = int64(p.MaxBlockBytes)
	params.Block.MaxGas = -1 // work is bounded by bytes
	params.Evidence.MaxAgeNumBlocks = int64(p.EvidenceMaxAgeBlocks)
	params.Evidence.MaxAgeDuration = time.Duration(p.EvidenceMaxAgeSeconds) * time.Second
	params.Validator.PubKeyTypes = []string{ed25519.KeyType}
	params.Version.App = app.FirstAppVersion
	return params
}

// InitChain answers with the hash of the genesis state and the first
// validators. It stores nothing: the first block holds the genesis state too,
// so that a crash before it leaves an empty store.
func (a *Application) InitChain(_ context.Context, req *abcitypes.RequestInitChain) (*abcitypes.ResponseInitChain, error) {
	if sha256.Sum256(req.AppStateBytes) != a.genesis { // else it is the text that the hash is of, and needs not be read
		doc, err := genesis.Parse(req.AppStateBytes)
		if err != nil {
			return nil, fmt.Errorf("app_state of CometBFT's genesis: %w", err)
		}
		if given := doc.Hash(); given != a.genesis {
			return nil, &GenesisMismatch{File: a.genesis, Data: given}
		}
	}
	if a.origin == nil {
		return nil, fmt.Errorf("InitChain must come before the first block, the store has height %d", a.store.Height())
	}
	a.store.SetMeta(metaGenesis, a.genesis[:])
	root, err := a.store.Stage(0, a.origin.state, nil)
	if err != nil {
		return nil, err
	}
	params := ConsensusParams(app.ParamsOf(a.origin.state))
	params.Version.App = app.AppVersionOf(a.origin.state)
	return &abcitypes.ResponseInitChain{ConsensusParams: &params, Validators: validatorUpdates(a.origin.validators), AppHash: root}, nil
}

func validatorUpdates(updates []app.ValidatorUpdate) []abcitypes.ValidatorUpdate {
	out := make([]abcitypes.ValidatorUpdate, len(updates))
	for i, u := range updates {
		out[i] = abcitypes.UpdateValidator(u.Key[:], u.Power, ed25519.KeyType)
	}
	return out
}
