package app

import (
	"bytes"
	"maps"
	"math/big"
	"slices"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/genesis"
	"blink/tx"
)

// model is the dumb twin of the state machine: maps, big integers, whole lists walked and everything recomputed. It has
// no running totals, no ranking, no queue, no index and no overlay; a failed transaction is undone by a deep copy. A
// number is never changed in place, so that copies may share it.
type model struct {
	params     genesis.Params
	version    uint64 // of the rules: what upgrades change
	height     int64
	time       time.Time
	busy       int64
	accounts   map[crypto.Address]*modelAccount
	validators map[crypto.Address]*modelValidator
	told       map[crypto.Address]int64 // what consensus was told

	unbondings    []modelUnbonding    // as created
	redelegations []modelRedelegation // as created
	proposals     []*modelProposal    // by id, from 1

	issued, burned, fees *big.Int
	deposits, unpaid     *big.Int

	payments  []*big.Int // to one unit of power: model_rewards_test.go
	paidUntil time.Time
	owedParts *big.Int

	tried int            // messages
	rare  map[string]int // what came about at the head of blocks
}

type modelAccount struct {
	balance  *big.Int
	nonce    uint64
	withdraw crypto.Address // where its rewards go; zero: to itself
}

func newModel(doc genesis.Document) *model {
	m := &model{params: doc.Params, version: 1, time: doc.GenesisTime, paidUntil: doc.GenesisTime, owedParts: zero,
		accounts: map[crypto.Address]*modelAccount{}, validators: map[crypto.Address]*modelValidator{}, told: map[crypto.Address]int64{},
		issued: zero, burned: zero, fees: zero, deposits: zero, unpaid: zero, rare: map[string]int{}}
	for _, a := range doc.Accounts {
		m.issued = plus(m.issued, n(uint64(a.Balance)))
		m.credit(a.Address, n(uint64(a.Balance)))
	}
	for _, v := range doc.Validators {
		m.issued = plus(m.issued, n(uint64(v.SelfBond)))
		m.found(v.Operator, n(uint64(v.SelfBond)), modelValidator{key: [32]byte(v.ConsensusKey), moniker: v.Moniker,
			minSelf: n(uint64(doc.Params.MinSelfBond)), commission: v.Commission})
	}
	m.rotate()
	return m
}

var zero = new(big.Int)

func n(v uint64) *big.Int { return new(big.Int).SetUint64(v) }

func plus(a, b *big.Int) *big.Int { return new(big.Int).Add(a, b) }

func minus(a, b *big.Int) *big.Int { return new(big.Int).Sub(a, b) }

// part is a*num/den rounded down.
func part(a, num, den *big.Int) *big.Int {
	x := new(big.Int).Mul(a, num)
	return x.Quo(x, den)
}

// ceil is a*num/den rounded up.
func ceil(a, num, den *big.Int) *big.Int {
	x := new(big.Int).Mul(a, num)
	x.Add(x, den)
	x.Sub(x, big.NewInt(1))
	return x.Quo(x, den)
}

func least(a, b *big.Int) *big.Int {
	if a.Cmp(b) < 0 {
		return a
	}
	return b
}

// bps is a part of a in 1/10000, rounded up.
func bps(a *big.Int, rate uint32) *big.Int { return ceil(a, n(uint64(rate)), n(10_000)) }

func (m *model) account(a crypto.Address) *modelAccount {
	if m.accounts[a] == nil {
		m.accounts[a] = &modelAccount{balance: zero}
	}
	return m.accounts[a]
}

func (m *model) credit(a crypto.Address, amount *big.Int) {
	m.account(a).balance = plus(m.account(a).balance, amount)
}

func (m *model) spend(a crypto.Address, amount *big.Int) bool {
	if m.account(a).balance.Cmp(amount) < 0 {
		return false
	}
	m.account(a).balance = minus(m.account(a).balance, amount)
	return true
}

func (m *model) byAddress(address [20]byte) (crypto.Address, *modelValidator) {
	for op, v := range m.validators {
		if v.address == address {
			return op, v
		}
	}
	return crypto.Address{}, nil
}

