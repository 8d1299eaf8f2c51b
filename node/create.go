package node

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"
	cmted25519 "github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/privval"

	"blink/crypto"
	"blink/genesis"
)

// HomeSpec says what a new home holds.
type HomeSpec struct {
	Moniker string // name shown to people; default: the folder's name
	Profile Profile
	Genesis genesis.Document

	ConsensusKey ed25519.PrivateKey // nil: a fresh one
	NodeKey      ed25519.PrivateKey // nil: a fresh one
	Faucet       *crypto.PrivateKey // nil: no faucet

	P2PListen string   // host:port; default 0.0.0.0:26656
	External  string   // host:port that peers dial, if it is not the listening one
	Peers     []string // id@host:port
	SameHost  bool     // peers share an IP address: do not refuse the second one

	Config Config // blink.toml
}

// NodeID is the id by which peers know the owner of a node key.
func NodeID(key ed25519.PrivateKey) string {
	return string(p2p.PubKeyToID(cmted25519.PrivKey(key).PubKey()))
}

// InitHome makes a home. It refuses one that exists (ErrHomeExists) or that
// was begun (ErrHomePartial).
func InitHome(home Home, spec HomeSpec) error {
	if err := home.mustBeNew(); err != nil {
		return err
	}
	if err := WriteHome(home, spec); err != nil {
		return err
	}
	return CompleteHome(home, spec.Config)
}

// WriteHome writes every file of a home but the last. A crash leaves a home
// that cannot be started; writing it again is safe, as it has signed nothing.
func WriteHome(home Home, spec HomeSpec) error {
	if err := errors.Join(spec.Genesis.Validate(), spec.Config.Validate()); err != nil {
		return err
	}
	for _, dir := range []string{filepath.Dir(home.ConfigFile()), filepath.Dir(home.ConsensusStateFile())} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	if err := writeFile(home.GenesisFile(), spec.Genesis.Encode()); err != nil {
		return err
	}
	if spec.Faucet != nil {
		if err := writeFile(home.FaucetKeyFile(), []byte(hex.EncodeToString(spec.Faucet.Bytes())+"\n")); err != nil {
			return err
		}
	}
	nodeKey := p2p.NodeKey{PrivKey: orFresh(spec.NodeKey)}
	if err := nodeKey.SaveAs(home.NodeKeyFile()); err != nil {
		return err
	}
	privval.NewFilePV(orFresh(spec.ConsensusKey), home.ConsensusKeyFile(), home.ConsensusStateFile()).Save()
	comet := cometConfig(home, spec)
	if err := comet.ValidateBasic(); err != nil {
		return fmt.Errorf("config.toml: %w", err)
	}
	cmtcfg.WriteConfigFile(home.CometFile(), comet)
	return os.Chmod(home.CometFile(), 0o600)
}

// CompleteHome writes the last file of a home, blink.toml: from now on it can
// be started.
func CompleteHome(home Home, c Config) error {
	return writeFile(home.ConfigFile(), c.encode())
}

func cometConfig(home Home, spec HomeSpec) *cmtcfg.Config {
	c := spec.Profile.CometConfig()
	c.Moniker = spec.Moniker
	if c.Moniker == "" {
		c.Moniker = filepath.Base(home.Dir)
	}
	if spec.P2PListen != "" {
		c.P2P.ListenAddress = "tcp://" + spec.P2PListen
	}
	c.P2P.ExternalAddress = spec.External
	c.P2P.PersistentPeers = strings.Join(spec.Peers, ",")
	ids := make([]string, len(spec.Peers))
	for i, peer := range spec.Peers {
		ids[i], _, _ = strings.Cut(peer, "@")
	}
	slices.Sort(ids)
	// Strangers may take all inbound places, but never those of known peers.
	c.P2P.UnconditionalPeerIDs = strings.Join(ids, ",")
	c.P2P.AllowDuplicateIP = spec.SameHost
	if spec.Config.Gossip.Push {
		c.Consensus.PeerGossipSleepDuration = pollFor(c.Consensus.PeerGossipSleepDuration, len(spec.Peers))
	}
	return c
}

// pollFor is how often a node offers each of its peers what it may lack, when it has so many. Each poll that comes before
// the end of a round sends what others have sent. Where validators share a machine a round takes as long as all send to
// all: the square of their number (docs/adr/0011-quiet-gossip.md).
func pollFor(each time.Duration, peers int) time.Duration {
	const longest = 250 * time.Millisecond // 15 peers then bring one who is behind 60 heights per second
	square := each * time.Duration(peers*peers) / 9
	return max(each, min(square, longest)).Truncate(time.Millisecond)
}

func orFresh(key ed25519.PrivateKey) cmted25519.PrivKey {
	if key == nil {
		return cmted25519.GenPrivKey()
	}
	return cmted25519.PrivKey(key)
}

// writeFile replaces a file atomically; only the owner may read it.
func writeFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".tmp-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err = f.Write(data); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
