package app

import (
	"slices"
	"strconv"
	"time"

	"blink/coin"
	"blink/genesis"
	"blink/store"
	"blink/tx"
)

// Pending is what of a sender already waits in the caller's mempool; the zero value is nothing.
type Pending struct {
	Nonces []uint64    // of the waiting transactions, in any order
	Spent  coin.Amount // the sum of their Cost
}

// Admission is what decides whether a transaction may wait for a block.
type Admission struct {
	State  store.Reader // after the last block
	Params genesis.Params
	Now    time.Time // of the last block, or a better guess of the next one's
}

// AdmissionOn reads the parameters once, for all transactions that come before the next block.
func AdmissionOn(r store.Reader, now time.Time) Admission {
	return Admission{State: r, Params: ParamsOf(r), Now: now}
}

// InTime reports whether a transaction that is valid until then, in Unix seconds, may still wait.
func (a Admission) InTime(validUntil int64) bool { return checkValidUntil(validUntil, a.Now) == nil }

// Admit says why t may not wait: a *tx.Refusal, or nil. It never writes.
//
// A nonce is admitted within NonceWindow of the account's if none that waits has it, and the balance must cover all that
// waits and t. Messages are not tried: what they need may come from a transaction before them; if they fail in the block,
// the fee is paid. It runs for every CheckTx and costs one read, of the account.
func (a Admission) Admit(t tx.Verified, p Pending) error {
	body := t.Body()
	if r := checkValidUntil(body.ValidUntil, a.Now); r != nil {
		return r.public()
	}
	if size := int64(len(t.Raw())); size > a.Params.MaxTxBytes {
		return refuse(tx.TooLarge, "", "a transaction must be at most %d bytes on this chain, was %d", a.Params.MaxTxBytes, size).public()
	}
	if r := checkFee(body.Fee, LeastFee(body.Msgs, a.Params.MinFee)); r != nil {
		return r.public()
	}
	sender := readAccount(a.State, body.Sender)
	if r := admitNonce(body.Nonce, sender.nonce, p.Nonces); r != nil {
		return r.public()
	}
	return admitCost(t, sender.balance, p.Spent).public()
}

// NextNonce is the first nonce from an account's on that none of the waiting transactions has: the pending nonce.
func NextNonce(nonce uint64, waiting []uint64) uint64 {
	for slices.Contains(waiting, nonce) {
		nonce++
	}
	return nonce
}

func admitNonce(nonce, next uint64, waiting []uint64) *refusal {
	free := NextNonce(next, waiting)
	switch {
	case nonce < next:
		return refuseNonce(nonce, free)
	case nonce-next >= NonceWindow && free-next >= NonceWindow:
		return refuse(tx.NonceTooHigh, "body.nonce", "%d transactions of this sender are waiting already", NonceWindow).
			hint("wait until some of them are in a block")
	case nonce-next >= NonceWindow:
		return refuseNonce(nonce, free)
	case slices.Contains(waiting, nonce):
		expected := strconv.FormatUint(free, 10)
		return refuse(tx.NonceTooLow, "body.nonce", "another transaction with nonce %d is waiting already", nonce).
			expected(expected).hint("sign it again with nonce " + expected)
	}
	return nil
}

func refuseNonce(nonce, expected uint64) *refusal {
	next := strconv.FormatUint(expected, 10)
	if nonce < expected {
		return refuse(tx.NonceTooLow, "body.nonce", "nonce %d is used already, the next one is %s", nonce, next).
			expected(next).hint("sign it again with nonce " + next)
	}
	return refuse(tx.NonceTooHigh, "body.nonce", "nonce %d is too far ahead, the next one is %s", nonce, next).
		expected(next).hint("send the transactions before it first, or sign it again with nonce " + next)
}

func admitCost(t tx.Verified, balance, spent coin.Amount) *refusal {
	cost, ok := Cost(t)
	if !ok {
		return refuse(tx.AmountOverflow, "body", "fee and amounts add up to more than any supply")
	}
	need, ok := cost.Add(spent)
	if !ok {
		return refuse(tx.AmountOverflow, "body", "fee and amounts, with what already waits, add up to more than any supply")
	}
	if need > balance {
		r := refuseBalance("body", balance, need)
		if spent > 0 {
			return r.hint(spent.String() + " ublink of it are spent by this sender's transactions that wait already")
		}
		return r
	}
	return nil
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
