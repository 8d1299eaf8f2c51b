package genesis

import (
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// State is all that a chain knows after one block, for another chain to go on from: blinkd export writes it, the first
// start of the new chain reads it. Lists are in the order of the state's keys (docs/state.md), so that all nodes write
// the same text. What follows from the rest is left out: indices, queues, the ranking, sums.
type State struct {
	AppVersion uint64      `json:"app_version"` // of the rules that the next block runs under
	BusyBlocks uint64      `json:"busy_blocks"` // blocks with transactions or evidence, so far
	Issued     coin.Amount `json:"issued"`      // ublink, since the first genesis of all
	Burned     coin.Amount `json:"burned"`      // ublink, since then
	Fees       coin.Amount `json:"fees"`        // ublink paid and not yet shared out
	Rewards    RewardState `json:"rewards"`

	Accounts      []AccountState      `json:"accounts"`
	Validators    []ValidatorState    `json:"validators"`
	Delegations   []DelegationState   `json:"delegations"`
	Unbondings    []UnbondingState    `json:"unbondings"`
	Redelegations []RedelegationState `json:"redelegations"`
	Proposals     []ProposalState     `json:"proposals"`
}

// RewardState is the chain's side of the reward accounting.
type RewardState struct {
	Unpaid    coin.Amount `json:"unpaid"`           // ublink shared out and not yet withdrawn
	PerPower  Fixed       `json:"per_power"`        // what one unit of voting power has earned since the first genesis
	PaidUntil time.Time   `json:"paid_until"`       // block time up to which issuance is paid
	Remainder uint64      `json:"remainder,string"` // issuance that was too little for a whole ublink, in 1/year of ns
}

// AccountState is an account that was used.
type AccountState struct {
	Address         crypto.Address  `json:"address"`
	Balance         coin.Amount     `json:"balance"`                    // ublink
	Nonce           uint64          `json:"nonce"`                      // of the next transaction
	WithdrawAddress *crypto.Address `json:"withdraw_address,omitempty"` // where its rewards go, if not to itself
}

// ValidatorState is a validator of any status.
type ValidatorState struct {
	Operator     crypto.Address `json:"operator"`
	ConsensusKey []byte         `json:"consensus_key"`         // ed25519 public key, 32 bytes, base64 in JSON
	Status       string         `json:"status"`                // inactive, active, jailed or tombstoned
	JailedUntil  time.Time      `json:"jailed_until,omitzero"` // block time
	Power        int64          `json:"power,omitempty"`       // what consensus was told; 0: not in the set
	Tokens       coin.Amount    `json:"tokens"`                // ublink
	Shares       uint64         `json:"shares,string"`         // of all its delegations
	MinSelfBond  coin.Amount    `json:"min_self_bond"`         // ublink
	Moniker      string         `json:"moniker"`               // see tx.CheckMoniker
	Details      string         `json:"details,omitempty"`     // see tx.CheckDetails
	Commission   tx.Commission  `json:"commission"`            //
	RateChanged  time.Time      `json:"rate_changed,omitzero"` // block time at which the commission rate was set last
	PerShare     Fixed          `json:"per_share"`             // what one share has earned since the validator began
	Settled      Fixed          `json:"settled"`               // rewards.per_power up to which its earnings are counted
	Purse        coin.Amount    `json:"purse"`                 // ublink of commission that its operator may withdraw
	Misses       *MissesState   `json:"misses,omitempty"`      // of the busy blocks
	Slashes      []SlashState   `json:"slashes,omitempty"`     // its punishments
}

// MissesState is which busy blocks a validator missed.
type MissesState struct {
	Since uint64   `json:"since"` // the first busy block that counts; earlier ones are about to be forgotten
	Runs  []Blocks `json:"runs"`  // ascending
}

// Blocks is a run of busy blocks, by their numbers.
type Blocks struct {
	From uint64 `json:"from"`
	To   uint64 `json:"to"` // the last one
}

// SlashState is one punishment of a validator: its history, and the reason why nobody is punished twice.
type SlashState struct {
	Infraction int64       `json:"infraction"` // height of it
	Type       string      `json:"type"`       // downtime, duplicate_vote or light_client_attack
	Burned     coin.Amount `json:"burned"`     // ublink
	Height     int64       `json:"height"`     // of the block that punished
	Time       time.Time   `json:"time"`       // of that block
}

// DelegationState is a holder's part of a validator.
type DelegationState struct {
	Delegator crypto.Address `json:"delegator"`
	Validator crypto.Address `json:"validator"`
	Shares    uint64         `json:"shares,string"` // of the validator's
	Settled   Fixed          `json:"settled"`       // the validator's per_share up to which its rewards are paid out
}

// UnbondingState is stake on its way back to its owner: free when time and height are both reached.
type UnbondingState struct {
	Validator        crypto.Address `json:"validator"`
	Delegator        crypto.Address `json:"delegator"`
	CreatedHeight    int64          `json:"created_height"`
	Amount           coin.Amount    `json:"amount"` // ublink that slashing has left of it
	CompletionTime   time.Time      `json:"completion_time"`
	CompletionHeight int64          `json:"completion_height"`
}

// RedelegationState is stake that moved to another validator and still answers for the one it left.
type RedelegationState struct {
	From             crypto.Address `json:"from"`
	Delegator        crypto.Address `json:"delegator"`
	To               crypto.Address `json:"to"`
	CreatedHeight    int64          `json:"created_height"`
	Amount           coin.Amount    `json:"amount"` // ublink that slashing has left of it
	CompletionTime   time.Time      `json:"completion_time"`
	CompletionHeight int64          `json:"completion_height"`
}
