package app

import (
	"blink/coin"
	"blink/crypto"
	"blink/genesis"
	"blink/store"
)

// InitChain writes the state of a genesis document into the empty state o and returns the first validator set, by
// operator ascending. A validator's self bond comes on top of its operator's account. It panics on a document that
// breaks what CheckGenesis checks: a chain cannot start from it (halt).
func InitChain(o *store.Overlay, doc genesis.Document) []ValidatorUpdate {
	o.Set([]byte{prefixChainID}, []byte(doc.ChainID))
	o.Set([]byte{prefixParams}, encodeParams(doc.Params))
	s := open(o, doc.FirstHeight()-1, doc.GenesisTime)
	if doc.State != nil {
		updates := s.restore(doc.State)
		s.assertInvariants()
		return updates
	}
	for _, a := range doc.Accounts {
		if a.Balance > 0 {
			s.issue(a.Balance)
			s.credit(a.Address, a.Balance)
		}
	}
	for _, g := range doc.Validators {
		key := [32]byte(g.ConsensusKey)
		s.assertNewValidator(g.Operator, key)
		s.issue(g.SelfBond)
		s.register(g.Operator, validator{
			key: key, commission: g.Commission, minSelfBond: s.params.MinSelfBond, moniker: g.Moniker,
			commissionChanged: s.time.UnixNano(),
		}, g.SelfBond)
	}
	s.rewards.paidUntil = s.time.UnixNano()
	s.rankMoved = true // so that a genesis without validators halts
	updates := s.rotateValidators()
	s.assertInvariants()
	return updates
}

// issue lets new coins into being; the caller puts them somewhere.
func (s *state) issue(amount coin.Amount) { s.totals.issued = mustAdd(s.totals.issued, amount) }

func (s *state) assertNewValidator(op crypto.Address, key [32]byte) {
	if s.o.Get(validatorKey(op)) != nil || s.o.Get(consensusKeyKey(key)) != nil {
		panic("app: genesis names the validator " + op.String() + " or its consensus key twice")
	}
}
