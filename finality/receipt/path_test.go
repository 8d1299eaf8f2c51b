package receipt

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/cometbft/cometbft/crypto/merkle"
)

// TrustedHash names the trusted validators.
func TrustedHash(t Trust) []byte { return t.validators.Hash() }

// Every leaf of every tree has a path that proves it, and that is the same after the way to CometBFT's proof and back.
func TestPaths(t *testing.T) {
	var leaves [][]byte
	for n := 1; n <= 130; n++ {
		leaves = append(leaves, fmt.Append(nil, n))
		root, proofs := merkle.ProofsFromByteSlices(leaves)
		for i, p := range proofs {
			way := pathOf(p)
			if err := way.prove(leaves[i], root); err != nil {
				t.Fatalf("leaf %d of %d: %v", i, n, err)
			}
			if way.prove(leaves[(i+1)%n], root) == nil && n > 1 {
				t.Fatalf("leaf %d of %d is proved by the path of %d", (i+1)%n, n, i)
			}
			back, err := way.proof()
			if err != nil || back.Total > int64(n) || !reflect.DeepEqual(pathOf(back), way) {
				t.Fatalf("leaf %d of %d: %+v, %v", i, n, back, err)
			}
		}
	}
}

// Different leaves of one tree have different ways up: what two proofs with the same way prove is of the same place.
func TestAWayIsOfOnePlace(t *testing.T) {
	var leaves [][]byte
	for n := 1; n <= 130; n++ {
		leaves = append(leaves, fmt.Append(nil, n))
		_, proofs := merkle.ProofsFromByteSlices(leaves)
		for i, p := range proofs {
			for j, q := range proofs[:i] {
				if pathOf(p).sameWay(pathOf(q)) {
					t.Fatalf("leaves %d and %d of %d have the same way up", i, j, n)
				}
			}
		}
	}
}
