package app

import (
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/genesis"
	"blink/store"
)

// state is the chain's state in the course of one block. All writing goes through its set methods, which keep the
// running totals and the indices in step with the records, and write nothing when nothing changes.
type state struct {
	o      *store.Overlay
	spare  *store.Overlay // an empty fork of o, or nil: it keeps its memory from one transaction to the next
	params *genesis.Params
	height int64
	time   time.Time
	txIdx  int // index of the transaction being executed; -1 outside

	totals    totals
	rewards   rewards
	voting    []ballot // what is voted on, by end, then id
	rankMoved bool     // the order or power of electable validators changed in this block
	moves     []rankMove
	events    []Event
}

func open(o *store.Overlay, height int64, now time.Time) *state {
	params := ParamsOf(o)
	return &state{o: o, params: &params, height: height, time: now, txIdx: -1, totals: readTotals(o), rewards: readRewards(o), voting: readVoting(o)}
}

// atomically runs fn on a fork: its effects are kept if it returns nil and leave no trace otherwise.
func (s *state) atomically(fn func(*state) *refusal) *refusal {
	fork := *s
	fork.o, fork.spare, fork.events = s.spare, nil, nil
	if fork.o == nil {
		fork.o = s.o.Fork()
	}
	s.spare = nil // with what a refused fork wrote it must not be used again
	if r := fn(&fork); r != nil {
		return r
	}
	fork.o.Join()
	s.spare = fork.o
	s.totals, s.rankMoved, s.events = fork.totals, fork.rankMoved, append(s.events, fork.events...)
	s.voting, s.moves = fork.voting, fork.moves
	return nil
}

func (s *state) emit(e Event) {
	e.Tx = s.txIdx
	s.events = append(s.events, e)
}

func (s *state) setAccount(addr crypto.Address, before, after account) {
	if before == after {
		return
	}
	move(&s.totals.balances, before.balance, after.balance)
	s.o.Set(accountKey(addr), after.encode())
}

// credit adds to a balance. The supply fits 64 bits, so no balance can overflow.
func (s *state) credit(addr crypto.Address, amount coin.Amount) {
	before := readAccount(s.o, addr)
	after := before
	after.balance = mustAdd(before.balance, amount)
	s.setAccount(addr, before, after)
}

// setValidator writes a validator, keeps the bonded total in step and notes what becomes of its rank.
func (s *state) setValidator(op crypto.Address, before, after validator) {
	if before == after {
		return
	}
	move(&s.totals.bonded, before.tokens, after.tokens)
	if before.electable() != after.electable() || before.power() != after.power() {
		s.noteRank(op, before)
	}
	s.o.Set(validatorKey(op), after.encode())
}

// setShares writes a delegation to a validator that is settled, and pays out what it has earned until now; without shares
// there is none. The delegator's votes follow.
func (s *state) setShares(delegator, op crypto.Address, v validator, before delegation, shares uint64) {
	s.payReward(delegator, op, v.earned(before))
	s.sharesMoved(delegator, op, before.shares, shares)
	after := delegation{shares, v.perShare}
	switch {
	case shares == 0:
		s.o.Delete(delegationKey(delegator, op))
		s.o.Delete(delegatorsKey(op, delegator))
	case before.shares == 0:
		s.o.Set(delegatorsKey(op, delegator), mark)
		fallthrough
	default:
		if after != before {
			s.o.Set(delegationKey(delegator, op), after.encode())
		}
	}
}

// setUnbonding writes an entry with its two indices; the zero entry is none.
func (s *state) setUnbonding(id unbondingID, before, after unbonding) {
	move(&s.totals.unbonding, before.amount, after.amount)
	switch {
	case before == after:
	case after == unbonding{}:
		s.o.Delete(id.key())
		s.o.Delete(id.ofDelegatorKey())
		s.o.Delete(id.queueKey(before))
	case before == unbonding{}:
		s.o.Set(id.key(), after.encode())
		s.o.Set(id.ofDelegatorKey(), mark)
		s.o.Set(id.queueKey(after), mark)
	default: // the completion never changes
		s.o.Set(id.key(), after.encode())
	}
}

// setRedelegation writes an entry with its two indices; the zero entry is none. The stake itself is with the validators.
func (s *state) setRedelegation(id redelegationID, before, after redelegation) {
	switch {
	case before == after:
	case after == redelegation{}:
		s.o.Delete(id.key())
		s.o.Delete(id.ofDelegatorKey())
		s.o.Delete(id.endKey(before))
	case before == redelegation{}:
		s.o.Set(id.key(), after.encode())
		s.o.Set(id.ofDelegatorKey(), mark)
		s.o.Set(id.endKey(after), mark)
	default: // the completion never changes
		s.o.Set(id.key(), after.encode())
	}
}

func readAccount(r store.Reader, addr crypto.Address) account {
	return decodeAccount(r.Get(accountKey(addr)))
}

func readValidator(r store.Reader, op crypto.Address) (validator, bool) {
	b := r.Get(validatorKey(op))
	if b == nil {
		return validator{}, false
	}
	return decodeValidator(b), true
}

// mustValidator reads a validator that another record names.
func mustValidator(r store.Reader, op crypto.Address) validator {
	v, ok := readValidator(r, op)
	if !ok {
		panic("app: the state names validator " + op.String() + " but has no record of it")
	}
	return v
}

func readDelegation(r store.Reader, delegator, op crypto.Address) delegation {
	return decodeDelegation(r.Get(delegationKey(delegator, op)))
}

func readShares(r store.Reader, delegator, op crypto.Address) uint64 {
	return readDelegation(r, delegator, op).shares
}

func readUnbonding(r store.Reader, id unbondingID) unbonding { return decodeUnbonding(r.Get(id.key())) }

func readRedelegation(r store.Reader, id redelegationID) redelegation {
	return decodeRedelegation(r.Get(id.key()))
}

func readTotals(r store.Reader) totals { return decodeTotals(r.Get([]byte{prefixTotals})) }

func readRewards(r store.Reader) rewards { return decodeRewards(r.Get([]byte{prefixRewards})) }

// operatorOf finds who signs blocks under a consensus address; keys of former validators included.
func operatorOf(r store.Reader, consensus [20]byte) (crypto.Address, bool) {
	b := r.Get(consensusAddressKey(consensus))
	if b == nil {
		return crypto.Address{}, false
	}
	return crypto.Address(b), true
}

// scan calls fn for each key that starts with prefix, ascending, until fn returns false.
func scan(r store.Reader, prefix []byte, fn func(key, value []byte) bool) {
	r.Range(prefix, prefixEnd(prefix), fn)
}

// countKeys is how many keys start with prefix.
func countKeys(r store.Reader, prefix []byte) int {
	n := 0
	scan(r, prefix, func(_, _ []byte) bool { n++; return true })
	return n
}
