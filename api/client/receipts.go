package client

import (
	"context"
	"encoding/json"
	"time"

	"blink/tx"
)

// Receipt asks for the finality receipt of a transaction: a proof that needs no trust in the node, for package receipt to
// verify. It is as the node wrote it. A *Problem with the code not_final says that the transaction is in no block.
func (c *Client) Receipt(ctx context.Context, id tx.ID) (json.RawMessage, error) {
	var raw json.RawMessage
	err := c.Get(ctx, "/v1/txs/"+id.String()+"/receipt", &raw)
	return raw, err
}

// AwaitReceipt waits until the transaction is final and its receipt has the result, which is in the next block, or until
// wait has passed, and returns the last answer.
func (c *Client) AwaitReceipt(ctx context.Context, id tx.ID, wait time.Duration) (json.RawMessage, error) {
	const pause = 50 * time.Millisecond // a block on a local network takes about as long
	deadline := time.Now().Add(wait)
	if _, err := c.AwaitTx(ctx, id, wait); err != nil {
		return nil, err
	}
	for {
		raw, err := c.Receipt(ctx, id)
		if err != nil || hasResult(raw) || time.Until(deadline) <= 0 || !sleep(ctx, pause) {
			return raw, err
		}
	}
}

// hasResult reports whether a receipt says what came of the transaction.
func hasResult(raw json.RawMessage) bool {
	var r struct {
		Result json.RawMessage `json:"result"`
	}
	return json.Unmarshal(raw, &r) == nil && r.Result != nil
}
