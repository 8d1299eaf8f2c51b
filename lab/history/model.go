package history

import (
	"math"

	"blink/coin"
	"blink/crypto"
	"blink/genesis"
	"blink/tx"
)

// model is a ledger as plain as can be: balances, nonces and nothing else. It follows transfers and fees exactly. What
// stake does to a balance it does not follow: an account that stakes becomes opaque, for good. An opaque account's nonce
// is still followed; so is what it sends to others.
type model struct {
	full     bool // it began with genesis, so an account that was never seen has nothing
	accounts map[crypto.Address]*account

	// The parameter min_fee is from feeLow to feeHigh; both are genesis's, unless a proposal may have changed it.
	feeLow, feeHigh coin.Amount
	inflationKnown  bool // no proposal can have changed the parameter inflation
	staked          bool // a message other than a transfer has succeeded
}

// account is one account of the model. Its next nonce is from low to high; both are the same unless the chain does not
// tell: see model.unclear.
type account struct {
	balance   coin.Amount // meaningless if opaque
	opaque    bool
	holder    bool // has stake since genesis: a message may pay it rewards
	low, high uint64
}

// newModel begins with genesis, or in the middle of a chain, where nothing is known of anybody.
func newModel(doc genesis.Document, full bool) *model {
	fee := doc.Params.MinFee
	m := &model{full: full, accounts: make(map[crypto.Address]*account), feeLow: fee, feeHigh: fee, inflationKnown: true}
	if !full {
		m.staked = true
		m.forgetParams()
		return m
	}
	for _, g := range doc.Accounts {
		m.credit(g.Address, g.Balance)
	}
	for _, v := range doc.Validators {
		m.account(v.Operator).holder = true
	}
	if doc.State != nil {
		m.restore(doc.State)
	}
	return m
}

// restore begins with the state that another chain ended with. Whoever has stake there, or may be paid rewards or a
// deposit, is opaque from the start.
func (m *model) restore(s *genesis.State) {
	m.staked = true
	for _, g := range s.Accounts {
		a := m.account(g.Address)
		a.balance, a.low, a.high = g.Balance, g.Nonce, g.Nonce
		if g.WithdrawAddress != nil {
			m.hide(*g.WithdrawAddress)
		}
	}
	for _, x := range s.Validators {
		m.hide(x.Operator)
	}
	for _, x := range s.Delegations {
		m.hide(x.Delegator)
	}
	for _, x := range s.Unbondings {
		m.hide(x.Delegator)
	}
	for _, x := range s.Redelegations {
		m.hide(x.Delegator)
	}
	for _, x := range s.Proposals {
		m.hide(x.Proposer)
		m.pending(x)
	}
}

// account finds an account, or begins one: with nothing, or with anything when the model began in the middle.
func (m *model) account(address crypto.Address) *account {
	a := m.accounts[address]
	if a == nil {
		a = &account{}
		if !m.full {
			a.opaque, a.high = true, math.MaxUint64
		}
		m.accounts[address] = a
	}
	return a
}

func (m *model) hide(address crypto.Address) { m.account(address).opaque = true }

func (m *model) credit(address crypto.Address, amount coin.Amount) {
	a := m.account(address)
	sum, ok := a.balance.Add(amount)
	a.balance, a.opaque = sum, a.opaque || !ok // more than all money: an opaque account has sent what it cannot have had
}

// feeUnits is how many times min_fee a transaction must pay: once for each 16 units of work that its messages make, or
// part of them.
func feeUnits(msgs []tx.Msg) coin.Amount {
	work := coin.Amount(0)
	for _, msg := range msgs {
		switch msg := msg.(type) {
		case tx.Delegate, tx.Undelegate, tx.CancelUnbonding:
			work += 4
		case tx.Redelegate:
			work += 8
		case tx.Vote:
			work += 16
		case tx.WithdrawRewards:
			work++
			if msg.All {
				work += 15
			}
		default:
			work++
		}
	}
	return (work + 15) / 16
}
