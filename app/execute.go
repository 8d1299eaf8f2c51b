package app

import (
	"bytes"
	"slices"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// execute runs the transactions of a block, in order.
func (s *state) execute(txs []Input) []Receipt {
	receipts := make([]Receipt, len(txs))
	for i, in := range txs {
		s.txIdx = i
		receipts[i] = s.executeOne(in)
	}
	s.txIdx = -1
	return receipts
}

// executeOne runs one transaction. If it may not enter (enter) it has no effect at all. Otherwise it pays its fee and
// uses up its nonce, whatever becomes of its messages, which take effect together or not at all.
func (s *state) executeOne(in Input) Receipt {
	if in.Refused != tx.OK {
		return Receipt{Code: in.Refused, Settled: true}
	}
	body := in.Tx.Body()
	if r := s.enter(body); r != nil {
		return Receipt{Code: r.Code, Accounts: []crypto.Address{body.Sender}, Settled: settles(r.Code)}
	}
	r := s.atomically(func(fork *state) *refusal {
		for _, m := range body.Msgs {
			if r := fork.executeMsg(body.Sender, m); r != nil {
				return r
			}
		}
		return nil
	})
	if r != nil {
		return Receipt{Code: r.Code, Accounts: []crypto.Address{body.Sender}, Settled: true}
	}
	return Receipt{Code: tx.OK, Accounts: touched(body), Settled: true}
}

// enter charges fee and nonce, or refuses without effect.
func (s *state) enter(body tx.Body) *refusal {
	if r := checkValidUntil(body.ValidUntil, s.time); r != nil {
		return r
	}
	before := readAccount(s.o, body.Sender)
	if body.Nonce != before.nonce {
		return refuseNonce(body.Nonce, before.nonce)
	}
	if r := checkFee(body.Fee, LeastFee(body.Msgs, s.params.MinFee)); r != nil {
		return r
	}
	left, ok := before.balance.Sub(body.Fee)
	if !ok {
		return refuseBalance("body.fee", before.balance, body.Fee)
	}
	s.setAccount(body.Sender, before, account{balance: left, nonce: before.nonce + 1})
	s.totals.fees = mustAdd(s.totals.fees, body.Fee)
	return nil
}

// executeMsg is the place where a new message type gets its meaning.
func (s *state) executeMsg(sender crypto.Address, m tx.Msg) *refusal {
	switch m := m.(type) {
	case tx.Transfer:
		return s.transfer(sender, m)
	case tx.CreateValidator:
		return s.createValidator(sender, m)
	case tx.Delegate:
		return s.delegate(sender, m)
	case tx.EditValidator:
		return s.editValidator(sender, m)
	case tx.Undelegate:
		return s.undelegate(sender, m)
	case tx.CancelUnbonding:
		return s.cancelUnbonding(sender, m)
	case tx.Redelegate:
		return s.redelegate(sender, m)
	case tx.WithdrawRewards:
		return s.withdrawRewards(sender, m)
	case tx.SetWithdrawAddress:
		s.setWithdrawAddress(sender, m)
		return nil
	case tx.Unjail:
		return s.unjail(sender)
	case tx.SubmitProposal:
		return s.submitProposal(sender, m)
	case tx.Vote:
		return s.vote(sender, m)
	}
	return refuse(tx.Unsupported, "", "%s is not executed by this version", m.Type())
}

// settles: a transaction refused with this code and without effect can never take effect later either. The others may:
// a nonce comes up, a balance grows, a time draws near.
func settles(c tx.Code) bool { return c == tx.NonceTooLow || c == tx.Expired }

// touched lists the accounts that an executed transaction names, ascending, each once.
func touched(body tx.Body) []crypto.Address {
	accounts := []crypto.Address{body.Sender}
	for _, m := range body.Msgs {
		switch m := m.(type) {
		case tx.Transfer:
			accounts = append(accounts, m.To)
		case tx.Delegate:
			accounts = append(accounts, m.Validator)
		case tx.Undelegate:
			accounts = append(accounts, m.Validator)
		case tx.CancelUnbonding:
			accounts = append(accounts, m.Validator)
		case tx.Redelegate:
			accounts = append(accounts, m.From, m.To)
		case tx.WithdrawRewards:
			if !m.All {
				accounts = append(accounts, m.Validator)
			}
		case tx.SetWithdrawAddress:
			accounts = append(accounts, m.Address)
		}
	}
	slices.SortFunc(accounts, func(a, b crypto.Address) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(accounts)
}

// Cost is the fee and everything that leaves the sender's balance with it, in ublink. False: more than 64 bits hold.
func Cost(t tx.Verified) (coin.Amount, bool) { return t.Body().Cost() }

// checkValidUntil compares with block time, exactly: a block whose time is past valid_until settles that the
// transaction is expired for ever. It therefore comes before every other check and has no effect.
func checkValidUntil(validUntil int64, now time.Time) *refusal {
	switch {
	case validUntil < now.Unix() || validUntil == now.Unix() && now.Nanosecond() > 0:
		return refuse(tx.Expired, "body.valid_until", "was valid until %d, block time is %s (%d)", validUntil, stamp(now), now.Unix()).
			hint("it can never take effect: sign it again with a later valid_until")
	case validUntil-tx.MaxValidFor > now.Unix():
		return refuse(tx.ValidUntilTooFar, "body.valid_until", "must be at most %d s after block time (%s), that is %d, was %d",
			tx.MaxValidFor, stamp(now), now.Unix()+tx.MaxValidFor, validUntil).hint("sign it again with an earlier valid_until")
	}
	return nil
}

func checkFee(fee, minimum coin.Amount) *refusal {
	if fee < minimum {
		return refuse(tx.FeeTooLow, "body.fee", "must be at least %s ublink, was %s", minimum, fee).expected(minimum.String())
	}
	return nil
}
