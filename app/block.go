package app

import (
	"blink/store"
)

// ApplyBlock runs b on o, which then holds all changes. It cannot fail: what it must refuse becomes a receipt. It
// panics on a broken invariant, because a node that goes on then would disagree with itself or with the others (halt).
//
// The order matters. Rewards come first: what was earned until now goes to those who were staked until now, before
// anything moves stake or changes a rule. Plans come next, so that the whole block runs under one set of rules. Evidence
// comes before the release of unbonded stake and the end of redelegations, so that stake which completes in this very
// block still answers for the infraction; and the validator set comes last, after everything that moves stake.
func ApplyBlock(o *store.Overlay, b Block) Result {
	s := open(o, b.Height, b.Time)

	s.payRewards(b)
	params, version := s.applyPlans()
	s.punish(b.Evidence)
	s.recordAbsences(b)
	s.releaseUnbonded()
	s.endRedelegations()
	s.endVoting()
	receipts := s.execute(b.Txs)
	updates := s.rotateValidators()
	s.assertInvariants()

	return Result{Receipts: receipts, Updates: updates, Events: s.events, Params: params, AppVersion: version}
}
