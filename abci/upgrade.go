package abci

import (
	"fmt"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"

	"blink/app"
)

// UpgradeNeeded says that blocks from a height on follow rules that this
// binary does not know. Nothing of them has been executed or stored: a later
// blinkd goes on from the same home.
type UpgradeNeeded struct {
	Height  int64  // of the first such block
	Version uint64 // that it needs
	Name    string // of the release; empty if the upgrade is already past
}

// Error names the version, the height and what to do.
func (e *UpgradeNeeded) Error() string {
	release := ""
	if e.Name != "" {
		release = fmt.Sprintf(" (the release %q)", e.Name)
	}
	return fmt.Sprintf("block %d needs app version %d%s, this blinkd knows version %d at most: install a later blinkd and "+
		"start it on the same home; all blocks before are stored, nothing is lost", e.Height, e.Version, release, AppVersion)
}

// checkVersion refuses the next block if its rules are newer than this binary:
// because of an upgrade in that very block, or of one before.
func (a *Application) checkVersion() error {
	state, next := a.state(), a.nextHeight()
	if has := app.AppVersionOf(state); has > AppVersion {
		return &UpgradeNeeded{Height: next, Version: has}
	}
	if u, due := app.UpgradeAt(state, next); due && u.AppVersion > AppVersion {
		return &UpgradeNeeded{Height: next, Version: u.AppVersion, Name: u.Name}
	}
	return nil
}

// consensusUpdates tells CometBFT what a block changed of the parameters that
// it enforces, and the version that the next header carries.
func consensusUpdates(r app.Result) *cmtproto.ConsensusParams {
	if r.Params == nil && r.AppVersion == 0 {
		return nil
	}
	var changed cmtproto.ConsensusParams // what stays nil is kept
	if r.Params != nil {
		all := ConsensusParams(*r.Params)
		changed.Block, changed.Evidence = all.Block, all.Evidence
	}
	if r.AppVersion != 0 {
		changed.Version = &cmtproto.VersionParams{App: r.AppVersion}
	}
	return &changed
}
