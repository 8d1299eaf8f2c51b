package client

import (
	"context"
	"fmt"
	"time"

	"blink/tx"
)

// Block is a block as a node serves it.
type Block struct {
	Height   int64     `json:"height"`
	Time     time.Time `json:"time"` // by the clocks of the validators: never measure with it
	Hash     string    `json:"hash"`
	AppHash  string    `json:"app_hash"` // of the state before this block
	Proposer string    `json:"proposer"` // consensus address
	Round    int32     `json:"round"`    // of the commit that finalised this block; 0 unless a proposer failed
	Txs      []BlockTx `json:"txs"`
}

// BlockTx is a transaction of a block.
type BlockTx struct {
	ID    tx.ID  `json:"id"`
	Index uint32 `json:"index"`
	Code  string `json:"code"` // ok, or why it had no effect
	Bytes int    `json:"bytes"`
	Raw   []byte `json:"raw"` // nil unless asked for
}

// Block reads the block of a height, or the newest one for height 0; with raw, its transactions come with their bytes.
func (c *Client) Block(ctx context.Context, height int64, raw bool) (Block, error) {
	path := "/v1/blocks/latest"
	if height != 0 {
		path = fmt.Sprintf("/v1/blocks/%d", height)
	}
	if raw {
		path += "?raw=true"
	}
	var out Block
	err := c.Get(ctx, path, &out)
	return out, err
}
