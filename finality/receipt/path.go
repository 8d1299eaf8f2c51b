package receipt

import (
	"fmt"
	"math/bits"

	"github.com/cometbft/cometbft/crypto/merkle"
	"github.com/cometbft/cometbft/crypto/tmhash"
)

// path is a Merkle proof: the hashes beside the way from a leaf up to the root, and on which side each one is. This is
// all that such a proof proves. CometBFT's merkle.Proof has the leaf's index and the number of leaves instead of the
// sides, and different pairs of them say the same: the first leaf of three has the same way up as the first of four.
type path []step

// step has exactly one of its two hashes.
type step struct {
	Left  digest `json:"left,omitempty"`
	Right digest `json:"right,omitempty"`
}

// pathOf translates CometBFT's proof.
func pathOf(p *merkle.Proof) path {
	out := make(path, len(p.Aunts))
	index, total := p.Index, p.Total
	for i := len(out) - 1; i >= 0; i-- { // from the root down
		if left := leftSize(total); index < left {
			out[i].Right = p.Aunts[i]
			total = left
		} else {
			out[i].Left = p.Aunts[i]
			index, total = index-left, total-left
		}
	}
	return out
}

// leftSize is the number of leaves in the left half of a tree of total leaves: the largest power of two below total.
func leftSize(total int64) int64 { return 1 << (bits.Len64(uint64(total-1)) - 1) }

// prove checks that the path leads from leaf up to root.
func (p path) prove(leaf, root []byte) error {
	proof, err := p.proof()
	if err != nil {
		return err
	}
	proof.LeafHash = merkle.HashFromByteSlices([][]byte{leaf}) // the root of a tree that is one leaf
	return proof.Verify(root, leaf)
}

// proof translates back, to the smallest tree that has such a path.
func (p path) proof() (*merkle.Proof, error) {
	if p == nil || len(p) > maxSteps {
		return nil, fmt.Errorf("must be a list of at most %d steps, had %d", maxSteps, len(p))
	}
	proof := &merkle.Proof{Total: 1}
	within := 0 // the steps inside of a left half, which always is a full tree
	for i, s := range p {
		if (len(s.Left) == 0) == (len(s.Right) == 0) || len(s.Left)+len(s.Right) != tmhash.Size {
			return nil, fmt.Errorf("step %d must have either left or right, of %d bytes", i, tmhash.Size)
		}
		if len(s.Right) > 0 {
			within = i
			proof.Total = 1<<i + 1
		}
	}
	for i, s := range p {
		proof.Aunts = append(proof.Aunts, append(s.Left, s.Right...))
		switch {
		case len(s.Right) > 0:
		case i < within:
			proof.Index += 1 << i
		default: // the left half is at least as large as what is on the right of it
			left := leftSize(2 * proof.Total)
			proof.Index, proof.Total = proof.Index+left, proof.Total+left
		}
	}
	return proof, nil
}
