package app

import (
	"blink/coin"
	"blink/tx"
)

// A fee of min_fee buys workPerFee units of work: sixteen of what is light. Messages that walk what an account has with up
// to MaxDelegations validators, or that the votes of an account must follow in up to MaxProposals places, weigh more;
// otherwise sixteen of them would keep every node busy for a thousand times as long as a transfer, at the same price.
// The weights follow what was measured, coarsely, and from the message alone: Admit looks nothing up for them.
const (
	workPerFee = 16

	workLight  = 1  // writes a few records
	workStake  = 4  // changes the shares of one delegation: each open proposal that its holder voted on follows
	workMove   = 8  // of two
	workWalked = 16 // all delegations of the sender
)

func workOf(m tx.Msg) coin.Amount {
	switch m := m.(type) {
	case tx.Delegate, tx.Undelegate, tx.CancelUnbonding:
		return workStake
	case tx.Redelegate:
		return workMove
	case tx.Vote:
		return workWalked
	case tx.WithdrawRewards:
		if m.All {
			return workWalked
		}
	}
	return workLight
}

// LeastFee is the least fee of a transaction with these messages, in ublink: minFee for each workPerFee units of work that
// they make, or part of them. One message alone is never more than minFee.
func LeastFee(msgs []tx.Msg, minFee coin.Amount) coin.Amount {
	work := coin.Amount(0)
	for _, m := range msgs {
		work += workOf(m)
	}
	return (work + workPerFee - 1) / workPerFee * minFee
}
