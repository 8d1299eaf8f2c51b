package app

import (
	"bytes"
	"maps"
	"math/big"
	"slices"
	"time"

	"blink/crypto"
	"blink/genesis"
	"blink/tx"
)

// model is the dumb twin of the state machine: maps, big integers, whole lists walked and everything recomputed. It has
// no running totals, no ranking, no queue and no overlay; a failed transaction is undone by a deep copy.
type model struct {
	params     genesis.Params
	height     int64
	time       time.Time
	busy       int64
	accounts   map[crypto.Address]*modelAccount
	validators map[crypto.Address]*modelValidator
	unbondings []modelUnbonding
	fees       *big.Int
	burned     *big.Int
	issued     *big.Int
	told       map[crypto.Address]int64 // what consensus was told

	unpaid    *big.Int   // rewards
	payments  []*big.Int // to one unit of power
	paidUntil time.Time
	owedParts *big.Int
}

type modelAccount struct {
	balance *big.Int
	nonce   uint64
}

type modelValidator struct {
	key         [32]byte
	status      Status
	tokens      *big.Int
	shares      map[crypto.Address]*big.Int
	minSelf     *big.Int
	jailedUntil time.Time
	missed      []int64 // busy blocks
	punished    []Evidence
	rate        uint32

	earnings []*big.Int             // of one share
	paid     map[crypto.Address]int // how many of the earnings each delegator has had
	paidFor  int                    // how many of the chain's payments are in earnings
	purse    *big.Int
}

type modelUnbonding struct {
	delegator, validator crypto.Address
	amount               *big.Int
	created              int64
	at                   time.Time
	atHeight             int64
}

func newModel(doc genesis.Document) *model {
	m := &model{params: doc.Params, time: doc.GenesisTime, accounts: map[crypto.Address]*modelAccount{},
		validators: map[crypto.Address]*modelValidator{}, fees: new(big.Int), burned: new(big.Int), told: map[crypto.Address]int64{},
		issued: new(big.Int), unpaid: new(big.Int), paidUntil: doc.GenesisTime, owedParts: new(big.Int)}
	for _, a := range doc.Accounts {
		m.issued.Add(m.issued, n(uint64(a.Balance)))
		m.account(a.Address).balance.SetUint64(uint64(a.Balance))
	}
	for _, v := range doc.Validators {
		m.issued.Add(m.issued, n(uint64(v.SelfBond)))
		m.found(v.Operator, [32]byte(v.ConsensusKey), n(uint64(v.SelfBond)), n(uint64(doc.Params.MinSelfBond)), v.Commission.Rate)
	}
	m.rotate()
	return m
}

func n(v uint64) *big.Int { return new(big.Int).SetUint64(v) }

func (m *model) account(a crypto.Address) *modelAccount {
	if m.accounts[a] == nil {
		m.accounts[a] = &modelAccount{balance: new(big.Int)}
	}
	return m.accounts[a]
}

func (m *model) found(op crypto.Address, key [32]byte, bond, minSelf *big.Int, rate uint32) {
	m.validators[op] = &modelValidator{key: key, tokens: new(big.Int).Set(bond),
		shares: map[crypto.Address]*big.Int{op: new(big.Int).Set(bond)}, minSelf: minSelf, rate: rate,
		paid: map[crypto.Address]int{}, purse: new(big.Int)}
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
		return new(big.Int)
	}
	x := new(big.Int).Mul(shares, v.tokens)
	return x.Div(x, v.total())
}

func (v *modelValidator) power() int64 { return new(big.Int).Div(v.tokens, n(PowerUnit)).Int64() }

// ceil is a*num/den rounded up.
func ceil(a, num, den *big.Int) *big.Int {
	x := new(big.Int).Mul(a, num)
	x.Add(x, den)
	x.Sub(x, big.NewInt(1))
	return x.Div(x, den)
}

func (m *model) other(op crypto.Address) bool {
	for a, v := range m.validators {
		if a != op && v.status == Active && v.power() > 0 {
			return true
		}
	}
	return false
}

func (m *model) byAddress(address [20]byte) (crypto.Address, *modelValidator) {
	for op, v := range m.validators {
		if consensusAddress(v.key) == address {
			return op, v
		}
	}
	return crypto.Address{}, nil
}

func (m *model) apply(b Block) []tx.Code {
	m.height, m.time = b.Height, b.Time
	if len(b.Txs)+len(b.Evidence) > 0 {
		m.pay()
	}
	for _, e := range b.Evidence {
		m.punish(e)
	}
	if len(b.Txs)+len(b.Evidence) > 0 {
		m.busy++
		for _, v := range b.LastCommit {
			if v.Absent {
				m.miss(v.Address)
			}
		}
	}
	var rest []modelUnbonding
	for _, u := range m.unbondings {
		if !u.at.After(m.time) && u.atHeight <= m.height {
			balance := m.account(u.delegator).balance
			balance.Add(balance, u.amount)
		} else {
			rest = append(rest, u)
		}
	}
	m.unbondings = rest
	codes := make([]tx.Code, len(b.Txs))
	for i, in := range b.Txs {
		if codes[i] = in.Refused; in.Refused == tx.OK {
			codes[i] = m.run(in.Tx.Body())
		}
	}
	m.rotate()
	return codes
}

