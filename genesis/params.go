package genesis

import "blink/coin"

// Params are the rules of a chain that its founders choose. They are part of the state from the first block on. To add
// one: a field here with its unit and default, its default in DefaultParams, its bounds in Validate.
type Params struct {
	// MinFee is the least fee of a transaction with one message, in ublink; many heavy ones need a multiple of it
	// (app.LeastFee). Default 1000 (0.001 BLINK). 0 makes transactions free;
	// at most 1000 BLINK.
	MinFee coin.Amount `json:"min_fee"`
	// MaxBlockBytes is the largest block, in bytes: 1 to 4 MiB. Default 4 MiB.
	MaxBlockBytes int64 `json:"max_block_bytes"`
	// MaxTxBytes is the largest transaction, in bytes: 1 KiB to 64 KiB. Default 64 KiB, what the format allows.
	MaxTxBytes int64 `json:"max_tx_bytes"`

	// MaxValidators is how many validators may vote at a time: 1 to 500. Default 100. Those with the most stake do.
	MaxValidators int64 `json:"max_validators"`
	// MinSelfBond is the least stake of its own that an operator begins with, in ublink: at least 1 BLINK, one unit of
	// voting power. Default 1 BLINK.
	MinSelfBond coin.Amount `json:"min_self_bond"`

	// UnbondingSeconds and UnbondingBlocks say when undelegated stake is free: after both, counted from the block of the
	// undelegation. Each must outlast the age of evidence in the same unit, by 2 blocks (time: by UnbondingSlackSeconds):
	// stake that voted can then be slashed for as long as a proof of its misdeed is accepted. Defaults 21 days, and
	// 30240 blocks (the same at one block a minute, slower than any heartbeat).
	UnbondingSeconds int64 `json:"unbonding_seconds"`
	UnbondingBlocks  int64 `json:"unbonding_blocks"`
	// EvidenceMaxAgeSeconds and EvidenceMaxAgeBlocks say how old evidence of misbehaviour may be: it expires when it is
	// past both. Defaults 20 days and 28800 blocks.
	EvidenceMaxAgeSeconds int64 `json:"evidence_max_age_seconds"`
	EvidenceMaxAgeBlocks  int64 `json:"evidence_max_age_blocks"`

	// SlashDoubleSign is what a validator and its delegators lose for signing two blocks at one height, in basis points
	// (1/10000) of the stake: 1 to 10000. Default 500 (5 %).
	SlashDoubleSign uint32 `json:"slash_double_sign"`
	// SlashDowntime is what they lose for being absent too long, in basis points: 0 to SlashDoubleSign. Default 1 (0.01 %).
	SlashDowntime uint32 `json:"slash_downtime"`
	// DowntimeWindowBlocks is over how many of the last busy blocks, those with transactions or evidence, absence is
	// counted: 10 to 1000000. Default 20000. A busy chain makes tens of blocks a second, so this is minutes under load;
	// an idle chain counts nothing.
	DowntimeWindowBlocks int64 `json:"downtime_window_blocks"`
	// DowntimeMaxMissed is how many blocks of the window a validator may miss; one more and it is jailed: 1 to less than
	// DowntimeWindowBlocks. Default 10000.
	DowntimeMaxMissed int64 `json:"downtime_max_missed"`
	// JailSeconds is how long a validator that was absent must wait before it may unjail, in seconds of block time: at
	// least 1. Default 600.
	JailSeconds int64 `json:"jail_seconds"`

	// Inflation is how much new money validators and their delegators earn in a year of block time, in basis points of the
	// supply: 0 to 2000. Default 500 (5 %).
	Inflation uint32 `json:"inflation"`

	// MinDeposit is what a proposal must put down, in ublink: 1 to 1000000 BLINK. Default 100 BLINK. It comes back unless the
	// proposal is vetoed or too few vote.
	MinDeposit coin.Amount `json:"min_deposit"`
	// VotingSeconds is how long a proposal may be voted on, in seconds of block time: 10 to 90 days. Default 3 days.
	VotingSeconds int64 `json:"voting_seconds"`
	// Quorum is the part of the active stake that must vote for a result to count, in basis points: 1 to 6666.
	// Default 3340.
	Quorum uint32 `json:"quorum"`
	// Threshold: a proposal passes if more than this part of the votes for and against it are for it, in basis points:
	// 5000 to 6666. Default 5000.
	Threshold uint32 `json:"threshold"`
	// VetoThreshold: a proposal is vetoed, and its deposit burned, if more than this part of all votes are vetoes, in basis
	// points: 3334 to 9999. Default 3340.
	VetoThreshold uint32 `json:"veto_threshold"`
}

// UnbondingSlackSeconds stands for 2 blocks in the comparison of unbonding time and evidence age: no blink chain that
// makes progress lets more than a minute pass between blocks.
const UnbondingSlackSeconds = 2 * 60

const day = 24 * 60 * 60 // seconds

// DefaultParams are the parameters of a chain that means it.
func DefaultParams() Params {
	return Params{
		MinFee:                1000,
		MaxBlockBytes:         4 << 20,
		MaxTxBytes:            64 << 10,
		MaxValidators:         100,
		MinSelfBond:           1 * coin.Blink,
		UnbondingSeconds:      21 * day,
		UnbondingBlocks:       21 * day / 60,
		EvidenceMaxAgeSeconds: 20 * day,
		EvidenceMaxAgeBlocks:  20 * day / 60,
		SlashDoubleSign:       500,
		SlashDowntime:         1,
		DowntimeWindowBlocks:  20_000,
		DowntimeMaxMissed:     10_000,
		JailSeconds:           600,
		Inflation:             500,
		MinDeposit:            100 * coin.Blink,
		VotingSeconds:         3 * day,
		Quorum:                3340,
		Threshold:             5000,
		VetoThreshold:         3340,
	}
}

// TestnetParams are the defaults with times short enough to watch: stake is free after 10 minutes, a jail opens after
// one, a vote ends
// after one.
func TestnetParams() Params {
	p := DefaultParams()
	p.UnbondingSeconds, p.UnbondingBlocks = 600, 60
	p.EvidenceMaxAgeSeconds, p.EvidenceMaxAgeBlocks = 300, 50
	p.JailSeconds = 60
	p.MinDeposit, p.VotingSeconds = 10*coin.Blink, 60
	return p
}
