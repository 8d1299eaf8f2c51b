package app

import (
	"testing"

	"blink/coin"
)

// TestRankThatComesBack: a power that moves and comes back within a block leaves the index alone, and one that does not is
// written once, at its last place.
func TestRankThatComesBack(t *testing.T) {
	c := newMemoryChain(t, testGenesis(testParams(), nil, []string{"v", "w"}, 0, 10*coin.Blink))
	op := newPerson("v").address
	for _, powers := range [][]coin.Amount{{11, 10}, {11, 12, 10}, {9, 10, 11, 10}, {11}, {11, 12}, {12, 11}} {
		s := open(c.memory.Fork(), 2, c.time)
		for _, power := range powers {
			before := mustValidator(s.o, op)
			after := before
			after.tokens = power * coin.Blink
			s.setValidator(op, before, after)
		}
		s.writeRanks()
		written := make(map[string]bool) // rank keys, and whether they are there
		s.o.Changes(func(k, v []byte) bool {
			if k[0] == prefixRank {
				written[string(k)] = v != nil
			}
			return true
		})
		last := Power(powers[len(powers)-1])
		switch {
		case last == 10 && len(written) != 0:
			t.Errorf("%v: %d keys of the index were written", powers, len(written))
		case last != 10 && (len(written) != 2 || written[string(rankKey(10, op))] || !written[string(rankKey(last, op))]):
			t.Errorf("%v: written %v", powers, written)
		}
	}
}
