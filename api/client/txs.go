package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"blink/tx"
)

// Where a transaction stands. Accepted is a promise of nothing; final, rejected and expired never change.
const (
	StatusAccepted = "accepted" // in this node's mempool; may still vanish
	StatusPending  = "pending"  // known to the node, not in a block
	StatusFinal    = "final"    // in a block that can never be undone; Code says whether it took effect
	StatusRejected = "rejected" // refused
	StatusExpired  = "expired"  // its valid_until has passed; it never will be in a block
	StatusUnknown  = "unknown"  // the node has never heard of it, or has forgotten
)

// TxStatus is what a node knows about a transaction.
type TxStatus struct {
	ID     tx.ID    `json:"id"`
	Status string   `json:"status"`
	Height int64    `json:"height"`           // block height, 0 while there is none
	Index  uint32   `json:"index"`            // position in the block
	Code   string   `json:"code"`             // "ok", or why it had no effect
	TTF    *float64 `json:"ttf_ms"`           // time to finality in ms as this node measured it; nil if it did not
	Stages *Stages  `json:"stages,omitempty"` // how TTF came about; nil if not measured
	URL    string   `json:"url,omitempty"`    // where to ask again, relative to the node
	// Tx is the transaction in its JSON form. Only GET gives it.
	Tx json.RawMessage `json:"tx,omitempty"`
}

// Settled reports whether the status will never change.
func (s TxStatus) Settled() bool {
	return s.Status == StatusFinal || s.Status == StatusRejected || s.Status == StatusExpired
}

// Stages are the times in ms since the node received the transaction at which each stage was reached; nil if unobserved.
type Stages struct {
	Checked      *float64 `json:"checked"`
	Proposed     *float64 `json:"proposed"`
	Prevoted     *float64 `json:"prevoted"`     // +2/3 of the power prevoted
	Precommitted *float64 `json:"precommitted"` // +2/3 precommitted: final
	Executed     *float64 `json:"executed"`
	Visible      *float64 `json:"visible"` // this node serves the result
}

// Submit hands raw, a signed transaction's bytes, to a node. With wait > 0 the node answers when the transaction is
// final, or with its present status after that time; with wait == 0 it answers as soon as it is accepted.
// Submitting again is safe and tells the present status. A refusal is a *Problem with the receipt code.
func (c *Client) Submit(ctx context.Context, raw []byte, wait time.Duration) (TxStatus, error) {
	path := "/v1/txs"
	if wait > 0 {
		path += "?wait=final&timeout=" + url.QueryEscape(formatWait(wait))
	}
	var out TxStatus
	err := c.call(ctx, request{method: http.MethodPost, path: path, body: raw, contentType: "application/octet-stream", wait: wait}, &out)
	return out, err
}

// MaxBatch is how many transactions SubmitAll takes at most.
const MaxBatch = 256

// Submitted is what became of one transaction of a batch. Problem says why the node did not take it, nil if it did.
type Submitted struct {
	TxStatus
	Problem *Problem `json:"problem"`
}

// SubmitAll hands up to MaxBatch signed transactions to a node in one request. Of each it gives what Submit gives, in the
// same order; with wait > 0 the node answers when the fate of all is known or that time has passed. The error says that no
// node has answered for all of them; some may have been taken, and submitting again is safe.
func (c *Client) SubmitAll(ctx context.Context, raws [][]byte, wait time.Duration) ([]Submitted, error) {
	path := "/v1/txs/batch"
	if wait > 0 {
		path += "?wait=final&timeout=" + url.QueryEscape(formatWait(wait))
	}
	var out struct{ Txs []Submitted }
	r := request{method: http.MethodPost, path: path, body: tx.EncodeBatch(raws), contentType: "application/x-protobuf", wait: wait}
	node, err := c.callAt(ctx, r, &out)
	if err != nil {
		return nil, err
	}
	if len(out.Txs) != len(raws) {
		return nil, fmt.Errorf("%s%s: the answer is about %d transactions, asked about %d", node, path, len(out.Txs), len(raws))
	}
	for _, t := range out.Txs {
		if t.Problem != nil {
			t.Problem.URL = node
		}
	}
	return out.Txs, nil
}

// Tx asks for a transaction's status. With wait > 0 the node answers when it is settled or after that time.
func (c *Client) Tx(ctx context.Context, id tx.ID, wait time.Duration) (TxStatus, error) {
	path := "/v1/txs/" + id.String()
	if wait > 0 {
		path += "?wait=" + url.QueryEscape(formatWait(wait))
	}
	var out TxStatus
	err := c.call(ctx, request{method: http.MethodGet, path: path, wait: wait}, &out)
	return out, err
}

// formatWait writes a duration in whole milliseconds.
func formatWait(d time.Duration) string {
	return strconv.FormatInt(max(1, d.Milliseconds()), 10) + "ms"
}

// SubmitFinal submits a transaction and waits until it is settled, submitting the same bytes again whenever a node goes
// down, until timeout has passed. Then it returns the last known status and no error: the transaction may still become
// final, and can be asked for by its id. A refusal is a *Problem.
func (c *Client) SubmitFinal(ctx context.Context, s tx.Signed, timeout time.Duration) (TxStatus, error) {
	const oneWait = 5 * time.Second // then the node may have forgotten it, or be frozen
	deadline := time.Now().Add(timeout)
	last := TxStatus{ID: s.ID(), Status: StatusUnknown}
	for {
		left := time.Until(deadline)
		attempt, cancel := context.WithDeadline(ctx, deadline.Add(c.opt.Timeout/2))
		st, err := c.Submit(attempt, s.Raw(), min(max(left, time.Millisecond), oneWait))
		cancel()
		var p *Problem
		switch {
		case err == nil && st.Settled():
			return st, nil
		case err == nil:
			last = st
		case ctx.Err() != nil:
			return last, ctx.Err()
		case errors.As(err, &p) && !errors.As(err, new(*Unreachable)):
			return last, p
		case time.Until(deadline) <= 0 && last.Status == StatusUnknown:
			return last, err
		}
		if time.Until(deadline) <= 0 {
			return last, nil
		}
		if err != nil && !sleep(ctx, min(200*time.Millisecond, time.Until(deadline))) {
			return last, ctx.Err()
		}
	}
}

// sleep waits for d; false if ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// AwaitTx asks for a transaction's status until it is settled or wait has passed, and returns the last.
func (c *Client) AwaitTx(ctx context.Context, id tx.ID, wait time.Duration) (TxStatus, error) {
	const oneWait = 10 * time.Second
	deadline := time.Now().Add(wait)
	for {
		st, err := c.Tx(ctx, id, min(max(time.Until(deadline), 0), oneWait))
		if err != nil || st.Settled() || time.Until(deadline) <= 0 {
			return st, err
		}
		if st.Status == StatusUnknown && !sleep(ctx, 100*time.Millisecond) { // a node need not wait for what it does not know
			return st, ctx.Err()
		}
	}
}
