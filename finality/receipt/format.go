package receipt

import (
	"encoding/hex"
	"time"

	"blink/tx"
)

// Format is the first member of every receipt. Another form gets another name.
const Format = "blink-receipt/1"

// Bounds of what is read. They are far above what a chain can make.
const (
	MaxBytes      = 1 << 20 // of the text: a transaction of 64 KiB, and 500 validators and signatures twice, are half of it
	maxValidators = 500     // genesis.Params.MaxValidators is at most that
	maxSteps      = 32      // of a Merkle proof: a block of 4 MiB has fewer than 2^22 transactions
)

// wire is a receipt as its JSON says it.
type wire struct {
	Format string  `json:"format"`
	ID     tx.ID   `json:"id"`
	Tx     []byte  `json:"tx"`
	Proof  path    `json:"proof"` // from the transaction to block.header.data_hash
	Block  block   `json:"block"`
	Result *result `json:"result,omitempty"` // nil: made before the next block was there
}

// result is what came of the transaction, as the next block says.
type result struct {
	Code  uint32 `json:"code"`  // tx.Code
	Proof path   `json:"proof"` // from the code to block.header.last_results_hash
	Block block  `json:"block"` // the next one
}

// block is a header and who signed it. Validators are left out of the next block when they are those of the first.
type block struct {
	Header     header      `json:"header"`
	Commit     commit      `json:"commit"`
	Validators []validator `json:"validators,omitempty"`
}

// header has the fields of CometBFT's header, all of which are in its hash.
type header struct {
	Version            version   `json:"version"`
	ChainID            string    `json:"chain_id"`
	Height             int64     `json:"height"`
	Time               time.Time `json:"time"`
	LastBlock          blockID   `json:"last_block"`
	LastCommitHash     digest    `json:"last_commit_hash"`
	DataHash           digest    `json:"data_hash"`
	ValidatorsHash     digest    `json:"validators_hash"`
	NextValidatorsHash digest    `json:"next_validators_hash"`
	ConsensusHash      digest    `json:"consensus_hash"`
	AppHash            digest    `json:"app_hash"`
	LastResultsHash    digest    `json:"last_results_hash"`
	EvidenceHash       digest    `json:"evidence_hash"`
	Proposer           digest    `json:"proposer"`
}

type version struct {
	Block uint64 `json:"block"`
	App   uint64 `json:"app"`
}

// blockID is what validators sign: the hash of the header, and of the parts in which the block was sent.
type blockID struct {
	Hash  digest `json:"hash"`
	Parts parts  `json:"parts"`
}

type parts struct {
	Total uint32 `json:"total"`
	Hash  digest `json:"hash"`
}

// commit is the precommits of one round for one block.
type commit struct {
	Round      int32        `json:"round"`
	Block      blockID      `json:"block"`
	Signatures []*signature `json:"signatures"` // one per validator, in their order; nil: none for this block
}

type signature struct {
	Time      time.Time `json:"time"` // by the validator's clock
	Signature []byte    `json:"signature"`
}

type validator struct {
	Key   []byte `json:"key"`   // ed25519
	Power int64  `json:"power"` // voting power
}

// digest is bytes that JSON shows in lower-case hexadecimal.
type digest []byte

// MarshalText implements encoding.TextMarshaler.
func (d digest) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, d), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *digest) UnmarshalText(text []byte) (err error) {
	*d, err = hex.AppendDecode(nil, text)
	return err
}
