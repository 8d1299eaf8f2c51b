package app

import (
	"blink/coin"
	"blink/crypto"
	"blink/store"
	"blink/tx"
)

// Redelegated stake works for its new validator at once, and answers for the old one as long as an unbonding would
// (slash_redelegated.go). An entry remembers how much, from where, whose and since when.

// MaxRedelegations is how many redelegation entries one delegator may have between the same two validators: slashing and
// queries walk them all. What is redelegated within one block shares an entry.
const MaxRedelegations = 16

// redelegate moves stake of the sender from one validator to another, as Undelegate takes it out and as Delegate puts
// it in, without the wait between them.
func (s *state) redelegate(sender crypto.Address, m tx.Redelegate) *refusal {
	if arrivedByRedelegation(s.o, sender, m.From) {
		return refuse(tx.RedelegationChain, "from", "stake that %s redelegated to this validator still answers for where it came from", sender).
			hint("wait until that redelegation is complete, or undelegate")
	}
	amount, r := s.unbond(sender, m.From, m.Amount, m.All)
	if r != nil {
		return r
	}
	if amount == 0 {
		return refuse(tx.InsufficientDelegation, "from", "the stake with this validator is worth nothing")
	}
	shares, r := s.offer(sender, m.To, amount)
	if r != nil {
		return r
	}
	s.bond(sender, m.To, amount, shares)
	if r := s.addRedelegation(redelegationID{source: m.From, delegator: sender, dest: m.To, created: s.height}, amount); r != nil {
		return r
	}
	s.emit(Event{Type: EventRedelegate, Account: sender, Validator: m.From, To: m.To, Amount: amount, Time: s.unbondingEnd()})
	return nil
}

// arrivedByRedelegation reports whether stake of the delegator with a validator still answers for another one. If such
// stake could move on, what it answers for would have to be looked for along a chain of validators.
func arrivedByRedelegation(r store.Reader, delegator, op crypto.Address) bool {
	found := false
	scan(r, key(prefixRedelegationsOf, delegator[:], op[:]), func(_, _ []byte) bool { found = true; return false })
	return found
}

// addRedelegation notes that an amount answers for its source.
func (s *state) addRedelegation(id redelegationID, amount coin.Amount) *refusal {
	before := readRedelegation(s.o, id)
	if before == (redelegation{}) {
		entries := countKeys(s.o, key(prefixRedelegation, id.source[:], id.delegator[:], id.dest[:]))
		if entries >= MaxRedelegations {
			return refuse(tx.TooManyRedelegations, "to", "%d redelegations between these validators are under way, at most %d may be", entries, MaxRedelegations).
				hint("wait until one of them is complete")
		}
	}
	s.setRedelegation(id, before, redelegation{
		amount:           mustAdd(before.amount, amount),
		completionTime:   s.unbondingEnd().UnixNano(),
		completionHeight: s.height + int64(s.params.UnbondingBlocks),
	})
	return nil
}

// endRedelegations forgets what has answered for its source long enough, in time and in blocks. Nothing moves, so nobody
// is told. The index is sorted by time; an entry whose time has come but not its height stays at the front.
func (s *state) endRedelegations() {
	var due []redelegationID
	now := s.time.UnixNano()
	scan(s.o, []byte{prefixRedelegationEnds}, func(k, _ []byte) bool {
		completionTime, completionHeight, id := parseRedelegationEndKey(k)
		if completionTime > now {
			return false
		}
		if completionHeight <= s.height {
			due = append(due, id)
		}
		return true
	})
	for _, id := range due {
		s.setRedelegation(id, readRedelegation(s.o, id), redelegation{})
	}
}
