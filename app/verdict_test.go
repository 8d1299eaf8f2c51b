package app

import (
	"testing"

	"blink/coin"
	"blink/genesis"
)

// TestVerdictEdges: every threshold is exact: one ublink decides, however large the stake is.
func TestVerdictEdges(t *testing.T) {
	p := &genesis.Params{Quorum: 3340, Threshold: 5000, VetoThreshold: 3340}
	const large = 1 << 40
	for _, test := range []struct {
		name string
		t    tally
		want ProposalStatus
	}{
		{"a vote too few", tally{yes: 3339, stake: 10_000}, NoQuorum},
		{"just enough votes", tally{yes: 3340, stake: 10_000}, Passed},
		{"abstaining counts for the quorum", tally{yes: 1, abstain: 3339, stake: 10_000}, Passed},
		{"a veto too few", tally{yes: 19_980, veto: 10_020, stake: 30_000}, Passed},
		{"just enough veto", tally{yes: 19_979, veto: 10_021, stake: 30_000}, Vetoed},
		{"half", tally{yes: large, no: large, stake: 2 * large}, Rejected},
		{"half and one", tally{yes: large + 1, no: large, stake: 2*large + 1}, Passed},
		{"veto is no, too", tally{yes: 4, no: 2, veto: 2, stake: 8}, Rejected},
		{"nobody is for it", tally{abstain: 10, stake: 10}, Rejected},
		{"no stake at all", tally{}, Rejected},
	} {
		if got := test.t.verdict(p); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// TestLess compares products above 64 bits.
func TestLess(t *testing.T) {
	for _, test := range []struct {
		a    coin.Amount
		x    uint32
		b    coin.Amount
		y    uint32
		want bool
	}{
		{1, 2, 3, 1, true},
		{3, 1, 1, 2, false},
		{2, 3, 3, 2, false},
		{1 << 63, 2, 1, 1, false}, // 2^64 and 1: the lower half of the larger one is smaller
		{1, 1, 1 << 63, 2, true},
		{1 << 63, 2, 1 << 63, 2, false},
		{1<<63 + 1, 2, 1<<63 + 2, 2, true},
		{coin.Max, 10_000, coin.Max, 9999, false},
		{coin.Max, 9999, coin.Max, 10_000, true},
	} {
		if got := less(test.a, test.x, test.b, test.y); got != test.want {
			t.Errorf("%s*%d < %s*%d is %t", test.a, test.x, test.b, test.y, got)
		}
	}
}