func (m *model) punish(e Evidence) {
	op, v := m.byAddress(e.Address)
	if v == nil || v.status == Tombstoned {
		return
	}
	for _, p := range v.punished {
		if p.Height == e.Height && p.Type == e.Type {
			return
		}
	}
	v.punished = append(v.punished, e)
	rate, whole := n(uint64(m.params.SlashDoubleSign)), n(10_000)
	due := ceil(new(big.Int).Mul(big.NewInt(e.Power), n(PowerUnit)), rate, whole)
	for i := range m.unbondings {
		if u := &m.unbondings[i]; u.validator == op && u.created >= e.Height-1 {
			cut := ceil(u.amount, rate, whole)
			u.amount = new(big.Int).Sub(u.amount, cut)
			m.burned.Add(m.burned, cut)
			due.Sub(due, cut)
		}
	}
	if due.Sign() > 0 {
		m.burn(v, due)
	}
	if v.status != Active || m.other(op) {
		v.status = Tombstoned
	}
}

func (m *model) burn(v *modelValidator, cut *big.Int) {
	if cut.Cmp(v.tokens) > 0 {
		cut = new(big.Int).Set(v.tokens)
	}
	v.tokens.Sub(v.tokens, cut)
	m.burned.Add(m.burned, cut)
}

func (m *model) miss(address [20]byte) {
	op, v := m.byAddress(address)
	if v == nil || v.status != Active {
		return
	}
	v.missed = append(v.missed, m.busy)
	recent := int64(0)
	for _, b := range v.missed {
		if b > m.busy-m.params.DowntimeWindowBlocks {
			recent++
		}
	}
	if recent > m.params.DowntimeMaxMissed && m.other(op) {
		m.burn(v, ceil(v.tokens, n(uint64(m.params.SlashDowntime)), n(10_000)))
		v.status = Jailed
		v.jailedUntil = m.time.Add(time.Duration(m.params.JailSeconds) * time.Second)
	}
}

func (m *model) rotate() {
	var ranked []crypto.Address
	for op, v := range m.validators {
		if v.power() > 0 && (v.status == Active || v.status == Inactive) {
			ranked = append(ranked, op)
		}
	}
	slices.SortFunc(ranked, func(a, b crypto.Address) int {
		if p, q := m.validators[a].power(), m.validators[b].power(); p != q {
			return int(q - p)
		}
		return bytes.Compare(a[:], b[:])
	})
	told := map[crypto.Address]int64{}
	for i, op := range ranked {
		if i < int(m.params.MaxValidators) {
			told[op] = m.validators[op].power()
		}
	}
	if len(ranked) == 0 {
		for op, p := range m.told {
			if m.validators[op].status == Active {
				told[op] = p
			}
		}
	}
	for op := range m.told {
		if told[op] != m.told[op] {
			m.settle(op)
		}
	}
	for op, v := range m.validators {
		_, in := told[op]
		if _, was := m.told[op]; in && !was {
			v.paidFor = len(m.payments)
		}
		if in && v.status == Inactive {
			v.status, v.missed = Active, nil
		} else if !in && v.status == Active {
			v.status = Inactive
		}
	}
	m.told = told
}

func (m *model) run(b tx.Body) tx.Code {
	if m.time.After(time.Unix(b.ValidUntil, 0)) {
		return tx.Expired
	}
	if time.Unix(b.ValidUntil, 0).After(m.time.Add(time.Hour)) {
		return tx.ValidUntilTooFar
	}
	a := m.account(b.Sender)
	switch {
	case b.Nonce < a.nonce:
		return tx.NonceTooLow
	case b.Nonce > a.nonce:
		return tx.NonceTooHigh
	case b.Fee < m.params.MinFee:
		return tx.FeeTooLow
	case a.balance.Cmp(n(uint64(b.Fee))) < 0:
		return tx.InsufficientBalance
	}
	a.nonce++
	a.balance.Sub(a.balance, n(uint64(b.Fee)))
	m.fees.Add(m.fees, n(uint64(b.Fee)))
	before := m.copy()
	for _, msg := range b.Msgs {
		if code := m.msg(b.Sender, msg); code != tx.OK {
			*m = *before
			return code
		}
	}
	return tx.OK
}

