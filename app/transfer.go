package app

import (
	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// transfer moves coins between accounts; to oneself it changes nothing.
func (s *state) transfer(sender crypto.Address, m tx.Transfer) *refusal {
	if r := s.spend(sender, m.Amount, "amount"); r != nil {
		return r
	}
	s.credit(m.To, m.Amount)
	s.emit(Event{Type: EventTransfer, Account: sender, To: m.To, Amount: m.Amount})
	return nil
}

// spend takes an amount from a balance; the caller puts it somewhere.
func (s *state) spend(addr crypto.Address, amount coin.Amount, field string) *refusal {
	before := readAccount(s.o, addr)
	left, ok := before.balance.Sub(amount)
	if !ok {
		return refuseBalance(field, before.balance, amount)
	}
	after := before
	after.balance = left
	s.setAccount(addr, before, after)
	return nil
}

func refuseBalance(field string, have, need coin.Amount) *refusal {
	return refuse(tx.InsufficientBalance, field, "needs %s ublink, the balance is %s: %s are missing", need, have, need-have)
}
