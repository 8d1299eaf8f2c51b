package node

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// Home is a node's folder:
//
//	config/config.toml             CometBFT's settings
//	config/blink.toml              blink's settings; written last: a home without it is not complete
//	config/genesis.json            blink's genesis document
//	config/node_key.json           who the node is to its peers
//	config/priv_validator_key.json the consensus key
//	config/faucet_key              test networks only
//	data/sign_journal/             what the consensus key signed last, and why; never delete or copy it
//	data/priv_validator_state.json the same for CometBFT's own tools, once the node has stopped
//	data/                          blocks, state and logs of consensus
type Home struct{ Dir string }

// ConfigFile is blink.toml.
func (h Home) ConfigFile() string { return h.config("blink.toml") }

// CometFile is config.toml.
func (h Home) CometFile() string { return h.config("config.toml") }

// GenesisFile is blink's genesis document.
func (h Home) GenesisFile() string { return h.config("genesis.json") }

// FaucetKeyFile holds the faucet's account key as 64 hexadecimal digits.
func (h Home) FaucetKeyFile() string { return h.config("faucet_key") }

// NodeKeyFile identifies the node to its peers.
func (h Home) NodeKeyFile() string { return h.config("node_key.json") }

// ConsensusKeyFile holds the key that signs votes.
func (h Home) ConsensusKeyFile() string { return h.config("priv_validator_key.json") }

// ConsensusStateFile is CometBFT's file of what the consensus key signed last: see signer.
func (h Home) ConsensusStateFile() string { return h.Data("priv_validator_state.json") }

// SignJournal is the folder of what the consensus key signed last, from the first start on.
func (h Home) SignJournal() string { return h.Data("sign_journal") }

// Data is a path within the data folder.
func (h Home) Data(name string) string { return filepath.Join(h.Dir, "data", name) }

func (h Home) config(name string) string { return filepath.Join(h.Dir, "config", name) }

// HomeState says how far a home has been written.
type HomeState int

// The states of a home.
const (
	HomeAbsent   HomeState = iota // no such folder, or an empty one (a fresh volume)
	HomePartial                   // something is there, but it was never completed
	HomeComplete                  // it can be started
)

// State looks at the folder.
func (h Home) State() (HomeState, error) {
	if _, err := os.Stat(h.ConfigFile()); err == nil {
		return HomeComplete, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	for _, dir := range []string{filepath.Join(h.Dir, "config"), filepath.Join(h.Dir, "data")} {
		entries, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return 0, err
		}
		if len(entries) > 0 {
			return HomePartial, nil
		}
	}
	return HomeAbsent, nil
}

var (
	// ErrNoHome: there is no home where one must be.
	ErrNoHome = errors.New("no node has been made here")
	// ErrHomeExists: there is a home where none may be.
	ErrHomeExists = errors.New("a node has been made here already")
	// ErrHomePartial: writing the home was interrupted.
	ErrHomePartial = errors.New("this home is incomplete: writing it was interrupted")
)

// check refuses a home that cannot be started.
func (h Home) check() error {
	state, err := h.State()
	switch {
	case err != nil:
		return err
	case state == HomeAbsent:
		return fmt.Errorf("%s: %w", h.Dir, ErrNoHome)
	case state == HomePartial:
		return fmt.Errorf("%s: %w (there is no config/blink.toml)", h.Dir, ErrHomePartial)
	}
	return nil
}

// mustBeNew refuses a home that exists or was begun.
func (h Home) mustBeNew() error {
	state, err := h.State()
	switch {
	case err != nil:
		return err
	case state == HomeComplete:
		return fmt.Errorf("%s: %w", h.Dir, ErrHomeExists)
	case state == HomePartial:
		return fmt.Errorf("%s: %w", h.Dir, ErrHomePartial)
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
