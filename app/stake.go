package app

import (
	"math/bits"

	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// Stake is held in shares. A validator's first share is worth one ublink; slashing lowers its tokens and not its shares,
// so that one write reaches all delegators. Every rounding favours the pool, hence shares >= tokens for ever: a share is
// never worth more than one ublink, and no token is left behind when the last share goes (Audit checks both).

// value is what a number of the validator's shares is worth, rounded down.
func (v validator) value(shares uint64) coin.Amount {
	if v.shares == 0 {
		return 0
	}
	return v.tokens.MulDiv(shares, v.shares)
}

// sharesFor is how many shares an amount buys, rounded down. False: more than can be counted, which takes a validator
// that was slashed to (nearly) nothing.
func (v validator) sharesFor(amount coin.Amount) (uint64, bool) {
	if v.shares == 0 {
		return uint64(amount), true
	}
	hi, lo := bits.Mul64(uint64(amount), v.shares)
	if hi >= uint64(v.tokens) {
		return 0, false
	}
	shares, _ := bits.Div64(hi, lo, uint64(v.tokens))
	_, carry := bits.Add64(shares, v.shares, 0)
	return shares, carry == 0
}

// createValidator makes the sender the operator of a new validator and bonds its first stake.
func (s *state) createValidator(sender crypto.Address, m tx.CreateValidator) *refusal {
	if _, exists := readValidator(s.o, sender); exists {
		return refuse(tx.ValidatorExists, "", "%s already operates a validator", sender)
	}
	if m.ConsensusKey.Type != "ed25519" || len(m.ConsensusKey.Key) != 32 {
		return refuse(tx.InvalidField, "consensus_key", "must be an ed25519 key of 32 bytes, was %q of %d bytes",
			m.ConsensusKey.Type, len(m.ConsensusKey.Key))
	}
	key := [32]byte(m.ConsensusKey.Key)
	if s.o.Get(consensusKeyKey(key)) != nil {
		return refuse(tx.ConsensusKeyInUse, "consensus_key", "another validator has or had this key").
			hint("make a new key: a consensus key belongs to one validator for ever")
	}
	v := validator{key: key, commission: m.Commission, minSelfBond: max(m.MinSelfBond, s.params.MinSelfBond),
		moniker: m.Moniker, details: m.Details}
	if m.SelfBond < v.minSelfBond {
		return refuse(tx.SelfBondTooLow, "self_bond", "must be at least %s, was %s", v.minSelfBond, m.SelfBond).
			expected(v.minSelfBond.String())
	}
	if r := s.admitDelegation(sender, sender); r != nil {
		return r
	}
	if r := s.spend(sender, m.SelfBond, "self_bond"); r != nil {
		return r
	}
	v.commissionChanged = s.time.UnixNano()
	s.register(sender, v, m.SelfBond)
	s.emit(Event{Type: EventCreateValidator, Validator: sender, Account: sender, Amount: m.SelfBond})
	return nil
}

// register writes a new validator whose operator bonds selfBond, which has left (or never was in) its balance.
func (s *state) register(op crypto.Address, v validator, selfBond coin.Amount) {
	v.status, v.tokens, v.shares = Inactive, selfBond, uint64(selfBond)
	address := consensusAddress(v.key)
	s.o.Set(consensusKeyKey(v.key), op.Bytes())
	s.o.Set(consensusAddressKey(address), op.Bytes())
	s.setShares(op, op, v, delegation{}, v.shares)
	s.setValidator(op, validator{}, v)
}

// delegate bonds coins of the sender to a validator.
func (s *state) delegate(sender crypto.Address, m tx.Delegate) *refusal {
	shares, r := s.offer(sender, m.Validator, m.Amount)
	if r != nil {
		return r
	}
	if r := s.spend(sender, m.Amount, "amount"); r != nil {
		return r
	}
	s.bond(sender, m.Validator, m.Amount, shares)
	s.emit(Event{Type: EventDelegate, Account: sender, Validator: m.Validator, Amount: m.Amount})
	return nil
}

// MaxDelegations is how many validators one account may delegate to: withdrawing all rewards, voting and queries walk
// them all.
const MaxDelegations = 64

// offer says how many shares of a validator an amount of the delegator's would buy. A jailed validator may be delegated
// to (its operator may have to, to get out); a tombstoned one may not.
func (s *state) offer(delegator, op crypto.Address, amount coin.Amount) (shares uint64, _ *refusal) {
	v, exists := readValidator(s.o, op)
	switch {
	case !exists:
		return 0, refuseUnknownValidator(op)
	case v.status == Tombstoned:
		return 0, refuse(tx.Tombstoned, "validator", "%s is jailed for ever", op)
	}
	shares, ok := v.sharesFor(amount)
	if !ok {
		return 0, refuse(tx.AmountOverflow, "amount", "%s would buy more shares than can be counted", amount).
			hint("this validator was slashed to next to nothing: choose another")
	}
	if shares == 0 {
		return 0, refuse(tx.InvalidField, "amount", "%s buys no share of this validator", amount).hint("delegate more")
	}
	return shares, s.admitDelegation(delegator, op)
}

// admitDelegation refuses one more validator to who delegates to as many as may be.
func (s *state) admitDelegation(delegator, op crypto.Address) *refusal {
	if readShares(s.o, delegator, op) > 0 {
		return nil
	}
	count := countKeys(s.o, key(prefixDelegation, delegator[:]))
	if count >= MaxDelegations {
		return refuse(tx.TooManyDelegations, "validator", "%s delegates to %d validators already, at most %d may be", delegator, count, MaxDelegations).
			hint("use another account, or take one of these delegations back first")
	}
	return nil
}

// bond adds an amount, which has left where it was, to a validator, for the shares that offer named.
func (s *state) bond(delegator, op crypto.Address, amount coin.Amount, shares uint64) {
	before := mustValidator(s.o, op)
	after := before
	s.settleValidator(op, &after)
	after.tokens, after.shares = mustAdd(before.tokens, amount), before.shares+shares
	s.setValidator(op, before, after)
	d := readDelegation(s.o, delegator, op)
	s.setShares(delegator, op, after, d, d.shares+shares)
}

// unbond takes an amount, or with all everything, of the delegator's stake out of a validator, and returns what came out;
// the caller puts it somewhere. After slashing, all may be worth nothing: the shares go, and nothing comes back. An operator
// who goes below its own minimum is jailed; the last active validator may not leave.
func (s *state) unbond(delegator, op crypto.Address, want coin.Amount, all bool) (coin.Amount, *refusal) {
	v, exists := readValidator(s.o, op)
	if !exists {
		return 0, refuseUnknownValidator(op)
	}
	d := readDelegation(s.o, delegator, op)
	held, worth := d.shares, v.value(d.shares)
	if held == 0 || want > worth {
		return 0, refuse(tx.InsufficientDelegation, "amount", "%s has %s delegated to this validator, wanted %s", delegator, worth, want).
			expected(worth.String()).hint("set all to take back the whole delegation")
	}
	shares, amount := held, worth
	if !all {
		shares, amount = mulDivUp(uint64(want), v.shares, uint64(v.tokens)), want
	}
	after := v
	s.settleValidator(op, &after)
	after.tokens, after.shares = mustSub(v.tokens, amount), v.shares-shares

	exits := delegator == op && after.value(held-shares) < v.minSelfBond && v.status != Jailed && v.status != Tombstoned
	if v.status == Active && (exits || after.power() == 0) && !s.anotherActive(op) {
		return 0, refuse(tx.LastValidator, "validator", "this would leave the chain without a validator").
			hint("wait until another validator is active")
	}
	if exits {
		s.jail(op, &after, s.time) // its operator may Unjail as soon as the self bond is whole again
	}
	s.setValidator(op, v, after)
	s.setShares(delegator, op, after, d, held-shares)
	return amount, nil
}

func refuseUnknownValidator(op crypto.Address) *refusal {
	return refuse(tx.UnknownValidator, "validator", "no validator has the operator address %s", op).
		hint("GET /v1/validators lists them")
}
