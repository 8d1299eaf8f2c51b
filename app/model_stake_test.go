package app

import (
	"bytes"
	"math/big"
	"time"

	"blink/crypto"
	"blink/tx"
)

type modelValidator struct {
	key         [32]byte
	address     [20]byte
	moniker     string
	details     string
	status      Status
	tokens      *big.Int
	shares      map[crypto.Address]*big.Int
	minSelf     *big.Int
	jailedUntil time.Time
	missed      []int64 // busy blocks
	punished    []modelSlash

	commission  tx.Commission
	rateChanged time.Time
	earnings    []*big.Int             // of one share
	paid        map[crypto.Address]int // how many of the earnings each delegator has had
	paidFor     int                    // how many of the chain's payments are in earnings
	purse       *big.Int
}

// modelUnbonding is stake on its way back.
type modelUnbonding struct {
	delegator, validator crypto.Address
	amount               *big.Int
	created              int64
	at                   time.Time
	atHeight             int64
}

// modelRedelegation is stake that moved and still answers for where it came from.
type modelRedelegation struct {
	delegator, from, to crypto.Address
	amount              *big.Int
	created             int64
	at                  time.Time
	atHeight            int64
}

func (m *model) found(op crypto.Address, bond *big.Int, v modelValidator) {
	v.tokens, v.purse, v.rateChanged, v.address = bond, zero, m.time, consensusAddress(v.key)
	v.shares, v.paid = map[crypto.Address]*big.Int{op: bond}, map[crypto.Address]int{}
	m.validators[op] = &v
}

func (v *modelValidator) total() *big.Int {
	sum := new(big.Int)
	for _, s := range v.shares {
		sum.Add(sum, s)
	}
	return sum
}

func (v *modelValidator) value(shares *big.Int) *big.Int {
	if shares == nil || shares.Sign() == 0 {
		return zero
	}
	return part(shares, v.tokens, v.total())
}

func (v *modelValidator) power() int64 { return int64(v.tokens.Uint64() / PowerUnit) }

func (v *modelValidator) selfBondIsShort(op crypto.Address) bool {
	return v.value(v.shares[op]).Cmp(v.minSelf) < 0
}

// hold changes what a delegator has of a validator, after its reward is paid out.
func (m *model) hold(op, delegator crypto.Address, shares *big.Int) {
	m.payOut(op, delegator)
	v := m.validators[op]
	if v.shares[delegator] = shares; shares.Sign() == 0 {
		delete(v.shares, delegator)
		delete(v.paid, delegator)
	}
}

// other: a validator besides op is in the set and may stay there.
func (m *model) other(op crypto.Address) bool {
	for a, v := range m.validators {
		if a != op && v.status == Active && v.power() > 0 {
			return true
		}
	}
	return false
}

func (m *model) createValidator(sender crypto.Address, x tx.CreateValidator) tx.Code {
	if m.validators[sender] != nil {
		return tx.ValidatorExists
	}
	for _, v := range m.validators {
		if bytes.Equal(v.key[:], x.ConsensusKey.Key) {
			return tx.ConsensusKeyInUse
		}
	}
	minSelf := max(x.MinSelfBond, m.params.MinSelfBond)
	if x.SelfBond < minSelf {
		return tx.SelfBondTooLow
	}
	if m.delegatesToTooMany(sender, sender) {
		return tx.TooManyDelegations
	}
	if !m.spend(sender, n(uint64(x.SelfBond))) {
		return tx.InsufficientBalance
	}
	m.found(sender, n(uint64(x.SelfBond)), modelValidator{key: [32]byte(x.ConsensusKey.Key), moniker: x.Moniker, details: x.Details,
		minSelf: n(uint64(minSelf)), commission: x.Commission})
	return tx.OK
}

