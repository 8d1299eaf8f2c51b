package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"blink/api/client"
	"blink/tx"
)

// txResult is what -o json prints of a submitted transaction.
type txResult struct {
	ID     tx.ID    `json:"id"`
	Status string   `json:"status"`
	Height int64    `json:"height"` // 0 while it is in no block
	Code   string   `json:"code"`
	TTF    *float64 `json:"ttf_ms"` // as the node measured it; null if it is not final
}

// submit hands the transaction over and reports what became of it. The id is printed whatever happens: without it
// nobody can ask again.
func (f *txFlags) submit(c *client.Client, s tx.Signed) error {
	var st client.TxStatus
	var err error
	if f.noWait || !f.wait {
		st, err = c.Submit(f.env.ctx, s.Raw(), 0)
	} else {
		st, err = c.SubmitFinal(f.env.ctx, s, f.timeout)
	}
	result := txResult{ID: s.ID(), Status: st.Status, Height: st.Height, Code: st.Code, TTF: st.TTF}
	var refused *client.Problem
	if errors.As(err, &refused) && !errors.As(err, new(*client.Unreachable)) {
		result.Status, result.Code = client.StatusRejected, refused.Code
		return errors.Join(f.env.print(func(w io.Writer) { printResult(w, result) }, result), f.env.explain(err))
	}
	if result.Status == "" {
		result.Status = client.StatusUnknown
	}
	if perr := f.env.print(func(w io.Writer) { printResult(w, result) }, result); perr != nil {
		return perr
	}
	ask := "ask again with: blinkd query tx " + s.ID().String()
	switch {
	case err != nil:
		return hint{fmt.Errorf("it is not known whether a node has received the transaction: %w", err),
			fmt.Sprintf("%s; it expires at %s", ask, time.Unix(s.Body().ValidUntil, 0).UTC().Format(time.RFC3339))}
	case result.Status == client.StatusFinal && result.Code != "ok":
		return fmt.Errorf("%w: it is in block %d without effect: %s", errRejected, result.Height, result.Code)
	case result.Status == client.StatusRejected, result.Status == client.StatusExpired:
		return fmt.Errorf("the transaction is %s: %s", result.Status, result.Code)
	case f.wait && !f.noWait && result.Status != client.StatusFinal:
		return hint{fmt.Errorf("not final after %v: the transaction is %s", f.timeout, result.Status),
			fmt.Sprintf("%s; if it is in no block by %s it expires", ask, time.Unix(s.Body().ValidUntil, 0).UTC().Format(time.RFC3339))}
	}
	return nil
}

// printResult says in one line where the transaction stands, and its id.
func printResult(w io.Writer, r txResult) {
	switch {
	case r.Status == client.StatusFinal && r.TTF != nil:
		fmt.Fprintf(w, "final in %.1f ms, in block %d", *r.TTF, r.Height)
	case r.Status == client.StatusFinal:
		fmt.Fprintf(w, "final in block %d", r.Height)
	default:
		fmt.Fprint(w, r.Status)
	}
	if r.Code != "" && r.Code != "ok" {
		fmt.Fprintf(w, " (%s)", r.Code)
	}
	fmt.Fprintf(w, "\nid %s\n", r.ID)
}
