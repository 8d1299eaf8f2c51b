//go:build byzantine

package node

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"testing"
	"time"

	cstypes "github.com/cometbft/cometbft/consensus/types"
	cmttypes "github.com/cometbft/cometbft/types"
)

func TestByzantineClock(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	block := func(ago time.Duration) *cmttypes.Block {
		return &cmttypes.Block{Header: cmttypes.Header{Time: now.Add(-ago)}}
	}
	for _, c := range []struct {
		skew  time.Duration
		state cstypes.RoundState
		want  time.Duration // from now
	}{
		{30 * time.Second, cstypes.RoundState{}, 30 * time.Second},
		{30 * time.Second, cstypes.RoundState{ProposalBlock: block(time.Second)}, 30 * time.Second},
		{-30 * time.Second, cstypes.RoundState{ProposalBlock: block(time.Minute)}, -30 * time.Second},
		{-30 * time.Second, cstypes.RoundState{ProposalBlock: block(time.Second)}, -999 * time.Millisecond},
		{-30 * time.Second, cstypes.RoundState{ProposalBlock: block(9 * time.Second), LockedBlock: block(2 * time.Second)}, -1999 * time.Millisecond},
	} {
		if got := skewedTime(now, c.skew, &c.state).Sub(now); got != c.want {
			t.Errorf("with a clock off by %s the vote's time is off by %s, want %s", c.skew, got, c.want)
		}
	}
}

// The clock of one of four validators is wrong by half a minute, either way:
// the chain goes on, and the time of every block is between those that honest
// validators gave it.
func TestByzantineClockDoesNotMoveBlockTime(t *testing.T) {
	if testing.Short() {
		t.Skip("runs networks")
	}
	for i, skew := range []time.Duration{30 * time.Second, -30 * time.Second} {
		t.Run(skew.String(), func(t *testing.T) {
			m := startMesh(t, 26260+10*i, 3, true, nil)
			file := m.homes[3].ConfigFile()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text = regexp.MustCompile(`(?m)^clock_skew = .*`).ReplaceAll(text, fmt.Appendf(nil, "clock_skew = %q", skew))
			if err := os.WriteFile(file, text, 0o600); err != nil {
				t.Fatal(err)
			}
			m.start(t)
			m.atOne(t)
			for i := range 12 {
				m.transfer(t, i%4)
			}
			m.atOne(t)
			if checkClocks(t, m.nodes[0], m.nodes[3].address[:], skew) == 0 {
				t.Error("no commit holds a vote of the skewed clock: the test proves little")
			}
		})
	}
}

// checkClocks compares the times of the votes in each commit with that of the
// block which holds it. It returns how many had a vote by the given validator.
func checkClocks(t *testing.T, n *running, skewed []byte, skew time.Duration) int {
	t.Helper()
	seen := 0
	for height := n.comet.BlockStore().Base() + 1; height <= n.Status().Height; height++ {
		block := n.comet.BlockStore().LoadBlock(height)
		var first, last, wrong time.Time
		for _, vote := range block.LastCommit.Signatures {
			switch {
			case vote.BlockIDFlag != cmttypes.BlockIDFlagCommit:
			case bytes.Equal(vote.ValidatorAddress, skewed):
				wrong = vote.Timestamp
			case first.IsZero():
				first, last = vote.Timestamp, vote.Timestamp
			case vote.Timestamp.Before(first):
				first = vote.Timestamp
			case vote.Timestamp.After(last):
				last = vote.Timestamp
			}
		}
		if block.Time.Before(first) || block.Time.After(last) {
			t.Errorf("block %d is of %s, honest validators voted from %s to %s", height, block.Time, first, last)
		}
		if wrong.IsZero() {
			continue
		}
		seen++
		before := n.comet.BlockStore().LoadBlockMeta(height - 1).Header.Time
		if skew > 0 && wrong.Sub(last) < skew/2 || skew < 0 && wrong.After(first) || !wrong.After(before) {
			t.Errorf("block %d: with a skew of %s it voted at %s, the others from %s to %s, on a block of %s", height, skew, wrong, first, last, before)
		}
	}
	return seen
}
