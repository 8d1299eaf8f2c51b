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
	if r := s.spend(sender, m.SelfBond, "self_bond"); r != nil {
		return r
	}
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
	s.setShares(op, op, v.shares)
	s.setValidator(op, validator{}, v)
}

// delegate bonds coins of the sender to a validator. A jailed validator may be delegated to (its operator may have to, to
// get out); a tombstoned one may not.
func (s *state) delegate(sender crypto.Address, m tx.Delegate) *refusal {
	v, exists := readValidator(s.o, m.Validator)
	switch {
	case !exists:
		return refuseUnknownValidator(m.Validator)
	case v.status == Tombstoned:
		return refuse(tx.Tombstoned, "validator", "%s is jailed for ever", m.Validator)
	}
	shares, ok := v.sharesFor(m.Amount)
	if !ok {
		return refuse(tx.AmountOverflow, "amount", "%s would buy more shares than can be counted", m.Amount).
			hint("this validator was slashed to next to nothing: choose another")
	}
	if shares == 0 {
		return refuse(tx.InvalidField, "amount", "%s buys no share of this validator", m.Amount).hint("delegate more")
	}
	if r := s.spend(sender, m.Amount, "amount"); r != nil {
		return r
	}
	after := v
	after.tokens, after.shares = mustAdd(v.tokens, m.Amount), v.shares+shares
	s.setValidator(m.Validator, v, after)
	s.setShares(sender, m.Validator, readShares(s.o, sender, m.Validator)+shares)
	s.emit(Event{Type: EventDelegate, Account: sender, Validator: m.Validator, Amount: m.Amount})
	return nil
}

func refuseUnknownValidator(op crypto.Address) *refusal {
	return refuse(tx.UnknownValidator, "validator", "no validator has the operator address %s", op).
		hint("GET /v1/validators lists them")
}
