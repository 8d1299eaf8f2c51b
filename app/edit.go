package app

import (
	"time"

	"blink/crypto"
	"blink/tx"
)

// commissionPause is the block time that must pass between a change of the commission, up or down, and a raise: delegators
// have a day to leave before the next one.
const commissionPause = 24 * time.Hour

// editValidator changes what the sender's validator says about itself, its commission rate and the self bond that it
// promises. What it earned until now is shared at the old rate.
func (s *state) editValidator(sender crypto.Address, m tx.EditValidator) *refusal {
	before, exists := readValidator(s.o, sender)
	switch {
	case !exists:
		return refuse(tx.NotAValidator, "", "%s operates no validator", sender)
	case before.status == Tombstoned:
		return refuse(tx.Tombstoned, "", "this validator is jailed for ever")
	}
	after := before
	if m.Moniker != "" {
		after.moniker = m.Moniker
	}
	if m.Details != nil {
		after.details = *m.Details
	}
	if m.CommissionRate != nil {
		if r := s.setCommission(sender, &after, *m.CommissionRate); r != nil {
			return r
		}
	}
	if m.MinSelfBond != 0 {
		if r := s.raiseMinSelfBond(sender, &after, m); r != nil {
			return r
		}
	}
	s.setValidator(sender, before, after)
	s.emit(Event{Type: EventEditValidator, Validator: sender})
	return nil
}

func (s *state) setCommission(op crypto.Address, v *validator, rate uint32) *refusal {
	c := v.commission
	if rate == c.Rate {
		return nil
	}
	earliest := time.Unix(0, v.commissionChanged).Add(commissionPause)
	switch {
	case rate > c.MaxRate:
		return refuse(tx.CommissionChange, "commission_rate", "must be at most %d basis points, which this validator promised for ever, was %d", c.MaxRate, rate)
	case rate > c.Rate && rate-c.Rate > c.MaxDailyChange:
		return refuse(tx.CommissionChange, "commission_rate", "may rise by at most %d basis points at a time, from %d, was %d", c.MaxDailyChange, c.Rate, rate)
	case rate > c.Rate && s.time.Before(earliest):
		return refuse(tx.CommissionChange, "commission_rate", "was changed less than a day ago: may rise from %s on", stamp(earliest)).expected(stamp(earliest))
	}
	s.settleValidator(op, v)
	v.commission.Rate, v.commissionChanged = rate, s.time.UnixNano()
	return nil
}

func (s *state) raiseMinSelfBond(op crypto.Address, v *validator, m tx.EditValidator) *refusal {
	self := v.value(readShares(s.o, op, op))
	switch {
	case m.MinSelfBond == v.minSelfBond:
	case m.MinSelfBond < v.minSelfBond:
		return refuse(tx.InvalidField, "min_self_bond", "may only rise, from %s, was %s", v.minSelfBond, m.MinSelfBond)
	case m.MinSelfBond > self:
		return refuse(tx.SelfBondTooLow, "min_self_bond", "must be at most the present self bond, %s, was %s", self, m.MinSelfBond).
			expected(self.String())
	}
	v.minSelfBond = m.MinSelfBond
	return nil
}
