package app

import (
	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// slashRedelegated takes the part of an infraction from stake that was redelegated away from the validator in block since
// or later, and returns what it took. The stake is the delegator's, not its present validator's, so shares of that
// delegator are destroyed and those of others keep their worth. An entry answers for its amount once: what it was asked
// for is taken off it, so that a second infraction does not ask for it again.
func (s *state) slashRedelegated(op crypto.Address, since int64, bps uint64) (taken coin.Amount) {
	type entry struct {
		id redelegationID
		x  redelegation
	}
	var entries []entry
	scan(s.o, key(prefixRedelegation, op[:]), func(k, b []byte) bool {
		if id := parseRedelegationKey(k); id.created >= since {
			entries = append(entries, entry{id, decodeRedelegation(b)})
		}
		return true
	})
	for _, e := range entries {
		less := e.x
		cut := coin.Amount(mulDivUp(uint64(e.x.amount), bps, tx.MaxBasisPoints))
		less.amount = mustSub(e.x.amount, cut)
		s.setRedelegation(e.id, e.x, less)
		took := s.slashShares(e.id.delegator, e.id.dest, cut)
		took = mustAdd(took, s.slashDeparted(e.id, mustSub(cut, took)))
		if took > 0 {
			s.emit(Event{Type: EventSlashRedelegated, Account: e.id.delegator, To: e.id.dest, Validator: op, Amount: took})
		}
		taken = mustAdd(taken, took)
	}
	return taken
}

// slashShares takes a cut from what one delegator has with a validator, or all of it if it is worth less, and returns what
// it took. The validator may lose power by it, even all; it is not jailed for a self bond that shrinks so, because
// slashing never does that.
func (s *state) slashShares(delegator, op crypto.Address, cut coin.Amount) coin.Amount {
	d := readDelegation(s.o, delegator, op)
	if d.shares == 0 || cut == 0 {
		return 0
	}
	before := mustValidator(s.o, op)
	after := before
	s.settleValidator(op, &after)
	shares, taken := d.shares, before.value(d.shares)
	if cut <= taken {
		shares, taken = mulDivUp(uint64(cut), before.shares, uint64(before.tokens)), cut
	}
	after.tokens, after.shares = mustSub(before.tokens, taken), before.shares-shares
	s.setValidator(op, before, after)
	s.setShares(delegator, op, after, d, d.shares-shares)
	return taken
}

// slashDeparted takes what is missing of a cut from what the delegator undelegated from the redelegation's new validator
// since, oldest first, and returns what it took.
func (s *state) slashDeparted(id redelegationID, missing coin.Amount) (taken coin.Amount) {
	if missing == 0 {
		return 0
	}
	for _, x := range s.unbondingsSince(id.created, id.dest[:], id.delegator[:]) {
		cut := min(missing-taken, x.amount)
		s.cutUnbonding(x, cut)
		taken += cut
	}
	return taken
}
