// Package genesis holds the document that a chain starts from: its parameters, first accounts and first validators.
// Every node of a chain has the same document; its hash is stored with the data, so that a node refuses to continue
// one chain's data under another chain's genesis.
package genesis

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// Document is the genesis document, genesis.json.
type Document struct {
	ChainID     string    `json:"chain_id"`     // see tx.CheckChainID
	GenesisTime time.Time `json:"genesis_time"` // RFC 3339 in UTC, whole milliseconds; the time before the first block
	// InitialHeight is the height of the first block, up to MaxInitialHeight. 0, and left out of the text: 1. A chain
	// that goes on from another one's state goes on with its heights too, since the state names heights.
	InitialHeight int64       `json:"initial_height,omitempty"`
	Params        Params      `json:"params"`
	Accounts      []Account   `json:"accounts"`
	Validators    []Validator `json:"validators"`
	// State is what another chain ended with, for this one to go on from; then there are no accounts and validators
	// besides. Left out: a chain of its own.
	State *State `json:"state,omitempty"`
}

// MaxInitialHeight is the largest whole number up to which JSON readers of every language count exactly.
const MaxInitialHeight = 1 << 53

// FirstHeight is the height of the first block.
func (d Document) FirstHeight() int64 { return max(d.InitialHeight, 1) }

// Account is an account that owns coins from the start.
type Account struct {
	Address crypto.Address `json:"address"`
	Balance coin.Amount    `json:"balance"` // ublink, more than 0
}

// Validator is a validator that votes from the first block on.
type Validator struct {
	Operator     crypto.Address `json:"operator"`      // one validator each
	ConsensusKey []byte         `json:"consensus_key"` // ed25519 public key, 32 bytes, base64 in JSON; one validator each
	SelfBond     coin.Amount    `json:"self_bond"`     // ublink; on top of the operator's balance, not out of it
	Moniker      string         `json:"moniker"`       // see tx.CheckMoniker
	Commission   tx.Commission  `json:"commission"`
}

// Supply is all the money there is: balances and self bonds, or what the state says was issued and not burned. It is
// false when the sum does not fit 64 bits.
func (d Document) Supply() (coin.Amount, bool) {
	if d.State != nil {
		return d.State.Issued.Sub(d.State.Burned)
	}
	total, ok := coin.Amount(0), true
	for _, a := range d.Accounts {
		if total, ok = total.Add(a.Balance); !ok {
			return 0, false
		}
	}
	for _, v := range d.Validators {
		if total, ok = total.Add(v.SelfBond); !ok {
			return 0, false
		}
	}
	return total, true
}

// Parse reads and validates a document. Unknown fields are refused.
func Parse(text []byte) (Document, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	var d Document
	if err := dec.Decode(&d); err != nil {
		return Document{}, fmt.Errorf("genesis: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Document{}, errors.New("genesis: must be one JSON object, had more after it")
	}
	if err := d.Validate(); err != nil {
		return Document{}, fmt.Errorf("genesis: %w", err)
	}
	return d.canonical(), nil
}

// Load reads and validates the document in a file.
func Load(path string) (Document, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Document{}, fmt.Errorf("genesis: %w", err)
	}
	d, err := Parse(text)
	if err != nil {
		return Document{}, fmt.Errorf("%s: %w", path, err)
	}
	return d, nil
}

// Encode gives the canonical text: indented JSON with the fields in the order of this file and a line end. Accounts
// and validators keep their order. It panics on a document that cannot be valid JSON (a year beyond 9999).
func (d Document) Encode() []byte {
	text, err := json.MarshalIndent(d.canonical(), "", "  ")
	if err != nil {
		panic("genesis: encode: " + err.Error())
	}
	return append(text, '\n')
}

// canonical is the one form of documents that say the same.
func (d Document) canonical() Document {
	if d.InitialHeight == 1 {
		d.InitialHeight = 0
	}
	if d.State != nil {
		d.Accounts, d.Validators = []Account{}, []Validator{}
	}
	return d
}

// Hash names the document: the SHA-256 of Encode, so that sha256sum of a file that Encode wrote agrees.
func (d Document) Hash() [sha256.Size]byte { return sha256.Sum256(d.Encode()) }
