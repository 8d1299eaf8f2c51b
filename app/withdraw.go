package app

import (
	"blink/crypto"
	"blink/store"
	"blink/tx"
)

// withdrawRewards pays the sender what it has earned with one validator, or with all: as a delegator, and as the operator
// its commission. Nothing owed is no error.
func (s *state) withdrawRewards(sender crypto.Address, m tx.WithdrawRewards) *refusal {
	if m.All {
		ops := earnsFrom(s.o, sender)
		if len(ops) == 0 {
			return refuse(tx.InsufficientDelegation, "", "%s has no stake with any validator", sender)
		}
		for _, op := range ops {
			s.withdraw(sender, op, mustValidator(s.o, op))
		}
		return nil
	}
	v, exists := readValidator(s.o, m.Validator)
	switch {
	case !exists:
		return refuseUnknownValidator(m.Validator)
	case sender != m.Validator && readShares(s.o, sender, m.Validator) == 0:
		return refuse(tx.InsufficientDelegation, "validator", "%s has no stake with this validator", sender)
	}
	s.withdraw(sender, m.Validator, v)
	return nil
}

// withdraw settles a validator and pays the owner what it has with it.
func (s *state) withdraw(owner, op crypto.Address, before validator) {
	after := before
	s.settleValidator(op, &after)
	if owner == op {
		s.pay(EventCommission, owner, op, after.purse)
		after.purse = 0
	}
	s.setValidator(op, before, after)
	if d := readDelegation(s.o, owner, op); d.shares > 0 {
		s.setShares(owner, op, after, d, d.shares)
	}
}

// earnsFrom lists the validators that an account has a delegation to, ascending, and the one that it operates, if it has
// no stake of its own there.
func earnsFrom(r store.Reader, owner crypto.Address) []crypto.Address {
	var ops []crypto.Address
	own := false
	scan(r, key(prefixDelegation, owner[:]), func(k, _ []byte) bool {
		_, op := parseDelegationKey(k)
		own = own || op == owner
		ops = append(ops, op)
		return true
	})
	if _, operates := readValidator(r, owner); operates && !own {
		ops = append(ops, owner)
	}
	return ops
}

// setWithdrawAddress chooses where the sender's rewards go from now on, those included that it has earned already.
func (s *state) setWithdrawAddress(sender crypto.Address, m tx.SetWithdrawAddress) {
	if m.Address != withdrawAddress(s.o, sender) {
		if m.Address == sender {
			s.o.Delete(withdrawKey(sender))
		} else {
			s.o.Set(withdrawKey(sender), m.Address.Bytes())
		}
	}
	s.emit(Event{Type: EventSetWithdrawAddress, Account: sender, To: m.Address})
}
