package api

import (
	"context"
	"errors"
	"time"

	"blink/crypto"
	"blink/tx"
)

// Node is the running node, as far as the API needs it. Every method may be called from any goroutine.
type Node interface {
	// Submit puts transactions into this node's mempool, in their order. It returns an error for each: nil when it was
	// admitted, a *tx.Refusal when it may not be, or one of the errors below.
	Submit(ctx context.Context, txs ...tx.Signed) []error
	// Status describes the node at this moment.
	Status() Status
	// Block reads a block; ErrNotFound when this node does not have it (yet, or any more).
	Block(height int64) (Block, error)
	// Settings describes what the node goes by.
	Settings() Settings
	// Receipt makes the finality receipt, JSON, of the transaction at an index of a block; ErrNotFound as Block does.
	Receipt(height int64, index uint32) ([]byte, error)
	// Ready returns nil when the node makes progress with the network, or else why it does not.
	Ready() error
	// Pending reports whether the transaction is in this node's mempool.
	Pending(id tx.ID) bool
	// PendingNonce is the nonce that the next transaction of the account should have, counting what is in the mempool.
	PendingNonce(address crypto.Address) uint64
}

// What a Node answers instead of a result. Wrapped errors count.
var (
	ErrMempoolFull  = errors.New("the mempool is full")
	ErrAlreadyKnown = errors.New("the transaction is known already")
	ErrNotReady     = errors.New("the node is not ready")
	ErrNotFound     = errors.New("not found")
)

// Status describes a node.
type Status struct {
	ChainID    string
	NodeID     string // CometBFT's: hex of the hash of the node key
	Moniker    string
	Version    string
	AppVersion uint64 // newest version of the rules that the node's program knows
	Height     int64
	AppHash    []byte // after the block at Height
	BlockTime  time.Time
	CatchingUp bool
	Consensus  Consensus
	Peers      []Peer
	Validator  ValidatorStatus
	Mempool    Mempool
}

// Consensus is where consensus is: in a round, or between two heights at the end of the last one.
type Consensus struct {
	Height   int64 // that is being decided; 0: not known yet
	Round    int32
	Step     string
	Proposer []byte // consensus address of that round's proposer; nil: not known
}

// Peer is a connected node.
type Peer struct {
	ID       string
	Moniker  string
	Address  string // host:port
	Outbound bool
}

// ValidatorStatus says whether this node votes.
type ValidatorStatus struct {
	Active  bool
	Address []byte // consensus address: the first 20 bytes of the hash of the consensus key
	Power   int64
}

// Mempool is what waits to be included.
type Mempool struct {
	Txs   int
	Bytes int64
}

// Block is a committed block.
type Block struct {
	Height   int64
	Time     time.Time
	Hash     []byte
	AppHash  []byte // the state before this block, as its header says
	Proposer []byte // consensus address
	Round    int32  // of the commit that finalised this very block
	Txs      [][]byte
}

// Settings is what a node goes by, without secrets and without what only tells nodes apart.
type Settings struct {
	Digest      string // 64 hex digits, equal for nodes whose settings make them behave alike
	ProfileHint string // name of the profile that has these timeouts; "" if none has
	Push        bool   // own votes and proposals are sent at once
	Timeouts    Timeouts
	Mempool     MempoolLimits
	Store       StoreSettings
}

// Timeouts are those of consensus in round 0, and the longest time without a block.
type Timeouts struct{ Propose, Prevote, Precommit, Commit, Heartbeat time.Duration }

// MempoolLimits bounds what waits to be included.
type MempoolLimits struct {
	Txs        int   `json:"size"`          // transactions
	Bytes      int64 `json:"max_txs_bytes"` // of all of them
	MaxTxBytes int   `json:"max_tx_bytes"`
	CacheTxs   int   `json:"cache_size"` // hashes remembered
}

// StoreSettings is what the state database keeps.
type StoreSettings struct {
	KeepVersions int64 `json:"keep_versions"` // past states that can be queried; 0: all
	CacheNodes   int   `json:"cache_nodes"`   // tree nodes in memory
	Sync         bool  `json:"sync"`          // it waits for the disk at every block
}
