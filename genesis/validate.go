package genesis

import (
	"errors"
	"fmt"
	"math"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// MaxSupply is the most that genesis may hand out, in ublink. It leaves room for issuance, and keeps all the voting
// power there can ever be (one per BLINK) far below MaxInt64/8, which consensus cannot count beyond.
const MaxSupply = coin.Amount(1) << 62

// The compiler refuses a negative constant here.
const _ = uint64(math.MaxInt64/8 - coin.Max/coin.Blink)

// problems collects everything that is wrong, so that a file can be mended in one go.
type problems []error

func (p *problems) add(field, format string, args ...any) {
	*p = append(*p, fmt.Errorf("%s %s", field, fmt.Sprintf(format, args...)))
}

// check adds a refusal of package tx, the field of which lies under parent.
func (p *problems) check(parent string, err error) {
	var r *tx.Refusal
	switch {
	case err == nil:
	case errors.As(err, &r):
		p.add(parent+r.Field, "%s", r.Message)
	default:
		p.add(parent, "%v", err)
	}
}

// within adds a bound of a number.
func within[N int64 | uint32 | uint64](p *problems, field string, v, low, high N) {
	if v < low || v > high {
		p.add(field, "must be %d to %d, was %d", low, high, v)
	}
}

// Validate says everything that is wrong with the document, each problem as "field must be X, was Y", joined.
func (d Document) Validate() error {
	var p problems
	p.check("", tx.CheckChainID(d.ChainID))
	if d.GenesisTime.Location() != time.UTC || d.GenesisTime.Unix() <= 0 || !d.GenesisTime.Equal(d.GenesisTime.Truncate(time.Millisecond)) {
		p.add("genesis_time", "must be in UTC, after 1970, in whole milliseconds, was %s", d.GenesisTime.Format(time.RFC3339Nano))
	}
	within(&p, "initial_height", d.InitialHeight, 0, MaxInitialHeight)
	p = append(p, d.Params.problems("params.")...)
	if d.State != nil {
		d.checkState(&p)
		return errors.Join(p...)
	}
	d.checkAccounts(&p)
	d.checkValidators(&p)
	if supply, fits := d.Supply(); !fits {
		p.add("supply", "must be at most %s ublink, was more than 64 bits hold", MaxSupply)
	} else if supply > MaxSupply {
		p.add("supply", "must be at most %s ublink, was %s", MaxSupply, supply)
	}
	return errors.Join(p...)
}

func (d Document) checkAccounts(p *problems) {
	seen := make(map[crypto.Address]int, len(d.Accounts))
	for i, a := range d.Accounts {
		field := fmt.Sprintf("accounts[%d]", i)
		checkAddress(p, field+".address", a.Address)
		if first, twice := seen[a.Address]; twice {
			p.add(field+".address", "must be unique, was %s as in accounts[%d]", a.Address, first)
		} else {
			seen[a.Address] = i
		}
		if a.Balance == 0 {
			p.add(field+".balance", "must be greater than 0, was 0")
		}
	}
}

func (d Document) checkValidators(p *problems) {
	if len(d.Validators) == 0 {
		p.add("validators", "must be at least 1, was 0")
	}
	operators := make(map[crypto.Address]int, len(d.Validators))
	keys := make(map[string]int, len(d.Validators))
	for i, v := range d.Validators {
		field := fmt.Sprintf("validators[%d]", i)
		checkAddress(p, field+".operator", v.Operator)
		if first, twice := operators[v.Operator]; twice {
			p.add(field+".operator", "must be unique, was %s as in validators[%d]", v.Operator, first)
		} else {
			operators[v.Operator] = i
		}
		p.check(field+".consensus_", tx.ConsensusKey{Type: tx.Ed25519, Key: v.ConsensusKey}.Validate())
		if first, twice := keys[string(v.ConsensusKey)]; twice {
			p.add(field+".consensus_key", "must be unique, was %x as in validators[%d]", v.ConsensusKey, first)
		} else {
			keys[string(v.ConsensusKey)] = i
		}
		if v.SelfBond < max(d.Params.MinSelfBond, coin.Blink) {
			p.add(field+".self_bond", "must be at least %s ublink, was %s", max(d.Params.MinSelfBond, coin.Blink), v.SelfBond)
		}
		p.check(field+".", tx.CheckMoniker(v.Moniker))
		p.check(field+".commission.", v.Commission.Validate())
	}
}

func checkAddress(p *problems, field string, a crypto.Address) {
	if a.IsZero() || a.Kind() > crypto.KindThreshold {
		p.add(field, "must be an address of kind 0 or 1, was %x", a[:])
	}
}

// Validate says everything that is wrong with the parameters, each problem as "field must be X, was Y", joined.
func (p Params) Validate() error { return errors.Join(p.problems("")...) }

func (p Params) problems(prefix string) problems {
	var bad problems
	if p.MinFee > MaxMinFee {
		bad.add(prefix+"min_fee", "must be at most %s ublink, was %s", MaxMinFee, p.MinFee)
	}
	within(&bad, prefix+"max_block_bytes", p.MaxBlockBytes, 1<<20, 4<<20)
	within(&bad, prefix+"max_tx_bytes", p.MaxTxBytes, 1<<10, tx.MaxTxBytes)
	within(&bad, prefix+"max_validators", p.MaxValidators, 1, 500)
	if p.MinSelfBond < coin.Blink {
		bad.add(prefix+"min_self_bond", "must be at least %s ublink, was %s", coin.Blink, p.MinSelfBond)
	}
	within(&bad, prefix+"evidence_max_age_seconds", p.EvidenceMaxAgeSeconds, 1, maxSeconds)
	within(&bad, prefix+"evidence_max_age_blocks", p.EvidenceMaxAgeBlocks, 1, maxBlocks)
	within(&bad, prefix+"unbonding_seconds", p.UnbondingSeconds, p.EvidenceMaxAgeSeconds+UnbondingSlackSeconds, 2*maxSeconds)
	within(&bad, prefix+"unbonding_blocks", p.UnbondingBlocks, p.EvidenceMaxAgeBlocks+2, 2*maxBlocks)
	within(&bad, prefix+"slash_double_sign", p.SlashDoubleSign, 1, tx.MaxBasisPoints)
	within(&bad, prefix+"slash_downtime", p.SlashDowntime, 0, p.SlashDoubleSign)
	within(&bad, prefix+"downtime_window_blocks", p.DowntimeWindowBlocks, 10, 1_000_000)
	within(&bad, prefix+"downtime_max_missed", p.DowntimeMaxMissed, 1, p.DowntimeWindowBlocks-1)
	within(&bad, prefix+"jail_seconds", p.JailSeconds, 1, maxSeconds)
	within(&bad, prefix+"inflation", p.Inflation, 0, MaxInflation)
	if p.MinDeposit < coin.Blink || p.MinDeposit > MaxMinDeposit {
		bad.add(prefix+"min_deposit", "must be %s to %s ublink, was %s", coin.Blink, MaxMinDeposit, p.MinDeposit)
	}
	within(&bad, prefix+"voting_seconds", p.VotingSeconds, 10, maxVotingSeconds)
	within(&bad, prefix+"quorum", p.Quorum, 1, mostOfVotes)
	within(&bad, prefix+"threshold", p.Threshold, tx.MaxBasisPoints/2, mostOfVotes)
	within(&bad, prefix+"veto_threshold", p.VetoThreshold, tx.MaxBasisPoints-mostOfVotes, tx.MaxBasisPoints-1)
	return bad
}

// MaxInflation, in basis points a year, leaves a supply of MaxSupply seven years before 64 bits are full and issuance ends.
const MaxInflation = 2000

// MaxMinFee keeps a vote from setting a fee that nobody can pay, which could never be taken back: a vote costs a fee, too.
const MaxMinFee = 1000 * coin.Blink

// MaxMinDeposit keeps a vote from ending all voting: a deposit that nobody has could never be lowered again.
const MaxMinDeposit = 1_000_000 * coin.Blink

// What a vote may make of the voting itself: whoever has more than two thirds of the stake, which is what it takes to make
// blocks, can always pass a proposal, and so take back what an earlier vote did. No quorum or threshold is higher, and
// less than a third cannot veto.
const (
	mostOfVotes      = 6666     // basis points
	maxVotingSeconds = 90 * day // how long everybody must wait for that
)

// Bounds that keep sums of block time or height and a parameter far from overflow.
const (
	maxSeconds = 10 * 365 * day
	maxBlocks  = 1_000_000_000
)
