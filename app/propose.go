package app

import (
	"math/bits"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/store"
	"blink/tx"
)

// Order chooses the transactions of a proposal: of the candidates, given in order of arrival, those that are admissible
// one after another on top of r, in a block of at most maxBytes (as CometBFT counts them; negative: no limit) and most
// transactions.
//
// A sender's transactions stand in the order of their nonces, without gaps, in the places where that sender's candidates
// arrived: order by (arrival, sender nonce). What is left out may be proposed later. Coins that a candidate would receive
// from another one are not counted, so a spender of fresh coins waits for one block.
func Order(r store.Reader, candidates []tx.Verified, maxBytes int64, most int, now time.Time) []tx.Verified {
	minFee := ParamsOf(r).MinFee
	runs := make(map[crypto.Address]*run, len(candidates))
	for _, t := range candidates {
		sender := t.Body().Sender
		q := runs[sender]
		if q == nil {
			a := readAccount(r, sender)
			q = &run{next: a.nonce, balance: a.balance, waiting: make(map[uint64]tx.Verified)}
			runs[sender] = q
		}
		if _, taken := q.waiting[t.Body().Nonce]; !taken { // the first to arrive has the nonce
			q.waiting[t.Body().Nonce] = t
		}
	}

	chosen := make([]tx.Verified, 0, min(len(candidates), most))
	for _, c := range candidates {
		if len(chosen) == most {
			break
		}
		q := runs[c.Body().Sender]
		t, ok := q.waiting[q.next]
		if !ok || !q.affords(t, minFee, now) {
			continue
		}
		size := wireSize(len(t.Raw()))
		if maxBytes >= 0 && size > maxBytes {
			continue
		}
		if maxBytes >= 0 {
			maxBytes -= size
		}
		cost, _ := Cost(t)
		q.balance -= cost
		q.next++
		chosen = append(chosen, t)
	}
	return chosen
}

// run is one sender's candidates.
type run struct {
	next    uint64
	balance coin.Amount
	waiting map[uint64]tx.Verified // by nonce; looked up, never ranged over
}

func (q *run) affords(t tx.Verified, minFee coin.Amount, now time.Time) bool {
	body := t.Body()
	cost, ok := Cost(t)
	return ok && cost <= q.balance && body.Fee >= LeastFee(body.Msgs, minFee) && checkValidUntil(body.ValidUntil, now) == nil
}

// wireSize is what a transaction of n bytes takes in a block's data: a tag, the length, the bytes
// (types.ComputeProtoSizeForTxs of CometBFT).
func wireSize(n int) int64 {
	return 1 + int64(bits.Len64(uint64(n)|1)+6)/7 + int64(n)
}
