package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// call is one JSON-RPC request over a kept connection. With a transaction, it is the parameter tx.
func (c *comet) call(ctx context.Context, url, method string, tx []byte, result any) error {
	params := map[string]any{}
	if tx != nil {
		params["tx"] = tx // encoding/json writes base64
	}
	return c.callWith(ctx, url, method, params, result)
}

func (c *comet) callWith(ctx context.Context, url, method string, params map[string]any, result any) error {
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer := struct {
		Error *struct {
			Message, Data string
		}
		Result any
	}{Result: result}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return fmt.Errorf("%s: status %d: %w", method, res.StatusCode, err)
	}
	if answer.Error != nil {
		return fmt.Errorf("%s: %s: %s", method, answer.Error.Message, answer.Error.Data)
	}
	return nil
}

// block is what matters of one.
type block struct {
	height int64
	txs    int
}

// blocksAfter returns up to 19 blocks above a height of at least 1, ascending, as the first node has them.
func (c *comet) blocksAfter(ctx context.Context, height int64) ([]block, error) {
	var result struct {
		Metas []struct {
			Header struct {
				Height int64 `json:",string"`
			}
			NumTxs int `json:"num_txs,string"`
		} `json:"block_metas"`
	}
	// A range without any block would be an error, so it begins with one that exists.
	params := map[string]any{"minHeight": fmt.Sprint(height), "maxHeight": fmt.Sprint(height + 19)}
	if err := c.callWith(ctx, c.rpc[0], "blockchain", params, &result); err != nil {
		return nil, err
	}
	var blocks []block
	for i := len(result.Metas) - 1; i >= 0; i-- {
		if m := result.Metas[i]; m.Header.Height > height {
			blocks = append(blocks, block{m.Header.Height, m.NumTxs})
		}
	}
	return blocks, nil
}

// height is that of the first node.
func (c *comet) height(ctx context.Context) (int64, error) {
	var status struct {
		SyncInfo struct {
			Height int64 `json:"latest_block_height,string"`
		} `json:"sync_info"`
	}
	err := c.call(ctx, c.rpc[0], "status", nil, &status)
	return status.SyncInfo.Height, err
}

// waiting is the number of transactions in the mempool of the first node.
func (c *comet) waiting(ctx context.Context) (int, error) {
	var result struct {
		N int `json:"n_txs,string"`
	}
	err := c.call(ctx, c.rpc[0], "num_unconfirmed_txs", nil, &result)
	return result.N, err
}
