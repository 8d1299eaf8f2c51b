//go:build byzantine

package node

import (
	"time"

	cstypes "github.com/cometbft/cometbft/consensus/types"
)

// skewedTime is the time of a vote by a validator whose clock is off by skew:
// that clock's, but after the time of the block that it votes on, as CometBFT
// has it (voteTime in consensus/state.go), or block time could run backwards.
//
// It is called to sign a vote, so on the goroutine of consensus, and may read
// its state.
func skewedTime(now time.Time, skew time.Duration, rs *cstypes.RoundState) time.Time {
	var earliest time.Time
	switch {
	case rs.LockedBlock != nil:
		earliest = rs.LockedBlock.Time.Add(time.Millisecond)
	case rs.ProposalBlock != nil:
		earliest = rs.ProposalBlock.Time.Add(time.Millisecond)
	}
	if at := now.Add(skew); at.After(earliest) {
		return at
	}
	return earliest
}
