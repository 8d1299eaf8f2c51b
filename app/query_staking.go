package app

import (
	"bytes"
	"slices"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/store"
)

// A Reward is what an account could withdraw from one validator, in ublink.
type Reward struct {
	Validator  crypto.Address
	Amount     coin.Amount // as a delegator
	Commission coin.Amount // as its operator
}

// A Redelegation is stake that moved from one validator to another and may be slashed for the first until both
// completions are passed.
type Redelegation struct {
	Delegator, From, To crypto.Address
	Amount              coin.Amount // what still answers for From
	CreatedHeight       int64
	CompletionTime      time.Time
	CompletionHeight    int64
}

// Uptime counts what a validator missed of the last Window busy blocks (those with transactions or evidence). In the set,
// it is jailed when it misses more than MaxMissed of them.
type Uptime struct {
	Window, MaxMissed, Missed int64
}

// RewardsOf returns what delegator has earned and not withdrawn, by validator ascending, one entry for each that it has
// stake with or operates. Rewards are shared out when a block carries anything: at a time now, those are included that
// such a block would share out then; the zero time leaves them out.
func RewardsOf(r store.Reader, delegator crypto.Address, now time.Time) []Reward {
	w := readRewards(r)
	if !now.IsZero() {
		params := ParamsOf(r)
		_, w = payment(readTotals(r), w, &params, now)
	}
	ops := earnsFrom(r, delegator)
	slices.SortFunc(ops, func(a, b crypto.Address) int { return bytes.Compare(a[:], b[:]) })
	all := make([]Reward, len(ops))
	for i, op := range ops {
		v := mustValidator(r, op)
		settle(r, w.perPower, op, &v)
		all[i] = Reward{Validator: op, Amount: v.earned(readDelegation(r, delegator, op))}
		if op == delegator {
			all[i].Commission = v.purse
		}
	}
	return all
}

// RewardsPaidUntil is the block time up to which rewards were shared out.
func RewardsPaidUntil(r store.Reader) time.Time { return fromNano(readRewards(r).paidUntil) }

// WithdrawAddressOf returns the account that delegator's rewards are paid to: its own, unless it chose another.
func WithdrawAddressOf(r store.Reader, delegator crypto.Address) crypto.Address {
	return withdrawAddress(r, delegator)
}

// Redelegations returns delegator's redelegation entries by To, From, then creation height.
func Redelegations(r store.Reader, delegator crypto.Address) []Redelegation {
	var all []Redelegation
	scan(r, key(prefixRedelegationsOf, delegator[:]), func(k, _ []byte) bool {
		id := parseRedelegationsOfKey(k)
		x := readRedelegation(r, id)
		all = append(all, Redelegation{
			Delegator: delegator, From: id.source, To: id.dest, Amount: x.amount, CreatedHeight: id.created,
			CompletionTime: fromNano(x.completionTime), CompletionHeight: x.completionHeight,
		})
		return true
	})
	return all
}

// DelegationsTo returns the delegations to a validator by delegator ascending: at most limit of them, from the first
// delegator above after on. The zero address is below all.
func DelegationsTo(r store.Reader, operator, after crypto.Address, limit int) []Delegation {
	var all []Delegation
	v, _ := readValidator(r, operator)
	r.Range(afterAddress(prefixDelegators, operator, after), prefixEnd(key(prefixDelegators, operator[:])), func(k, _ []byte) bool {
		if len(all) == limit {
			return false
		}
		_, delegator := parseDelegatorsKey(k)
		shares := readShares(r, delegator, operator)
		all = append(all, Delegation{delegator, operator, shares, v.value(shares)})
		return true
	})
	return all
}

// UnbondingsFrom returns the unbonding entries of a validator by delegator ascending, then creation height, from the
// first delegator above after on; the zero address is below all. A page ends with the last entry of the delegator who
// brings it to limit (at least 1) entries, so it may hold MaxUnbondings-1 more, and the next one goes on after that delegator.
func UnbondingsFrom(r store.Reader, operator, after crypto.Address, limit int) []Unbonding {
	var all []Unbonding
	r.Range(afterAddress(prefixUnbonding, operator, after), prefixEnd(key(prefixUnbonding, operator[:])), func(k, b []byte) bool {
		id := parseUnbondingKey(k)
		if len(all) >= max(limit, 1) && id.delegator != all[len(all)-1].Delegator {
			return false
		}
		all = append(all, presentUnbonding(id, decodeUnbonding(b)))
		return true
	})
	return all
}

// afterAddress is where the keys of the form prefix, operator, address, ... begin whose address is above after. Addresses
// begin with a kind far below 255, so there is a next one.
func afterAddress(prefix byte, operator, after crypto.Address) []byte {
	return prefixEnd(key(prefix, operator[:], after[:]))
}

// UptimeOf counts the misses of a validator in the present window.
func UptimeOf(r store.Reader, operator crypto.Address) Uptime {
	params := ParamsOf(r)
	window, to := uint64(params.DowntimeWindowBlocks), busyBlocks(r)+1
	missed, _ := countMisses(r, operator, to-min(to, window), to)
	return Uptime{Window: params.DowntimeWindowBlocks, MaxMissed: params.DowntimeMaxMissed, Missed: int64(missed)}
}
