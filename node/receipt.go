package node

import (
	"fmt"

	cmtstore "github.com/cometbft/cometbft/store"
	cmttypes "github.com/cometbft/cometbft/types"

	"blink/finality/receipt"
)

// Receipt makes the finality receipt of the transaction at an index of a
// block: JSON, as package receipt writes it. It has the result when the next
// block is there. ErrNoBlock when this node does not have the block (any
// more), or the block no such transaction.
func (n *Node) Receipt(height int64, index uint32) ([]byte, error) {
	blocks := n.comet.BlockStore()
	if height < 1 || height > n.o.Monitor.last.Load().height || height < blocks.Base() {
		return nil, fmt.Errorf("%w: height %d", ErrNoBlock, height)
	}
	block := blocks.LoadBlock(height)
	if block == nil || int64(index) >= int64(len(block.Txs)) {
		return nil, fmt.Errorf("%w: height %d, transaction %d", ErrNoBlock, height, index)
	}
	validators, err := n.states.LoadValidators(height)
	if err != nil {
		return nil, err
	}
	source := receipt.Source{
		Header: &block.Header, Commit: commitOf(blocks, height), Validators: validators, Txs: block.Txs, Index: int(index),
	}
	if source.Commit == nil {
		return nil, fmt.Errorf("%w: height %d, commit", ErrNoBlock, height)
	}
	if source.Next, err = n.nextBlock(blocks, height+1); err != nil {
		return nil, err
	}
	return receipt.New(source)
}

// nextBlock is nil while there is no such block. It need not be executed yet:
// its header says what came of the block before.
func (n *Node) nextBlock(blocks *cmtstore.BlockStore, height int64) (*receipt.Next, error) {
	meta, commit := blocks.LoadBlockMeta(height), commitOf(blocks, height)
	if meta == nil || commit == nil {
		return nil, nil
	}
	validators, err := n.states.LoadValidators(height)
	if err != nil {
		return nil, err
	}
	results, err := n.states.LoadFinalizeBlockResponse(height - 1)
	if err != nil {
		return nil, err
	}
	return &receipt.Next{Header: &meta.Header, Commit: commit, Validators: validators, Results: results.TxResults}, nil
}

// commitOf is what the validators signed of a block: the commit in the next
// block, which is the same for all nodes, or until there is one this node's
// own.
func commitOf(blocks *cmtstore.BlockStore, height int64) *cmttypes.Commit {
	if commit := blocks.LoadBlockCommit(height); commit != nil {
		return commit
	}
	return blocks.LoadSeenCommit(height)
}
