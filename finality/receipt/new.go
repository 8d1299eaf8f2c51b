package receipt

import (
	"encoding/json"
	"fmt"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/types"

	"blink/tx"
)

// Source is what a node knows of the block that a transaction is in.
type Source struct {
	Header     *types.Header
	Commit     *types.Commit
	Validators *types.ValidatorSet // of this block, in CometBFT's order
	Txs        types.Txs
	Index      int   // of the transaction in Txs
	Next       *Next // nil while there is no next block
}

// Next is what it knows of the block after that one.
type Next struct {
	Header     *types.Header
	Commit     *types.Commit
	Validators *types.ValidatorSet
	Results    []*abcitypes.ExecTxResult // of the first block's transactions
}

// New makes the receipt. It verifies no signatures: the source is the node's own. The error says what does not fit
// together in it.
func New(s Source) ([]byte, error) {
	if s.Index < 0 || s.Index >= len(s.Txs) {
		return nil, fmt.Errorf("receipt: block %d has %d transactions, asked for index %d", s.Header.Height, len(s.Txs), s.Index)
	}
	proof := s.Txs.Proof(s.Index).Proof
	w := wire{
		Format: Format, ID: tx.IDOf(s.Txs[s.Index]), Tx: s.Txs[s.Index],
		Proof: pathOf(&proof), Block: blockOf(s.Header, s.Commit, s.Validators),
	}
	if s.Next != nil {
		r, err := s.Next.result(s.Index)
		if err != nil {
			return nil, err
		}
		w.Result = &r
		w.shorten()
	}
	return json.Marshal(w)
}

// result is the part of the receipt that proves the code. A result is its code: everything else that the hash could hold
// is empty on this chain.
func (n Next) result(index int) (result, error) {
	if index >= len(n.Results) {
		return result{}, fmt.Errorf("receipt: block %d has %d results, asked for index %d", n.Header.Height-1, len(n.Results), index)
	}
	proof := types.NewResults(n.Results).ProveResult(index)
	r := result{Code: n.Results[index].Code, Proof: pathOf(&proof), Block: blockOf(n.Header, n.Commit, n.Validators)}
	leaf, err := r.leaf()
	if err != nil {
		return result{}, err
	}
	if err := r.Proof.prove(leaf, n.Header.LastResultsHash); err != nil {
		return result{}, fmt.Errorf("receipt: the results of block %d are not those of the next header: %w", n.Header.Height-1, err)
	}
	return r, nil
}

// leaf is what LastResultsHash holds of the transaction.
func (r result) leaf() ([]byte, error) { return (&abcitypes.ExecTxResult{Code: r.Code}).Marshal() }

// shorten leaves the validators of the next block out when they are the same.
func (w *wire) shorten() {
	if string(w.Block.Header.NextValidatorsHash) == string(w.Block.Header.ValidatorsHash) {
		w.Result.Block.Validators = nil
	}
}
