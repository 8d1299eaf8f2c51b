package abci

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"time"

	abcitypes "github.com/cometbft/cometbft/abci/types"

	"blink/crypto"
	"blink/tx"
)

// CheckTx admits a transaction to the mempool, or answers with the code and,
// in Log, the whole refusal as JSON (see RefusalOf).
func (a *Application) CheckTx(_ context.Context, req *abcitypes.RequestCheckTx) (*abcitypes.ResponseCheckTx, error) {
	id := tx.ID(sha256.Sum256(req.Tx))
	recheck := req.Type == abcitypes.CheckTxType_Recheck
	if recheck && a.recheck(id) {
		return checkResponse(nil), nil
	}
	t, err := a.verify(id, req.Tx) // on a recheck it is remembered: no decoding, no signature
	if err == nil {
		err = a.admit(t, recheck)
	}
	res := checkResponse(err)
	switch {
	case err == nil && !recheck:
		a.observer.Admitted(id, time.Now())
	case err != nil && recheck:
		a.observer.Dropped(id, tx.Code(res.Code))
	}
	return res, nil
}

func (a *Application) admit(t tx.Verified, recheck bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !recheck { // CometBFT asks for no new transaction before the last recheck
		a.check.endRechecks()
	}
	return a.check.admit(t)
}

func (a *Application) recheck(id tx.ID) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.check.recheck(id)
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
	return a.check.waiting[id] != nil
}
