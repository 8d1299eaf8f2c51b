package app

import (
	"bytes"
	"slices"
)

// rotateValidators brings the validator set in line with the ranking, once per block, and returns what consensus must
// be told. It is heard from the block after the next on (H+2); records of validators are never deleted, so votes and
// evidence of former ones find theirs.
func (s *state) rotateValidators() []ValidatorUpdate {
	if !s.rankMoved {
		if s.height%ResendInterval != 0 {
			return nil
		}
		return resend(s.height, lastSent(s.o))
	}
	last := lastSent(s.o)
	next := s.elect(last)
	slices.SortFunc(next, func(a, b member) int { return bytes.Compare(a.operator[:], b.operator[:]) })
	s.enact(last, next)
	s.rewards.power = assertPower(next)
	if out := updates(last, next); len(out) > 0 {
		return out
	}
	return resend(s.height, last)
}

// enact records the new set and moves the statuses of those who left, joined or changed.
func (s *state) enact(last, next []member) {
	for len(last) > 0 || len(next) > 0 {
		switch c := compareMembers(last, next); {
		case c < 0:
			s.leave(last[0])
			last = last[1:]
		case c > 0:
			s.join(next[0])
			next = next[1:]
		default:
			s.stay(last[0], next[0])
			last, next = last[1:], next[1:]
		}
	}
}

func (s *state) leave(m member) {
	before := mustValidator(s.o, m.operator)
	after := before
	s.settleValidator(m.operator, &after)
	if after.status == Active { // not if jailed or tombstoned in this block
		after.moveTo(Inactive)
	}
	s.setValidator(m.operator, before, after)
	s.o.Delete(lastSentKey(m.operator))
	s.emit(Event{Type: EventPower, Validator: m.operator, Power: 0})
}

// join activates a validator; its downtime window begins anew.
func (s *state) join(m member) {
	before := mustValidator(s.o, m.operator)
	after := before
	after.moveTo(Active)
	after.settled = s.rewards.perPower
	s.setValidator(m.operator, before, after)
	s.resetMisses(m.operator)
	s.tell(m)
}

// stay keeps a member. One that was jailed and unjailed within this block never left the set: it is active again, and
// its downtime window goes on.
func (s *state) stay(last, next member) {
	before := mustValidator(s.o, next.operator)
	after := before
	if before.status != Active {
		after.moveTo(Active)
	}
	if last.power != next.power {
		s.settleValidator(next.operator, &after) // at the power that it had
	}
	s.setValidator(next.operator, before, after)
	if last.power != next.power {
		s.tell(next)
	}
}

func (s *state) tell(m member) {
	s.o.Set(lastSentKey(m.operator), m.memberRecord.encode())
	s.emit(Event{Type: EventPower, Validator: m.operator, Power: m.power})
}

// assertPower adds up the power of a set, and halts before consensus would: the supply of an unsigned 64-bit coin cannot
// reach the limit.
func assertPower(set []member) uint64 {
	var total Power
	if len(set) == 0 {
		panic("app: the validator set is empty")
	}
	for _, m := range set {
		if m.power <= 0 || m.power > MaxTotalPower-total {
			panic("app: the validator set has a member without power, or too much power in total")
		}
		total += m.power
	}
	return uint64(total)
}
