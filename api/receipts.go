package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"blink/finality"
)

// getReceipt answers with the proof that a transaction is final, for anybody to verify without this node. It has the
// result when the next block is there, which takes one block more.
func (s *Server) getReceipt(w http.ResponseWriter, r *request) error {
	id, err := r.txID()
	if err != nil {
		return err
	}
	outcome, err := s.outcomeOf(id)
	if err != nil {
		return err
	}
	if outcome.Status != finality.Final {
		return noReceipt(outcome.Status)
	}
	raw, err := s.cfg.Node.Receipt(outcome.Height, outcome.Index)
	if errors.Is(err, ErrNotFound) {
		return problem(codePruned, "this node no longer has the block that the transaction is in", "ask a node that keeps more")
	}
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, json.RawMessage(raw))
}

// noReceipt says why there is none.
func noReceipt(status finality.Status) error {
	switch status {
	case finality.Pending:
		return problem(codeNotFinal, "the transaction is in no block yet", "wait with GET /v1/txs/{id}?wait=5s, then ask again").after(time.Second)
	case finality.Rejected, finality.Expired:
		return problem(codeNotFinal, "the transaction is "+status.String()+": it is in no block", "GET /v1/txs/{id} says more")
	}
	return problem(codeNotFound, "this node does not know the transaction", "ask the node that took it, or send it again")
}
