package app

import (
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// punish slashes and tombstones validators that signed twice. Consensus has verified the evidence. The same infraction
// is punished once, whatever is delivered how often (cometbft#4114); of unknown, former or tombstoned validators there
// is nothing left to take, and that is no error.
func (s *state) punish(evidence []Evidence) {
	for _, e := range evidence {
		op, known := operatorOf(s.o, e.Address)
		if !known || s.o.Get(slashKey(op, e.Height, e.Type)) != nil {
			continue
		}
		before := mustValidator(s.o, op)
		if before.status == Tombstoned {
			continue
		}
		after := before
		s.slashStake(op, &after, e)
		if before.status != Active || s.anotherActive(op) {
			after.moveTo(Tombstoned)
			after.jailedUntil = 0
			s.emit(Event{Type: EventTombstone, Validator: op, Height: e.Height})
		}
		s.setValidator(op, before, after)
	}
}

// slashStake burns a part of the stake that stood behind the infraction. That is the voting power at that height: power
// takes effect two blocks after the stake moves, so what was undelegated or redelegated in block e.Height-1 or later was
// still behind it, and pays its part wherever it is now. The rest comes from the tokens that are bonded now.
func (s *state) slashStake(op crypto.Address, v *validator, e Evidence) {
	bps := uint64(s.params.SlashDoubleSign)
	due := coin.Amount(mulDivUp(uint64(max(e.Power, 0))*PowerUnit, bps, tx.MaxBasisPoints))
	burned := s.slashUnbondings(op, e.Height-1, bps)
	burned = mustAdd(burned, s.slashRedelegated(op, e.Height-1, bps))
	if burned < due {
		cut := min(due-burned, v.tokens)
		v.tokens -= cut
		burned += cut
	}
	s.burn(op, e.Height, e.Type, burned)
}

// slashUnbondings takes the part of an infraction from what was undelegated in block since or later, and returns it.
func (s *state) slashUnbondings(op crypto.Address, since int64, bps uint64) (taken coin.Amount) {
	for _, x := range s.unbondingsSince(since, op[:]) {
		cut := coin.Amount(mulDivUp(uint64(x.amount), bps, tx.MaxBasisPoints))
		s.cutUnbonding(x, cut)
		taken = mustAdd(taken, cut)
	}
	return taken
}

// openUnbonding is an unbonding entry with its name.
type openUnbonding struct {
	id unbondingID
	unbonding
}

// unbondingsSince lists the entries of a validator, or of one delegator with it, that were made in block since or later.
func (s *state) unbondingsSince(since int64, of ...[]byte) []openUnbonding {
	var entries []openUnbonding
	scan(s.o, key(prefixUnbonding, of...), func(k, b []byte) bool {
		if id := parseUnbondingKey(k); id.created >= since {
			entries = append(entries, openUnbonding{id, decodeUnbonding(b)})
		}
		return true
	})
	return entries
}

// cutUnbonding makes an entry smaller; the caller burns the cut.
func (s *state) cutUnbonding(x openUnbonding, cut coin.Amount) {
	less := x.unbonding
	less.amount = mustSub(x.amount, cut)
	s.setUnbonding(x.id, x.unbonding, less)
}

// burn records coins that were taken from a validator's stake as gone.
func (s *state) burn(op crypto.Address, infraction int64, t EvidenceType, amount coin.Amount) {
	s.totals.burned = mustAdd(s.totals.burned, amount)
	record := slashRecord{burned: amount, height: s.height, time: s.time.UnixNano()}
	s.o.Set(slashKey(op, infraction, t), record.encode())
	if amount > 0 {
		s.emit(Event{Type: EventSlash, Validator: op, Amount: amount, Height: infraction})
	}
}

// jail takes a validator out of the set until its operator sends Unjail, at the earliest at until. The caller has made
// sure that another validator is active, and writes v.
func (s *state) jail(op crypto.Address, v *validator, until time.Time) {
	v.moveTo(Jailed)
	v.jailedUntil = until.UnixNano()
	s.emit(Event{Type: EventJail, Validator: op, Time: until})
}

// unjail lets the sender's validator stand for election again.
func (s *state) unjail(sender crypto.Address) *refusal {
	v, exists := readValidator(s.o, sender)
	switch {
	case !exists:
		return refuse(tx.NotAValidator, "", "%s operates no validator", sender)
	case v.status == Tombstoned:
		return refuse(tx.Tombstoned, "", "this validator is jailed for ever").hint("operate a new one from another account, with a new key")
	case v.status != Jailed:
		return refuse(tx.NotJailed, "", "this validator is not jailed")
	case s.time.UnixNano() < v.jailedUntil:
		until := time.Unix(0, v.jailedUntil).UTC().Format(time.RFC3339)
		return refuse(tx.JailedTooEarly, "", "this validator is jailed until %s", until).expected(until)
	}
	if self := v.value(readShares(s.o, sender, sender)); self < v.minSelfBond {
		return refuse(tx.SelfBondTooLow, "", "self bond must be at least %s, was %s", v.minSelfBond, self).
			expected(v.minSelfBond.String()).hint("delegate " + (v.minSelfBond - self).String() + " ublink to your validator first")
	}
	after := v
	after.moveTo(Inactive)
	after.jailedUntil = 0
	s.setValidator(sender, v, after)
	s.emit(Event{Type: EventUnjail, Validator: sender})
	return nil
}
