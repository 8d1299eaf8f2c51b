package abci

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"slices"
	"time"

	abcitypes "github.com/cometbft/cometbft/abci/types"

	"blink/app"
	"blink/coin"
	"blink/crypto"
	"blink/store"
	"blink/tx"
)

// checkState is what a new transaction is admitted on: the state of the last
// block plus what each sender already has waiting in the mempool.
//
// CometBFT locks its mempool from before Commit until it has rechecked every
// waiting transaction, in mempool order. So Commit resets the check state and
// the rechecks fill it again before any new transaction is checked.
type checkState struct {
	state store.Reader
	// now is the best guess of the time of the block that a new transaction
	// gets into: the votes for the last block, just cast, give the next block's
	// time. After a standstill the next block's time is older; that block is
	// made without the transaction, and the one after it has the right time.
	now     time.Time
	senders map[crypto.Address]*app.Pending
	waiting map[tx.ID]slot
	prior   map[tx.ID]slot // waited before the last block and not rechecked yet: nearly always empty
}

// slot is the place that a waiting transaction takes.
type slot struct {
	sender crypto.Address
	nonce  uint64
}

// reset starts over on top of a block.
func (c *checkState) reset(state store.Reader, now time.Time, committed []CommittedTx) {
	c.state, c.now = state, now
	c.prior = c.waiting
	for _, t := range committed {
		delete(c.prior, t.ID)
	}
	c.senders = make(map[crypto.Address]*app.Pending)
	c.waiting = make(map[tx.ID]slot)
}

// admit adds t to what is waiting, or says why not.
func (c *checkState) admit(t tx.Verified) error {
	sender := t.Body().Sender
	p, ok := c.senders[sender]
	if !ok {
		p = new(app.Pending)
	}
	if err := app.Admit(c.state, t, *p, c.now); err != nil {
		return err
	}
	cost, _ := app.Cost(t) // Admit has refused what overflows
	spent, ok := p.Spent.Add(cost)
	if !ok {
		spent = coin.Max
	}
	p.Nonces, p.Spent = append(p.Nonces, t.Body().Nonce), spent
	c.senders[sender] = p
	c.waiting[t.ID()] = slot{sender, t.Body().Nonce}
	return nil
}

// pendingNonce is the first nonce of addr that nothing waits for.
func (c *checkState) pendingNonce(addr crypto.Address) uint64 {
	var taken []uint64
	if p := c.senders[addr]; p != nil {
		taken = p.Nonces
	}
	for _, s := range c.prior {
		if s.sender == addr {
			taken = append(taken[:len(taken):len(taken)], s.nonce)
		}
	}
	return app.NextNonce(app.AccountOf(c.state, addr).Nonce, taken)
}

// CheckTx admits a transaction to the mempool, or answers with the code and,
// in Log, the whole refusal as JSON (see RefusalOf).
func (a *Application) CheckTx(_ context.Context, req *abcitypes.RequestCheckTx) (*abcitypes.ResponseCheckTx, error) {
	id := tx.ID(sha256.Sum256(req.Tx))
	t, err := a.verify(id, req.Tx) // on a recheck it is remembered: no decoding, no signature
	if err == nil {
		a.mu.Lock()
		err = a.check.admit(t)
		delete(a.check.prior, id)
		a.mu.Unlock()
	}
	res := checkResponse(err)
	recheck := req.Type == abcitypes.CheckTxType_Recheck
	switch {
	case err == nil && !recheck:
		a.observer.Admitted(id, time.Now())
	case err != nil && recheck:
		a.observer.Dropped(id, tx.Code(res.Code))
	}
	return res, nil
}

func checkResponse(err error) *abcitypes.ResponseCheckTx {
	if err == nil {
		return &abcitypes.ResponseCheckTx{}
	}
	refusal := refusalOf(err)
	log, _ := json.Marshal(refusal)
	return &abcitypes.ResponseCheckTx{Code: uint32(refusal.Code), Codespace: "blink", Log: string(log)}
}

func refusalOf(err error) *tx.Refusal {
	var r *tx.Refusal
	if errors.As(err, &r) {
		return r
	}
	return &tx.Refusal{Code: tx.Malformed, Message: err.Error()}
}

// RefusalOf reads the refusal out of CheckTx's answer; nil if it admitted.
func RefusalOf(res *abcitypes.ResponseCheckTx) *tx.Refusal {
	if res.Code == abcitypes.CodeTypeOK {
		return nil
	}
	r := new(tx.Refusal)
	if err := json.Unmarshal([]byte(res.Log), r); err != nil || r.Code == tx.OK {
		r = &tx.Refusal{Code: tx.Code(res.Code), Message: res.Log}
	}
	return r
}

// proposable reports whether a block could take something that waits: the transaction with a sender's next nonce. The others
// wait for one that is missing.
func (c *checkState) proposable() bool {
	for sender, p := range c.senders { // in any order: whether there is one does not depend on it
		if slices.Contains(p.Nonces, app.AccountOf(c.state, sender).Nonce) {
			return true
		}
	}
	return false
}

// PendingNonce is the nonce that the next transaction of addr should have,
// counting what waits in the mempool.
func (a *Application) PendingNonce(addr crypto.Address) uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.check.pendingNonce(addr)
}

// Proposable reports whether a transaction waits that the next block can take.
func (a *Application) Proposable() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.check.proposable()
}

// Waiting reports whether a transaction was admitted and is in no block yet.
func (a *Application) Waiting(id tx.ID) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, ok := a.check.waiting[id]
	_, unchecked := a.check.prior[id]
	return ok || unchecked
}