func (m *model) editValidator(sender crypto.Address, x tx.EditValidator) tx.Code {
	v := m.validators[sender]
	if v == nil {
		return tx.NotAValidator
	}
	if v.status == Tombstoned {
		return tx.Tombstoned
	}
	if x.CommissionRate != nil && *x.CommissionRate != v.commission.Rate {
		rate := *x.CommissionRate
		raised := int64(rate) - int64(v.commission.Rate)
		if rate > v.commission.MaxRate || raised > int64(v.commission.MaxDailyChange) ||
			raised > 0 && m.time.Sub(v.rateChanged) < 24*time.Hour {
			return tx.CommissionChange
		}
		m.settle(sender)
		v.commission.Rate, v.rateChanged = rate, m.time
	}
	if x.MinSelfBond > 0 && n(uint64(x.MinSelfBond)).Cmp(v.minSelf) != 0 {
		if n(uint64(x.MinSelfBond)).Cmp(v.minSelf) < 0 {
			return tx.InvalidField
		}
		if v.minSelf = n(uint64(x.MinSelfBond)); v.selfBondIsShort(sender) {
			return tx.SelfBondTooLow
		}
	}
	if x.Moniker != "" {
		v.moniker = x.Moniker
	}
	if x.Details != nil {
		v.details = *x.Details
	}
	return tx.OK
}

func (m *model) delegatesToTooMany(delegator, op crypto.Address) bool {
	others := 0
	for a, v := range m.validators {
		if v.shares[delegator] != nil && a != op {
			others++
		}
	}
	return others >= 64 && (m.validators[op] == nil || m.validators[op].shares[delegator] == nil)
}

func (m *model) delegate(sender crypto.Address, x tx.Delegate) tx.Code {
	shares, code := m.buys(sender, x.Validator, n(uint64(x.Amount)))
	if code != tx.OK {
		return code
	}
	if !m.spend(sender, n(uint64(x.Amount))) {
		return tx.InsufficientBalance
	}
	m.bond(sender, x.Validator, n(uint64(x.Amount)), shares)
	return tx.OK
}

// buys is how many shares of a validator an amount is worth today.
func (m *model) buys(delegator, op crypto.Address, amount *big.Int) (*big.Int, tx.Code) {
	v := m.validators[op]
	if v == nil {
		return nil, tx.UnknownValidator
	}
	if v.status == Tombstoned {
		return nil, tx.Tombstoned
	}
	shares, total := amount, v.total()
	if total.Sign() > 0 {
		if v.tokens.Sign() == 0 {
			return nil, tx.AmountOverflow
		}
		shares = part(amount, total, v.tokens)
	}
	switch {
	case !plus(total, shares).IsUint64():
		return nil, tx.AmountOverflow
	case shares.Sign() == 0:
		return nil, tx.InvalidField
	case m.delegatesToTooMany(delegator, op):
		return nil, tx.TooManyDelegations
	}
	return shares, tx.OK
}

func (m *model) bond(delegator, op crypto.Address, amount, shares *big.Int) {
	v := m.validators[op]
	held := v.shares[delegator]
	if held == nil {
		held = zero
	}
	m.hold(op, delegator, plus(held, shares))
	v.tokens = plus(v.tokens, amount)
}

// unbond takes stake out of a validator and says how much.
func (m *model) unbond(delegator, op crypto.Address, want *big.Int, all bool) (*big.Int, tx.Code) {
	v := m.validators[op]
	if v == nil {
		return nil, tx.UnknownValidator
	}
	held := v.shares[delegator]
	worth := v.value(held)
	if held == nil || worth.Cmp(want) < 0 {
		return nil, tx.InsufficientDelegation
	}
	amount, shares := worth, held
	if !all {
		amount, shares = want, ceil(want, v.total(), v.tokens)
	}
	wasActive, wasOut := v.status == Active, v.status == Jailed || v.status == Tombstoned
	m.hold(op, delegator, minus(held, shares))
	v.tokens = minus(v.tokens, amount)
	exits := delegator == op && !wasOut && v.selfBondIsShort(op)
	if wasActive && (exits || v.power() == 0) && !m.other(op) {
		return nil, tx.LastValidator
	}
	if exits {
		v.status, v.jailedUntil = Jailed, m.time
	}
	return amount, tx.OK
}

