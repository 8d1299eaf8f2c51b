package abci

import (
	"context"
	"fmt"
	"time"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"

	"blink/app"
	"blink/store"
)

// FinalizeBlock executes a decided block and stages its changes. Nothing is
// written to disk: a crash before Commit replays it. A block whose rules are
// newer than this binary is refused with an *UpgradeNeeded.
func (a *Application) FinalizeBlock(_ context.Context, req *abcitypes.RequestFinalizeBlock) (*abcitypes.ResponseFinalizeBlock, error) {
	if want := a.nextHeight(); req.Height != want {
		return nil, fmt.Errorf("block %d was delivered, but the store needs block %d", req.Height, want)
	}
	if err := a.checkVersion(); err != nil {
		return nil, err
	}
	inputs := a.verifyAll(req.Txs)
	o := a.overlay()
	result := app.ApplyBlock(o, blockOf(req, inputs))

	entries := make([]store.TxEntry, len(inputs))
	committed := make([]CommittedTx, len(inputs))
	results := make([]*abcitypes.ExecTxResult, len(inputs))
	for i, r := range result.Receipts {
		id := inputs[i].id
		entries[i] = store.TxEntry{
			ID: id, Height: req.Height, Index: uint32(i), Code: uint32(r.Code), Settled: r.Settled, Time: req.Time.UnixMilli(),
		}
		for _, account := range r.Accounts {
			entries[i].Accounts = append(entries[i].Accounts, account.Bytes())
		}
		committed[i] = CommittedTx{ID: id, Index: uint32(i), Code: r.Code, Settled: r.Settled}
		if inputs[i].err == nil {
			committed[i].sender = inputs[i].tx.Body().Sender
		}
		// The hash of the results holds Code, Data and gas: only Code is used.
		results[i] = &abcitypes.ExecTxResult{Code: uint32(r.Code)}
	}
	root, err := a.store.Stage(req.Height, o, entries)
	if err != nil {
		return nil, err
	}
	res := &abcitypes.ResponseFinalizeBlock{
		TxResults: results, ValidatorUpdates: validatorUpdates(result.Updates), AppHash: root,
		ConsensusParamUpdates: consensusUpdates(result),
	}
	if err := a.keepResponse(req.Height, res); err != nil {
		return nil, err
	}
	a.staged = block{height: req.Height, hash: req.Hash, time: req.Time, appHash: root, txs: committed}
	a.observer.Executed(req.Height, time.Now())
	return res, nil
}

// overlay is where the next block makes its changes. The first one's holds the genesis state too.
func (a *Application) overlay() *store.Overlay {
	if a.store.Height() == 0 {
		return a.origin.state.Clone()
	}
	return store.NewOverlay(a.store.Latest())
}

// nextHeight is that of the block which the store needs next.
func (a *Application) nextHeight() int64 {
	if last := a.store.Height(); last > 0 {
		return last + 1
	}
	return a.doc.FirstHeight()
}

// Commit makes the staged block visible and tells the observer, first of all if
// the node cannot lose the block any more (docs/adr/0002-wake-at-commit.md,
// docs/adr/0023-told-before-the-sync.md). It is written when CometBFT's block
// store is on disk: the store may lag behind that, and must never lead.
func (a *Application) Commit(context.Context, *abcitypes.RequestCommit) (*abcitypes.ResponseCommit, error) {
	early := a.blocks.Kept(a.staged.height, a.staged.hash)
	if err := a.write(early); err != nil {
		return nil, err
	}
	a.mu.Lock()
	now := time.Now() // see checkState.advance
	if a.staged.time.After(now) {
		now = a.staged.time
	}
	a.check.advance(a.store.Latest(), now, a.staged.txs)
	a.origin = nil // of which nothing reads any more
	a.mu.Unlock()
	if !early {
		a.tell()
	}
	a.staged = block{}
	return &abcitypes.ResponseCommit{}, nil
}

// write commits the staged block once CometBFT's block store is on disk. If early, the observer is told before, and
// who reads the store meanwhile waits.
func (a *Application) write(early bool) error {
	if early {
		defer a.store.Announce()()
		a.tell()
	}
	if err := a.blocks.Sync(); err != nil {
		return fmt.Errorf("block %d: %w", a.staged.height, err)
	}
	return a.store.Commit()
}

func (a *Application) tell() {
	a.observer.Committed(a.staged.height, a.staged.time, a.staged.appHash, a.staged.txs)
}

// blockOf translates a request into what app knows of a block.
func blockOf(req *abcitypes.RequestFinalizeBlock, inputs []input) app.Block {
	b := app.Block{
		Height:   req.Height,
		Time:     req.Time,
		Txs:      make([]app.Input, len(inputs)),
		Proposer: address(req.ProposerAddress),
	}
	for i, in := range inputs {
		b.Txs[i] = app.Input{ID: in.id, Tx: in.tx}
		if in.err != nil {
			b.Txs[i] = app.Input{ID: in.id, Refused: refusalOf(in.err).Code}
		}
	}
	for _, v := range req.DecidedLastCommit.Votes {
		b.LastCommit = append(b.LastCommit, app.Vote{
			Address: address(v.Validator.Address),
			Power:   v.Validator.Power,
			Absent:  v.BlockIdFlag == cmtproto.BlockIDFlagAbsent,
		})
	}
	for _, m := range req.Misbehavior {
		b.Evidence = append(b.Evidence, app.Evidence{
			Address:    address(m.Validator.Address),
			Height:     m.Height,
			Time:       m.Time,
			Power:      m.Validator.Power,
			TotalPower: m.TotalVotingPower,
			Type:       app.EvidenceType(m.Type),
		})
	}
	return b
}

// address is a consensus address; CometBFT's are always 20 bytes.
func address(b []byte) (a [20]byte) {
	copy(a[:], b)
	return a
}
