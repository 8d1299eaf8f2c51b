package app

import (
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// MaxUnbondings is how many unbonding entries one delegator may have with one validator: slashing and queries walk them
// all. What is undelegated within one block shares an entry.
const MaxUnbondings = 16

// undelegate takes stake back: it leaves the validator now and returns to the sender when the unbonding is complete.
func (s *state) undelegate(sender crypto.Address, m tx.Undelegate) *refusal {
	amount, r := s.unbond(sender, m.Validator, m.Amount, m.All)
	if r != nil {
		return r
	}
	if amount > 0 {
		if r := s.addUnbonding(unbondingID{operator: m.Validator, delegator: sender, created: s.height}, amount); r != nil {
			return r
		}
	}
	s.emit(Event{Type: EventUndelegate, Account: sender, Validator: m.Validator, Amount: amount, Time: s.unbondingEnd()})
	return nil
}

func (s *state) unbondingEnd() time.Time {
	return s.time.Add(time.Duration(s.params.UnbondingSeconds) * time.Second)
}

// addUnbonding queues an amount that has left the validator's tokens.
func (s *state) addUnbonding(id unbondingID, amount coin.Amount) *refusal {
	before := readUnbonding(s.o, id)
	if before == (unbonding{}) {
		entries := countKeys(s.o, key(prefixUnbonding, id.operator[:], id.delegator[:]))
		if entries >= MaxUnbondings {
			return refuse(tx.TooManyUnbondings, "validator", "%d unbondings from this validator are under way, at most %d may be", entries, MaxUnbondings).
				hint("wait until one of them is complete")
		}
	}
	s.setUnbonding(id, before, unbonding{
		amount:           mustAdd(before.amount, amount),
		completionTime:   s.unbondingEnd().UnixNano(),
		completionHeight: s.height + int64(s.params.UnbondingBlocks),
	})
	return nil
}

// releaseUnbonded returns what has waited long enough, in time and in blocks. The queue is sorted by time; an entry whose
// time has come but not its height stays at the front.
func (s *state) releaseUnbonded() {
	var due []unbondingID
	now := s.time.UnixNano()
	scan(s.o, []byte{prefixQueue}, func(k, _ []byte) bool {
		completionTime, completionHeight, id := parseQueueKey(k)
		if completionTime > now {
			return false
		}
		if completionHeight <= s.height {
			due = append(due, id)
		}
		return true
	})
	for _, id := range due {
		u := readUnbonding(s.o, id)
		s.setUnbonding(id, u, unbonding{})
		s.credit(id.delegator, u.amount)
		s.emit(Event{Type: EventRelease, Account: id.delegator, Validator: id.operator, Amount: u.amount})
	}
}
