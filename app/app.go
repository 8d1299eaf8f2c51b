// Package app is blink's state machine: accounts, staking, rewards, slashing, governance and the validator set.
//
// It is pure. Given the same state and the same block it writes the same keys and returns the same values, on every
// machine and for ever; it knows no host (no CometBFT, HTTP, clock, context or goroutine). Three verbs make it up:
//
//	InitChain   writes the state of a genesis document
//	Admit       says why a transaction may not enter a block (refuse)
//	ApplyBlock  runs a block; it cannot fail: what it must refuse becomes a receipt, and a broken invariant is a panic (halt)
//
// The state layout (every key and record) is documented in docs/state.md.
package app

import (
	"fmt"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/genesis"
	"blink/tx"
)

// Power is voting power: bonded tokens / PowerUnit. The total of a validator set stays below MaxTotalPower.
type Power = int64

// PowerUnit is the stake, in ublink, of one unit of voting power.
const PowerUnit = uint64(coin.Blink)

// MaxTotalPower is the most total power that CometBFT accepts (types.MaxTotalVotingPower, MaxInt64/8). An unsigned
// 64-bit supply cannot reach it: MaxUint64/PowerUnit is about 1.8e13.
const MaxTotalPower Power = (1<<63 - 1) / 8

// NonceWindow is how many consecutive nonces of one account may wait in a mempool: the next one and 63 after it.
const NonceWindow = 64

// A ValidatorUpdate tells the consensus engine a validator's new power; 0 removes it.
type ValidatorUpdate struct {
	Key   [32]byte // ed25519 public key
	Power Power
}

// An Input is one transaction of a block.
type Input struct {
	ID      tx.ID
	Tx      tx.Verified
	Refused tx.Code // not zero: the bytes did not decode or verify, Tx is the zero value
}

// A Vote is one validator's part in the commit of the block before.
type Vote struct {
	Address [20]byte // consensus address
	Power   Power
	Absent  bool // no precommit of it was in the commit; a vote for nil is not an absence
}

// An EvidenceType says what a validator did.
type EvidenceType uint8

// The kinds of misbehaviour, numbered as CometBFT numbers them (abci.MisbehaviorType).
const (
	Downtime          EvidenceType = 0 // no evidence: counted from absences, never found in a Block
	DuplicateVote     EvidenceType = 1
	LightClientAttack EvidenceType = 2
)

var evidenceNames = [...]string{Downtime: "downtime", DuplicateVote: "duplicate_vote", LightClientAttack: "light_client_attack"}

// String is the stable name, in lower case.
func (t EvidenceType) String() string {
	if int(t) < len(evidenceNames) {
		return evidenceNames[t]
	}
	return fmt.Sprintf("evidence_type_%d", uint8(t))
}

// Evidence is proven misbehaviour of a validator.
type Evidence struct {
	Address    [20]byte // consensus address
	Height     int64    // of the infraction
	Time       time.Time
	Power      Power // of the validator at that height
	TotalPower Power
	Type       EvidenceType
}

// A Block is everything that a block tells the state machine.
type Block struct {
	Height     int64
	Time       time.Time // block time, not wall time
	Txs        []Input
	LastCommit []Vote
	Evidence   []Evidence
	Proposer   [20]byte // consensus address
}

// A Receipt is the outcome of one transaction. Only Code is part of what consensus agrees on.
type Receipt struct {
	Code tx.Code
	// Accounts touched, ascending, each once: what an index by account needs. Empty if the bytes did not verify.
	Accounts []crypto.Address
	// Settled: the transaction's fate is decided for ever. It executed, or paid its fee and failed, or never can execute
	// (nonce used, expired, malformed). A transaction refused without effect for a reason that may pass (nonce too high,
	// fee not covered yet) is not settled: until its valid_until it may still take effect in a later block.
	Settled bool
}

// A Result is what a block did.
type Result struct {
	Receipts []Receipt         // one per Block.Txs, in order
	Updates  []ValidatorUpdate // at most one per key
	Events   []Event           // for observers; never hashed

	Params     *genesis.Params // in force from this block on; nil: as before
	AppVersion uint64          // of the rules in force from this block on; 0: as before
}

// An Event tells observers something that happened in a block. Fields that its type does not use are zero.
type Event struct {
	Type      EventType
	Tx        int            // index in Block.Txs; -1: not caused by a transaction
	Account   crypto.Address // sender, delegator
	To        crypto.Address // recipient of a transfer or reward, operator that stake moves to
	Validator crypto.Address // operator
	Amount    coin.Amount
	Power     Power
	Time      time.Time // completion of an unbonding or redelegation, end of a jail term or of voting
	Height    int64     // of the infraction, of the block that undelegated; at which a proposal that passed takes effect

	Proposal   uint64
	Option     tx.VoteOption
	Status     ProposalStatus
	Reason     FailReason
	AppVersion uint64
}

// An EventType names what happened; the names are stable.
type EventType string

// The events.
const (
	EventTransfer           EventType = "transfer"             // Account -> To: Amount
	EventCreateValidator    EventType = "create_validator"     // Validator
	EventEditValidator      EventType = "edit_validator"       // Validator
	EventDelegate           EventType = "delegate"             // Account -> Validator: Amount
	EventUndelegate         EventType = "undelegate"           // Account <- Validator: Amount, spendable at Time
	EventCancelUnbonding    EventType = "cancel_unbonding"     // Account -> Validator: Amount, of what was undelegated at Height
	EventRelease            EventType = "release"              // Account <- Validator: Amount is spendable now
	EventRedelegate         EventType = "redelegate"           // of Account, Validator -> To: Amount, answers for Validator until Time
	EventSetWithdrawAddress EventType = "set_withdraw_address" // of Account: To
	EventReward             EventType = "reward"               // of Account at Validator, paid to To: Amount
	EventCommission         EventType = "commission"           // of Validator's operator, paid to To: Amount
	EventSlash              EventType = "slash"                // Validator: Amount burned, infraction at Height
	EventSlashRedelegated   EventType = "slash_redelegated"    // of Account at To, for Validator: the part of the next slash that it bears
	EventJail               EventType = "jail"                 // Validator, until Time
	EventUnjail             EventType = "unjail"               // Validator
	EventTombstone          EventType = "tombstone"            // Validator: jailed for ever
	EventPower              EventType = "power"                // Validator: Power from the block after the next on; 0: left the set
	EventProposal           EventType = "proposal"             // Proposal by Account, deposit Amount, voted on until Time
	EventVote               EventType = "vote"                 // Account on Proposal: Option
	EventTally              EventType = "tally"                // Proposal: Status, Reason; Account gets Amount of its deposit back; takes effect at Height
	EventParams             EventType = "params"               // Proposal changed the parameters, or could not: Status, Reason
	EventUpgrade            EventType = "upgrade"              // Proposal raised the version to AppVersion, or could not: Status, Reason
)
