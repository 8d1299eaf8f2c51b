package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"blink/abci"
	"blink/api"
	"blink/app"
	"blink/crypto"
	"blink/node"
	"blink/store"
	"blink/tx"
)

// apiNode gives a node the interface that the API declares.
type apiNode struct{ *node.Node }

func (a apiNode) Submit(ctx context.Context, txs ...tx.Signed) []error {
	errs := a.Node.Submit(ctx, txs...)
	for i, err := range errs {
		errs[i] = translate(err)
	}
	return errs
}

func (a apiNode) Block(height int64) (api.Block, error) {
	b, err := a.Node.Block(height)
	return api.Block(b), translate(err)
}

func (a apiNode) Receipt(height int64, index uint32) ([]byte, error) {
	raw, err := a.Node.Receipt(height, index)
	return raw, translate(err)
}

func (a apiNode) Status() api.Status {
	s := a.Node.Status()
	out := api.Status{
		ChainID: s.ChainID, NodeID: s.NodeID, Moniker: s.Moniker, Version: s.Version, AppVersion: abci.AppVersion,
		Height: s.Height, AppHash: s.AppHash, BlockTime: s.BlockTime, CatchingUp: s.CatchingUp,
		Consensus: api.Consensus(s.Consensus),
		Validator: api.ValidatorStatus{Active: s.Validator, Address: s.ConsensusAddress, Power: s.VotingPower},
		Mempool:   api.Mempool{Txs: s.MempoolTxs, Bytes: s.MempoolBytes},
	}
	for _, p := range s.Peers {
		out.Peers = append(out.Peers, api.Peer(p))
	}
	return out
}

func (a apiNode) Settings() api.Settings {
	e := a.Node.Effective()
	return api.Settings{
		Digest: e.Digest, ProfileHint: string(e.Profile), Push: e.Push,
		Timeouts: api.Timeouts{Propose: e.Propose, Prevote: e.Prevote, Precommit: e.Precommit, Commit: e.Commit, Heartbeat: e.Heartbeat},
		Mempool:  api.MempoolLimits{Txs: e.MempoolTxs, Bytes: e.MempoolBytes, MaxTxBytes: e.MaxTxBytes, CacheTxs: e.CacheTxs},
		Store:    api.StoreSettings{KeepVersions: e.KeepVersions, CacheNodes: e.CacheNodes, Sync: e.Sync},
	}
}

// translate gives an error of the node the identity that the API knows.
func translate(err error) error {
	for from, to := range map[error]error{
		node.ErrMempoolFull:  api.ErrMempoolFull,
		node.ErrAlreadyKnown: api.ErrAlreadyKnown,
		node.ErrNotReady:     api.ErrNotReady,
		node.ErrNoBlock:      api.ErrNotFound,
	} {
		if errors.Is(err, from) {
			return fmt.Errorf("%w: %w", to, err)
		}
	}
	return err
}

func limits(c node.APIConfig) api.Limits {
	return api.Limits{
		RequestsPerSecond: c.RequestsPerSecond, Burst: c.Burst, MaxInFlight: c.MaxInFlight,
		MaxWaiting: c.MaxWaiting, MaxStreams: c.MaxStreams, DefaultWait: c.DefaultWait, MaxWait: c.MaxWait,
	}
}

// faucetConfig reads the faucet's key; a home without one has no faucet.
func faucetConfig(home node.Home, c node.FaucetConfig) (api.Faucet, error) {
	if !c.Enabled {
		return api.Faucet{}, nil
	}
	text, err := os.ReadFile(home.FaucetKeyFile())
	if errors.Is(err, fs.ErrNotExist) {
		return api.Faucet{}, nil
	}
	if err != nil {
		return api.Faucet{}, err
	}
	raw, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		return api.Faucet{}, fmt.Errorf("%s must be 64 hexadecimal digits: %w", home.FaucetKeyFile(), err)
	}
	key, err := crypto.PrivateKeyFromBytes(raw)
	if err != nil {
		return api.Faucet{}, fmt.Errorf("%s: %w", home.FaucetKeyFile(), err)
	}
	return api.Faucet{Key: &key, Amount: c.Amount, Interval: c.Interval, PerIP: c.PerIP, Journal: home.Data("faucet.json")}, nil
}

// announcePlans logs the upgrades that are to come, so that the log of each start says how long this binary will do.
func announcePlans(state store.Reader, logger *slog.Logger) {
	for _, p := range app.Plans(state) {
		if u, ok := p.Content.(tx.UpgradeProposal); ok && u.AppVersion > abci.AppVersion {
			logger.Warn("an upgrade is planned: this blinkd stops before that block", "height", p.Height, "name", u.Name, "app_version", u.AppVersion)
		}
	}
}

// announceReady logs once when the node makes progress with the network.
func announceReady(ctx context.Context, n *node.Node, logger *slog.Logger) {
	for n.Ready() != nil {
		select {
		case <-ctx.Done():
			return
		case <-time.After(200 * time.Millisecond):
		}
	}
	logger.Info("ready", "height", n.Status().Height)
}
