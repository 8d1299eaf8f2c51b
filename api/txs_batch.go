package api

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"

	"blink/finality"
	"blink/tx"
)

// maxBatch bounds the transactions of one request: more gain nothing, and keep the first one waiting.
const maxBatch = 256

// batchEntry is what became of one transaction of a batch: problem says why if the node did not take it.
type batchEntry struct {
	txAnswer
	Problem *Problem `json:"problem,omitempty"`
}

// postTxs takes several signed transactions, which are verified together and admitted in their order; one that is refused
// does the others no harm. The answer has an entry for each, in the same order: 200 when the fate of all is known, else
// 202. With wait=final it comes when the last fate is known or the timeout ends.
func (s *Server) postTxs(w http.ResponseWriter, r *request) error {
	wait, err := s.waitFor(r, 0)
	if err != nil {
		return err
	}
	body, media, err := readBody(w, r, mediaJSON, mediaProto)
	if err != nil {
		return err
	}
	raws, err := parseBatch(body, media)
	if err != nil {
		return err
	}
	if err := s.charge(r, len(raws)-1); err != nil {
		return err
	}
	told := s.submitRaw(r, raws)
	if wait > 0 {
		var pending []*finality.Outcome
		for i := range told {
			if told[i].err == nil {
				pending = append(pending, &told[i].outcome)
			}
		}
		s.await(r, wait, pending...)
	}
	status := http.StatusOK
	answer := struct {
		Txs []batchEntry `json:"txs"`
	}{make([]batchEntry, len(told))}
	for i, t := range told {
		e := s.describeEntry(t, wait == 0)
		switch answer.Txs[i] = e; e.Status {
		case statusAccepted, finality.Pending.String(), finality.Unknown.String():
			status = http.StatusAccepted
		}
	}
	return writeJSON(w, status, answer)
}

// submitRaw submits those that decode.
func (s *Server) submitRaw(r *request, raws [][]byte) []submission {
	told := make([]submission, len(raws))
	var send []tx.Signed
	var at []int
	for i, raw := range raws {
		signed, err := tx.Decode(raw)
		if err != nil {
			told[i] = submission{outcome: finality.Outcome{ID: sha256.Sum256(raw)}, err: err}
			continue
		}
		send, at = append(send, signed), append(at, i)
	}
	for n, t := range s.submit(r.Context(), r.received, send...) {
		t.outcome.ID = send[n].ID()
		told[at[n]] = t
	}
	return told
}

func (s *Server) describeEntry(t submission, justAccepted bool) batchEntry {
	if t.err == nil {
		e := batchEntry{txAnswer: describe(t.outcome)}
		if justAccepted && t.outcome.Status == finality.Pending {
			e.Status = statusAccepted
		}
		return e
	}
	p, ok := problemOf(t.err)
	if !ok {
		s.cfg.Logger.Error("a transaction of a batch could not be judged", "id", t.outcome.ID, "error", t.err)
	}
	e := batchEntry{txAnswer: describe(finality.Outcome{ID: t.outcome.ID, Status: finality.Unknown}), Problem: p}
	if p.Status < http.StatusInternalServerError { // it is the transaction's own fault
		e.Status, e.Code = finality.Rejected.String(), p.Code
	}
	return e
}

// parseBatch reads {"txs":["<base64>", ...]} or the bytes of a blink.v1.TxBatch.
func parseBatch(body []byte, media string) (raws [][]byte, err error) {
	if media == mediaJSON {
		raws, err = parseBatchJSON(body)
	} else {
		raws, err = tx.DecodeBatch(body)
	}
	if err == nil && (len(raws) == 0 || len(raws) > maxBatch) {
		err = problem(codeInvalidBody, fmt.Sprintf("txs must be 1 to %d transactions, were %d", maxBatch, len(raws)), "").at("txs")
	}
	return raws, err
}

func parseBatchJSON(body []byte) ([][]byte, error) {
	object, err := fields(body, "txs")
	if err != nil {
		return nil, err
	}
	var texts []string
	if err := json.Unmarshal(object["txs"], &texts); err != nil {
		return nil, problem(codeInvalidBody, "txs must be a list of transactions, each its bytes in base64", `send {"txs":["<base64>"]}`).at("txs")
	}
	raws := make([][]byte, len(texts))
	for i, text := range texts {
		if raws[i], err = base64.StdEncoding.Strict().DecodeString(text); err != nil {
			at := fmt.Sprintf("txs[%d]", i)
			return nil, problem(codeInvalidBody, at+" must be the transaction's bytes in base64", "").at(at)
		}
	}
	return raws, nil
}
