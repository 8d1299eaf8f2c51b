package app

import (
	"blink/crypto"
	"blink/tx"
)

// cancelUnbonding bonds an unbonding entry of the sender, or a part of it, to its validator again, at today's rate and
// under the rules of Delegate.
func (s *state) cancelUnbonding(sender crypto.Address, m tx.CancelUnbonding) *refusal {
	id := unbondingID{operator: m.Validator, delegator: sender, created: m.CreatedHeight}
	before := readUnbonding(s.o, id)
	if before == (unbonding{}) {
		return refuse(tx.UnknownUnbonding, "created_height", "nothing that %s undelegated from this validator at height %d is on its way",
			sender, m.CreatedHeight).hint("GET /v1/accounts/{address}/unbonding lists the entries")
	}
	amount := m.Amount
	if m.All {
		amount = before.amount
	}
	if amount > before.amount {
		return refuse(tx.InsufficientDelegation, "amount", "the entry holds %s, wanted %s", before.amount, amount).
			expected(before.amount.String()).hint("set all to cancel the whole entry")
	}
	shares, r := s.offer(sender, m.Validator, amount)
	if r != nil {
		return r
	}
	after := before
	if after.amount -= amount; after.amount == 0 {
		after = unbonding{}
	}
	s.setUnbonding(id, before, after)
	s.bond(sender, m.Validator, amount, shares)
	s.emit(Event{Type: EventCancelUnbonding, Account: sender, Validator: m.Validator, Amount: amount, Height: m.CreatedHeight})
	return nil
}
