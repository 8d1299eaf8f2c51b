package api

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"blink/finality"
	"blink/tx"
)

func (s *Server) txRoutes() []route {
	return []route{
		post("/v1/txs", s.postTx, "wait", "timeout"),
		post("/v1/txs/batch", s.postTxs, "wait", "timeout"),
		post("/v1/txs/prepare", s.prepareTx),
		get("/v1/txs/{id}", s.getTx, "wait"),
		get("/v1/txs/{id}/receipt", s.getReceipt),
	}
}

// postTx takes a signed transaction in one of its forms. Without wait it answers as soon as the transaction is admitted;
// with wait=final when its fate is known, or 202 and the present status when the timeout ends first. The same bytes
// again get the present status: retries are safe.
func (s *Server) postTx(w http.ResponseWriter, r *request) error {
	wait, err := s.waitFor(r, 0)
	if err != nil {
		return err
	}
	body, media, err := readBody(w, r, mediaJSON, mediaBytes, mediaProto)
	if err != nil {
		return err
	}
	signed, err := parseTx(body, media)
	if err != nil {
		return err
	}
	told := s.submit(r.Context(), r.received, signed)[0]
	if told.err != nil {
		return told.err
	}
	if wait > 0 && !told.outcome.Status.Settled() {
		s.await(r, wait, &told.outcome)
	}
	return writeTx(w, describe(told.outcome), wait == 0)
}

// waitFor reads ?wait=final&timeout=5s: how long the client wants to wait for the outcome, 0 for not at all.
func (s *Server) waitFor(r *request, fallback time.Duration) (time.Duration, error) {
	timeout := s.cfg.Limits.DefaultWait
	if text := r.param("timeout"); text != "" {
		var err error
		if timeout, err = s.duration("timeout", text); err != nil {
			return 0, err
		}
	}
	switch wait := r.param("wait"); wait {
	case "final":
		return timeout, nil
	case "accepted":
		return 0, nil
	case "":
		if r.param("timeout") != "" && fallback == 0 {
			return 0, invalid("timeout", "goes with wait=final")
		}
		return fallback, nil
	default:
		return 0, invalid("wait", "must be final or accepted, was %q", printable(wait))
	}
}

// parseTx reads the raw bytes, {"tx":"<base64>"}, {"body":{...},"witness":"<hex>"} or {"body_bytes":"<hex>","witness":"<hex>"}.
func parseTx(body []byte, media string) (tx.Signed, error) {
	if media != mediaJSON {
		return tx.Decode(body)
	}
	object, err := fields(body, "tx", "body", "body_bytes", "witness")
	if err != nil {
		return tx.Signed{}, err
	}
	_, isRaw := object["tx"]
	_, isText := object["body"]
	_, isBytes := object["body_bytes"]
	switch {
	case isRaw && len(object) == 1:
		text, err := stringField(object, "tx")
		if err != nil {
			return tx.Signed{}, err
		}
		raw, err := base64.StdEncoding.Strict().DecodeString(text)
		if err != nil {
			return tx.Signed{}, problem(codeInvalidBody, "tx must be the transaction's bytes in base64", "").at("tx")
		}
		return tx.Decode(raw)
	case isText && !isRaw && !isBytes:
		return tx.ParseSigned(body)
	case isBytes && !isRaw && !isText:
		return assembleTx(object)
	}
	return tx.Signed{}, problem(codeInvalidBody, "the body must be one of the three forms of a transaction",
		`send {"tx":"<base64>"}, {"body":{...},"witness":"<hex>"} or {"body_bytes":"<hex>","witness":"<hex>"}`)
}

func assembleTx(object map[string]json.RawMessage) (tx.Signed, error) {
	var parts [2][]byte
	for i, name := range []string{"body_bytes", "witness"} {
		text, err := stringField(object, name)
		if err != nil {
			return tx.Signed{}, err
		}
		if parts[i], err = hex.DecodeString(text); err != nil {
			return tx.Signed{}, problem(codeInvalidBody, name+" must be hexadecimal digits", "").at(name)
		}
	}
	return tx.Assemble(parts[0], parts[1])
}

// submission is what is known of a transaction that a client has sent: its outcome, or why there is none.
type submission struct {
	outcome finality.Outcome
	err     error
}

// submit hands transactions that arrived at received to the node and tells the tracker. Of each it gives what is known:
// pending when it was admitted now. This is the path that TTF measures.
func (s *Server) submit(ctx context.Context, received time.Time, txs ...tx.Signed) []submission {
	told := make([]submission, len(txs))
	fresh := make([]bool, len(txs)) // nobody has sent it to this node before
	send := make([]tx.Signed, 0, len(txs))
	at := make([]int, 0, len(txs))
	for i, t := range txs {
		told[i].outcome, fresh[i] = s.cfg.Tracker.Submitted(t.ID(), t.Body().ValidUntil, received)
		if fresh[i] || !told[i].outcome.Status.Settled() && !s.cfg.Node.Pending(t.ID()) {
			send, at = append(send, t), append(at, i)
		}
	}
	for n, err := range s.cfg.Node.Submit(ctx, send...) {
		i, id := at[n], send[n].ID()
		if err == nil { // the tracker was told when it was admitted, which was before any block could hold it
			told[i].outcome, _ = s.cfg.Tracker.Lookup(id)
		} else {
			told[i].outcome, told[i].err = s.notAdmitted(id, fresh[i], err)
		}
	}
	return told
}

// notAdmitted finds out what it means that the node did not take a transaction: it may have been in a block for long.
func (s *Server) notAdmitted(id tx.ID, isNew bool, err error) (finality.Outcome, error) {
	included, found, indexErr := s.included(id)
	if indexErr != nil {
		return finality.Outcome{}, indexErr
	}
	var refusal *tx.Refusal
	switch {
	case found:
		if isNew {
			s.cfg.Tracker.Withdrawn(id)
		}
		return included, nil
	case errors.Is(err, ErrAlreadyKnown):
		if s.cfg.Node.Pending(id) { // a peer sent it before the client did
			s.cfg.Tracker.Checked(id, time.Now())
		}
		outcome, _ := s.cfg.Tracker.Lookup(id)
		return outcome, nil
	case errors.As(err, &refusal):
		s.cfg.Tracker.Rejected(id, refusal.Code, time.Now())
	case isNew:
		s.cfg.Tracker.Withdrawn(id)
	}
	return finality.Outcome{}, err
}

// included looks a transaction up in the index of blocks. It has no TTF: this node did not measure it, or has forgotten.
func (s *Server) included(id tx.ID) (finality.Outcome, bool, error) {
	entry, found, err := s.cfg.Store.Tx(id)
	if err != nil || !found || !entry.Settled {
		return finality.Outcome{}, false, err
	}
	return finality.Outcome{ID: id, Status: finality.Final, Height: entry.Height, Index: entry.Index, Code: tx.Code(entry.Code)}, true, nil
}

// await waits until each transaction has an outcome. While it waits, the request does not count as one that is being
// answered.
func (s *Server) await(r *request, wait time.Duration, outcomes ...*finality.Outcome) {
	r.permit.release()
	ctx, cancel := context.WithTimeout(r.Context(), wait)
	defer cancel()
	stop := context.AfterFunc(s.closing, cancel)
	defer stop()
	for _, o := range outcomes {
		if !o.Status.Settled() {
			// Every error means that the time, the client, the server or the room for waiting ended: the present status is the
			// answer.
			*o, _ = s.cfg.Tracker.Wait(ctx, o.ID)
		}
	}
}
