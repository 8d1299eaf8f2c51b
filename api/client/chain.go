package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"blink/coin"
	"blink/crypto"
)

// Status is what a node says about itself.
type Status struct {
	ChainID    string           `json:"chain_id"`
	NodeID     string           `json:"node_id"`
	Moniker    string           `json:"moniker"`
	Version    string           `json:"version"`
	Height     int64            `json:"height"`
	AppHash    string           `json:"app_hash"`
	BlockTime  time.Time        `json:"block_time"`
	CatchingUp bool             `json:"catching_up"`
	Ready      bool             `json:"ready"`
	NotReady   string           `json:"not_ready_reason,omitempty"` // why it is not
	Peers      []Peer           `json:"peers"`
	Consensus  *Consensus       `json:"consensus"` // nil while it catches up, and until a round has begun
	Validator  *StatusValidator `json:"validator"`
	Mempool    struct {
		Txs   int   `json:"txs"`
		Bytes int64 `json:"bytes"`
	} `json:"mempool"`
}

// Peer is another node that this one is connected to.
type Peer struct {
	ID      string `json:"id"`
	Moniker string `json:"moniker"`
	Address string `json:"address"`
}

// StatusValidator is the validator side of a node.
type StatusValidator struct {
	Active      bool   `json:"active"`
	Address     string `json:"address"`
	VotingPower int64  `json:"voting_power"`
}

// Consensus is the round that a node's consensus is in, or between two heights the last round of the one before.
type Consensus struct {
	Height   int64  `json:"height"` // that is being decided
	Round    int32  `json:"round"`
	Step     string `json:"step"`     // new_round, propose, prevote, prevote_wait, precommit, precommit_wait or commit
	Proposer string `json:"proposer"` // consensus address of that round's proposer: 40 upper-case hexadecimal digits; "" if not known
}

// Account is an account's balance and nonces.
type Account struct {
	Address      crypto.Address `json:"address"`
	Balance      coin.Amount    `json:"balance"`
	Nonce        uint64         `json:"nonce"`         // of the next transaction, by the last block
	PendingNonce uint64         `json:"pending_nonce"` // of the next transaction, counting those that wait
}

// Validator is a validator's public record.
type Validator struct {
	Operator crypto.Address `json:"operator"`
	Moniker  string         `json:"moniker"` // chosen by the validator: never trust it
	Status   string         `json:"status"`  // active, inactive, jailed or tombstoned
	Power    int64          `json:"power"`
	Tokens   coin.Amount    `json:"tokens"`
}

// Params are the chain's parameters that a sender must know. Raw("/v1/params") has them all.
type Params struct {
	MinFee     coin.Amount `json:"min_fee"`     // the least fee that is taken, for one message
	MinDeposit coin.Amount `json:"min_deposit"` // the least deposit of a proposal
}

// FaucetGift is the faucet's answer: a transaction and what it carries.
type FaucetGift struct {
	TxStatus
	Amount coin.Amount `json:"amount"`
}

// Status asks the node about itself.
func (c *Client) Status(ctx context.Context) (Status, error) {
	var out Status
	err := c.Get(ctx, "/v1/status", &out)
	return out, err
}

// Ready returns nil if a node is ready to serve, else why not.
func (c *Client) Ready(ctx context.Context) error {
	_, err := c.do(ctx, request{method: http.MethodGet, path: "/v1/ready"})
	return err
}

// Account reads an account. An address that was never used is an account with nothing in it.
func (c *Client) Account(ctx context.Context, a crypto.Address) (Account, error) {
	var out Account
	err := c.Get(ctx, "/v1/accounts/"+a.String(), &out)
	return out, err
}

// Validators lists the validators, by power.
func (c *Client) Validators(ctx context.Context) ([]Validator, error) {
	var out struct {
		Validators []Validator `json:"validators"`
	}
	err := c.Get(ctx, "/v1/validators", &out)
	return out.Validators, err
}

// Params reads the chain's parameters.
func (c *Client) Params(ctx context.Context) (Params, error) {
	var out Params
	err := c.Get(ctx, "/v1/params", &out)
	return out, err
}

// Faucet asks a test network for coins and waits until they have arrived, at the node that gives them.
func (c *Client) Faucet(ctx context.Context, to crypto.Address) (FaucetGift, error) {
	body, err := json.Marshal(map[string]any{"address": to})
	if err != nil {
		return FaucetGift{}, err
	}
	var out FaucetGift
	err = c.call(ctx, request{method: http.MethodPost, path: "/v1/faucet", body: body, contentType: "application/json", wait: 5 * time.Second}, &out)
	return out, err
}

// Raw reads a resource as the JSON that the node sent.
func (c *Client) Raw(ctx context.Context, format string, args ...any) (json.RawMessage, error) {
	var out json.RawMessage
	err := c.Get(ctx, fmt.Sprintf(format, args...), &out)
	return out, err
}
