package api

import (
	"encoding/json"
	"net/http"
	"time"

	"blink/finality"
	"blink/tx"
)

// getTx tells what is known of a transaction; with ?wait=5s it waits until the fate is known, at most that long.
func (s *Server) getTx(w http.ResponseWriter, r *request) error {
	id, err := r.txID()
	if err != nil {
		return err
	}
	var wait time.Duration
	if text := r.param("wait"); text != "" {
		if wait, err = s.duration("wait", text); err != nil {
			return err
		}
	}
	outcome, err := s.outcomeOf(id)
	if err != nil {
		return err
	}
	if wait > 0 && !outcome.Status.Settled() {
		waited := outcome
		if s.await(r, wait, &waited); waited.Status != finality.Unknown {
			outcome = waited
		}
	}
	answer := describe(outcome)
	if outcome.Status == finality.Final {
		if err := s.addTx(&answer, outcome); err != nil {
			return err
		}
	}
	return writeJSON(w, http.StatusOK, answer)
}

// outcomeOf asks the tracker, then the index of blocks, then the mempool.
func (s *Server) outcomeOf(id tx.ID) (finality.Outcome, error) {
	outcome, found := s.cfg.Tracker.Lookup(id)
	if found && outcome.Status.Settled() && outcome.Status != finality.Rejected {
		return outcome, nil
	}
	if included, ok, err := s.included(id); ok || err != nil {
		return included, err
	}
	if !found && s.cfg.Node.Pending(id) {
		outcome.Status = finality.Pending
	}
	return outcome, nil
}

// addTx adds the transaction itself and its block's time. A block that this node no longer has is no error.
func (s *Server) addTx(a *txAnswer, o finality.Outcome) error {
	entry, found, err := s.cfg.Store.Tx(o.ID)
	if err != nil {
		return err
	}
	if found {
		at := time.UnixMilli(entry.Time).UTC()
		a.Time = &at
	}
	block, err := s.cfg.Node.Block(o.Height)
	if err != nil || int(o.Index) >= len(block.Txs) {
		return nil
	}
	signed, err := tx.Decode(block.Txs[o.Index])
	if err != nil {
		return nil // bytes that were never a transaction, with the code that says so
	}
	a.Tx, err = json.Marshal(signed)
	return err
}