// apply runs a block, in the order of the rules.
func (m *model) apply(b Block) []tx.Code {
	m.height, m.time = b.Height, b.Time
	busy := len(b.Txs)+len(b.Evidence) > 0
	if busy || len(m.duePlans()) > 0 {
		m.pay()
	}
	m.applyPlans()
	for _, e := range b.Evidence {
		m.punish(e)
	}
	if busy {
		m.busy++
		for _, v := range b.LastCommit {
			if v.Absent {
				m.miss(v.Address)
			}
		}
	}
	m.release()
	m.endVoting()
	codes := make([]tx.Code, len(b.Txs))
	for i, in := range b.Txs {
		if codes[i] = in.Refused; in.Refused == tx.OK {
			codes[i] = m.run(in.Tx.Body())
		}
	}
	m.rotate()
	return codes
}

// rotate elects the set anew and settles those whose power consensus will be told of.
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
		_, was := m.told[op]
		if in && !was {
			v.paidFor, v.missed = len(m.payments), nil
		}
		if in {
			v.status = Active
		} else if v.status == Active {
			v.status = Inactive
		}
	}
	m.told = told
}

// leastFee is the minimum once for each sixteen points of the messages, begun ones included.
func (m *model) leastFee(msgs []tx.Msg) coin.Amount {
	points := 0
	for _, msg := range msgs {
		switch x, all := msg.(tx.WithdrawRewards); msg.Type() {
		case "delegate", "undelegate", "cancel_unbonding":
			points += 4
		case "redelegate":
			points += 8
		case "vote":
			points += 16
		default:
			points++
			if all && x.All {
				points += 15
			}
		}
	}
	fee := coin.Amount(0)
	for ; points > 0; points -= 16 {
		fee += m.params.MinFee
	}
	return fee
}

// run executes a transaction.
func (m *model) run(b tx.Body) tx.Code {
	if m.time.After(time.Unix(b.ValidUntil, 0)) {
		return tx.Expired
	}
	if b.ValidUntil > m.time.Unix()+3600 {
		return tx.ValidUntilTooFar
	}
	a := m.account(b.Sender)
	switch {
	case b.Nonce < a.nonce:
		return tx.NonceTooLow
	case b.Nonce > a.nonce:
		return tx.NonceTooHigh
	case b.Fee < m.leastFee(b.Msgs):
		return tx.FeeTooLow
	case !m.spend(b.Sender, n(uint64(b.Fee))):
		return tx.InsufficientBalance
	}
	a.nonce++
	m.fees = plus(m.fees, n(uint64(b.Fee)))
	before := m.copy()
	for _, msg := range b.Msgs {
		m.tried++
		if code := m.msg(b.Sender, msg); code != tx.OK {
			before.tried = m.tried
			*m = *before
			return code
		}
	}
	return tx.OK
}

func (m *model) copy() *model {
	c := *m
	c.accounts, c.validators = make(map[crypto.Address]*modelAccount), make(map[crypto.Address]*modelValidator)
	for k, a := range m.accounts {
		x := *a
		c.accounts[k] = &x
	}
	for k, v := range m.validators {
		x := *v
		x.shares, x.paid = maps.Clone(v.shares), maps.Clone(v.paid)
		c.validators[k] = &x
	}
	c.unbondings, c.redelegations = slices.Clone(m.unbondings), slices.Clone(m.redelegations)
	c.proposals = slices.Clone(m.proposals)
	for i, p := range m.proposals {
		if p.status == modelVoting {
			x := *p
			x.votes = maps.Clone(p.votes)
			c.proposals[i] = &x
		}
	}
	return &c
}

func (m *model) msg(sender crypto.Address, msg tx.Msg) tx.Code {
	switch x := msg.(type) {
	case tx.Transfer:
		if !m.spend(sender, n(uint64(x.Amount))) {
			return tx.InsufficientBalance
		}
		m.credit(x.To, n(uint64(x.Amount)))
		return tx.OK
	case tx.CreateValidator:
		return m.createValidator(sender, x)
	case tx.EditValidator:
		return m.editValidator(sender, x)
	case tx.Delegate:
		return m.delegate(sender, x)
	case tx.Undelegate:
		return m.undelegate(sender, x)
	case tx.Redelegate:
		return m.redelegate(sender, x)
	case tx.CancelUnbonding:
		return m.cancelUnbonding(sender, x)
	case tx.Unjail:
		return m.unjail(sender)
	case tx.WithdrawRewards:
		return m.withdrawRewards(sender, x)
	case tx.SetWithdrawAddress:
		m.account(sender).withdraw = x.Address
		return tx.OK
	case tx.SubmitProposal:
		return m.submit(sender, x)
	case tx.Vote:
		return m.vote(sender, x)
	}
	panic("the model does not know " + msg.Type())
}