func (m *model) copy() *model {
	c := *m
	c.unpaid = new(big.Int).Set(m.unpaid)
	c.accounts, c.validators = map[crypto.Address]*modelAccount{}, map[crypto.Address]*modelValidator{}
	for k, a := range m.accounts {
		c.accounts[k] = &modelAccount{new(big.Int).Set(a.balance), a.nonce}
	}
	for k, v := range m.validators {
		w := *v
		w.tokens, w.shares = new(big.Int).Set(v.tokens), map[crypto.Address]*big.Int{}
		for d, s := range v.shares {
			w.shares[d] = new(big.Int).Set(s)
		}
		w.paid, w.purse = maps.Clone(v.paid), new(big.Int).Set(v.purse)
		c.validators[k] = &w
	}
	c.unbondings = slices.Clone(m.unbondings)
	return &c
}

func (m *model) spend(a crypto.Address, amount *big.Int) bool {
	balance := m.account(a).balance
	if balance.Cmp(amount) < 0 {
		return false
	}
	balance.Sub(balance, amount)
	return true
}

func (m *model) msg(sender crypto.Address, msg tx.Msg) tx.Code {
	switch x := msg.(type) {
	case tx.Transfer:
		if !m.spend(sender, n(uint64(x.Amount))) {
			return tx.InsufficientBalance
		}
		to := m.account(x.To).balance
		to.Add(to, n(uint64(x.Amount)))
		return tx.OK
	case tx.CreateValidator:
		return m.createValidator(sender, x)
	case tx.Delegate:
		return m.delegate(sender, x)
	case tx.Undelegate:
		return m.undelegate(sender, x)
	}
	return m.unjail(sender)
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
	if !m.spend(sender, n(uint64(x.SelfBond))) {
		return tx.InsufficientBalance
	}
	m.found(sender, [32]byte(x.ConsensusKey.Key), n(uint64(x.SelfBond)), n(uint64(minSelf)), x.Commission.Rate)
	return tx.OK
}

func (m *model) delegate(sender crypto.Address, x tx.Delegate) tx.Code {
	v := m.validators[x.Validator]
	if v == nil {
		return tx.UnknownValidator
	}
	if v.status == Tombstoned {
		return tx.Tombstoned
	}
	amount := n(uint64(x.Amount))
	shares, total := new(big.Int).Set(amount), v.total()
	if total.Sign() > 0 {
		if v.tokens.Sign() == 0 {
			return tx.AmountOverflow
		}
		shares.Mul(amount, total)
		shares.Div(shares, v.tokens)
	}
	if !new(big.Int).Add(total, shares).IsUint64() {
		return tx.AmountOverflow
	}
	if shares.Sign() == 0 {
		return tx.InvalidField
	}
	if !m.spend(sender, amount) {
		return tx.InsufficientBalance
	}
	m.payOut(x.Validator, sender)
	v.tokens.Add(v.tokens, amount)
	if v.shares[sender] == nil {
		v.shares[sender] = new(big.Int)
	}
	v.shares[sender].Add(v.shares[sender], shares)
	return tx.OK
}

func (m *model) undelegate(sender crypto.Address, x tx.Undelegate) tx.Code {
	v := m.validators[x.Validator]
	if v == nil {
		return tx.UnknownValidator
	}
	held := v.shares[sender]
	worth := v.value(held)
	if held == nil || worth.Cmp(n(uint64(x.Amount))) < 0 {
		return tx.InsufficientDelegation
	}
	amount, shares := worth, new(big.Int).Set(held)
	if !x.All {
		amount = n(uint64(x.Amount))
		shares = ceil(amount, v.total(), v.tokens)
	}
	wasActive, wasOut := v.status == Active, v.status == Jailed || v.status == Tombstoned
	m.payOut(x.Validator, sender)
	v.tokens.Sub(v.tokens, amount)
	if held.Sub(held, shares); held.Sign() == 0 {
		delete(v.shares, sender)
		delete(v.paid, sender)
	}
	exits := sender == x.Validator && !wasOut && v.value(v.shares[sender]).Cmp(v.minSelf) < 0
	if wasActive && (exits || v.power() == 0) && !m.other(x.Validator) {
		return tx.LastValidator
	}
	if exits {
		v.status, v.jailedUntil = Jailed, m.time
	}
	if amount.Sign() == 0 {
		return tx.OK
	}
	entries := 0
	for i, u := range m.unbondings {
		if u.delegator == sender && u.validator == x.Validator {
			if u.created == m.height {
				m.unbondings[i].amount = new(big.Int).Add(u.amount, amount)
				return tx.OK
			}
			entries++
		}
	}
	if entries >= MaxUnbondings {
		return tx.TooManyUnbondings
	}
	m.unbondings = append(m.unbondings, modelUnbonding{sender, x.Validator, amount, m.height,
		m.time.Add(time.Duration(m.params.UnbondingSeconds) * time.Second), m.height + m.params.UnbondingBlocks})
	return tx.OK
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
	case v.value(v.shares[sender]).Cmp(v.minSelf) < 0:
		return tx.SelfBondTooLow
	}
	v.status = Inactive
	return tx.OK
}
