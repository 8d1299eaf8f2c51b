package app

import (
	"slices"
	"strconv"
	"time"

	"blink/coin"
	"blink/store"
	"blink/tx"
)

// Pending is what of a sender already waits in the caller's mempool; the zero value is nothing.
type Pending struct {
	Nonces []uint64    // of the waiting transactions, in any order
	Spent  coin.Amount // the sum of their Cost
}

// Admit says why t may not wait for a block on top of the state r: a *tx.Refusal, or nil. It never writes. now is the
// time of the last block, or a better guess of the next one's.
//
// A nonce is admitted within NonceWindow of the account's if none that waits has it, and the balance must cover all that
// waits and t. Messages are not tried: what they need may come from a transaction before them; if they fail in the block,
// the fee is paid. It runs for every CheckTx and costs two reads, the account and the parameters.
func Admit(r store.Reader, t tx.Verified, p Pending, now time.Time) error {
	body := t.Body()
	if r := checkValidUntil(body.ValidUntil, now); r != nil {
		return r.public()
	}
	params := ParamsOf(r)
	if size := int64(len(t.Raw())); size > params.MaxTxBytes {
		return refuse(tx.TooLarge, "", "a transaction must be at most %d bytes on this chain, was %d", params.MaxTxBytes, size).public()
	}
	if r := checkFee(body.Fee, LeastFee(body.Msgs, params.MinFee)); r != nil {
		return r.public()
	}
	a := readAccount(r, body.Sender)
	if r := admitNonce(body.Nonce, a.nonce, p.Nonces); r != nil {
		return r.public()
	}
	return admitCost(t, a.balance, p.Spent).public()
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