// matures is when stake that moves now is free of its past.
func (m *model) matures() (time.Time, int64) {
	return m.time.Add(time.Duration(m.params.UnbondingSeconds) * time.Second), m.height + m.params.UnbondingBlocks
}

func (m *model) undelegate(sender crypto.Address, x tx.Undelegate) tx.Code {
	amount, code := m.unbond(sender, x.Validator, n(uint64(x.Amount)), x.All)
	if code != tx.OK || amount.Sign() == 0 {
		return code
	}
	entries := 0
	for i, u := range m.unbondings {
		if u.delegator == sender && u.validator == x.Validator {
			if u.created == m.height {
				m.unbondings[i].amount = plus(u.amount, amount)
				return tx.OK
			}
			entries++
		}
	}
	if entries >= 16 {
		return tx.TooManyUnbondings
	}
	at, atHeight := m.matures()
	m.unbondings = append(m.unbondings, modelUnbonding{sender, x.Validator, amount, m.height, at, atHeight})
	return tx.OK
}

func (m *model) redelegate(sender crypto.Address, x tx.Redelegate) tx.Code {
	for _, r := range m.redelegations {
		if r.delegator == sender && r.to == x.From {
			return tx.RedelegationChain
		}
	}
	amount, code := m.unbond(sender, x.From, n(uint64(x.Amount)), x.All)
	if code != tx.OK {
		return code
	}
	if amount.Sign() == 0 {
		return tx.InsufficientDelegation
	}
	shares, code := m.buys(sender, x.To, amount)
	if code != tx.OK {
		return code
	}
	m.bond(sender, x.To, amount, shares)
	entries := 0
	for i, r := range m.redelegations {
		if r.delegator == sender && r.from == x.From && r.to == x.To {
			if r.created == m.height {
				m.redelegations[i].amount = plus(r.amount, amount)
				return tx.OK
			}
			entries++
		}
	}
	if entries >= 16 {
		return tx.TooManyRedelegations
	}
	at, atHeight := m.matures()
	m.redelegations = append(m.redelegations, modelRedelegation{sender, x.From, x.To, amount, m.height, at, atHeight})
	return tx.OK
}

func (m *model) cancelUnbonding(sender crypto.Address, x tx.CancelUnbonding) tx.Code {
	for i, u := range m.unbondings {
		if u.delegator != sender || u.validator != x.Validator || u.created != x.CreatedHeight {
			continue
		}
		amount := n(uint64(x.Amount))
		if x.All {
			amount = u.amount
		}
		if amount.Cmp(u.amount) > 0 {
			return tx.InsufficientDelegation
		}
		shares, code := m.buys(sender, x.Validator, amount)
		if code != tx.OK {
			return code
		}
		m.bond(sender, x.Validator, amount, shares)
		if m.unbondings[i].amount = minus(u.amount, amount); amount.Cmp(u.amount) == 0 {
			m.unbondings = append(m.unbondings[:i:i], m.unbondings[i+1:]...)
		}
		return tx.OK
	}
	return tx.UnknownUnbonding
}

// release returns stake that has waited for its time and for its height.
func (m *model) release() {
	var waiting []modelUnbonding
	for _, u := range m.unbondings {
		if !u.at.After(m.time) && u.atHeight <= m.height {
			m.credit(u.delegator, u.amount)
		} else {
			waiting = append(waiting, u)
		}
	}
	var answering []modelRedelegation
	for _, r := range m.redelegations {
		if r.at.After(m.time) || r.atHeight > m.height {
			answering = append(answering, r)
		}
	}
	m.unbondings, m.redelegations = waiting, answering
}

func (m *model) unjail(sender crypto.Address) tx.Code {
	v := m.validators[sender]
	switch {
	case v == nil:
		return tx.NotAValidator
	case v.status == Tombstoned:
		return tx.Tombstoned
	case v.status != Jailed:
		return tx.NotJailed
	case m.time.Before(v.jailedUntil):
		return tx.JailedTooEarly
	case v.selfBondIsShort(sender):
		return tx.SelfBondTooLow
	}
	v.status = Inactive
	return tx.OK
}
