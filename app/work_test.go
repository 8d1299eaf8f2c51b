package app

import (
	"slices"
	"testing"

	"blink/tx"
)

// TestLeastFee: as many messages of each weight as a transaction may have, to the unit of work.
func TestLeastFee(t *testing.T) {
	for _, test := range []struct {
		msg  tx.Msg
		want []int // least fee of 1, 2, 3, 4, 5 and 16 of it, in minimum fees
	}{
		{tx.Transfer{}, []int{1, 1, 1, 1, 1, 1}},
		{tx.WithdrawRewards{}, []int{1, 1, 1, 1, 1, 1}},
		{tx.Delegate{}, []int{1, 1, 1, 1, 2, 4}},
		{tx.Undelegate{}, []int{1, 1, 1, 1, 2, 4}},
		{tx.CancelUnbonding{}, []int{1, 1, 1, 1, 2, 4}},
		{tx.Redelegate{}, []int{1, 1, 2, 2, 3, 8}},
		{tx.Vote{}, []int{1, 2, 3, 4, 5, 16}},
		{tx.WithdrawRewards{All: true}, []int{1, 2, 3, 4, 5, 16}},
	} {
		for i, n := range []int{1, 2, 3, 4, 5, 16} {
			if got := LeastFee(slices.Repeat([]tx.Msg{test.msg}, n), 10); int(got) != 10*test.want[i] {
				t.Errorf("%d of %T: %s, want %d", n, test.msg, got, 10*test.want[i])
			}
		}
	}
}
