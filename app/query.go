package app

import (
	"cmp"
	"slices"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/store"
	"blink/tx"
)

// An Account is a balance and the nonce that its next transaction must have.
type Account struct {
	Address crypto.Address
	Balance coin.Amount
	Nonce   uint64
}

// A Validator as the state holds it, with its power and rank.
type Validator struct {
	Operator         crypto.Address
	ConsensusKey     [32]byte // ed25519
	ConsensusAddress [20]byte
	Status           Status
	Tokens           coin.Amount // bonded stake, ublink
	Shares           uint64      // of all its delegators
	Power            Power       // Tokens / PowerUnit
	SelfBond         coin.Amount // present value of the operator's own delegation
	MinSelfBond      coin.Amount
	Commission       tx.Commission
	CommissionPurse  coin.Amount // commission earned and not withdrawn by the operator, up to the last payment
	CommissionSince  time.Time   // block time of the last change of the commission rate
	Moniker, Details string      // anyone's text: never trust it as HTML
	JailedUntil      time.Time   // zero unless Jailed
}

// A Delegation is a holder's shares of one validator.
type Delegation struct {
	Delegator, Validator crypto.Address
	Shares               uint64
	Amount               coin.Amount // present value, ublink
}

// An Unbonding is stake on its way back; it returns when both completions are passed and may be slashed until then.
type Unbonding struct {
	Delegator, Validator crypto.Address
	Amount               coin.Amount
	CreatedHeight        int64
	CompletionTime       time.Time
	CompletionHeight     int64
}

// A Slash is one punishment of a validator.
type Slash struct {
	Validator  crypto.Address
	Infraction int64        // height of it
	Type       EvidenceType // Downtime or what the evidence was
	Burned     coin.Amount
	Height     int64     // of the block that punished
	Time       time.Time // of that block
}

// A Supply says where every ublink is: the parts after Burned add up to Total = Issued - Burned.
type Supply struct {
	Total, Issued, Burned       coin.Amount
	Balances, Bonded, Unbonding coin.Amount
	Fees                        coin.Amount // paid, not yet shared out
	Rewards                     coin.Amount // shared out, not yet withdrawn
	Deposits                    coin.Amount // of proposals
}

// AccountOf returns addr's account; one that was never touched has zero balance and nonce.
func AccountOf(r store.Reader, addr crypto.Address) Account {
	a := readAccount(r, addr)
	return Account{Address: addr, Balance: a.balance, Nonce: a.nonce}
}

// Validators returns all validators of every status by power descending, operator ascending.
func Validators(r store.Reader) []Validator {
	var all []Validator
	scan(r, []byte{prefixValidator}, func(k, b []byte) bool {
		all = append(all, present(r, addressAfterPrefix(k), decodeValidator(b)))
		return true
	})
	slices.SortStableFunc(all, func(a, b Validator) int { return cmp.Compare(b.Power, a.Power) })
	return all
}

// ValidatorOf returns the validator of an operator; false: no such validator.
func ValidatorOf(r store.Reader, operator crypto.Address) (Validator, bool) {
	v, ok := readValidator(r, operator)
	if !ok {
		return Validator{}, false
	}
	return present(r, operator, v), true
}

// ValidatorByConsensusAddress returns the validator that signs blocks under addr, whatever its status.
func ValidatorByConsensusAddress(r store.Reader, addr [20]byte) (Validator, bool) {
	op, ok := operatorOf(r, addr)
	if !ok {
		return Validator{}, false
	}
	return ValidatorOf(r, op)
}

func present(r store.Reader, op crypto.Address, v validator) Validator {
	settle(r, readRewards(r).perPower, op, &v)
	out := Validator{
		Operator: op, ConsensusKey: v.key, ConsensusAddress: consensusAddress(v.key), Status: v.status,
		Tokens: v.tokens, Shares: v.shares, Power: v.power(), SelfBond: v.value(readShares(r, op, op)),
		MinSelfBond: v.minSelfBond, Commission: v.commission, CommissionPurse: v.purse, CommissionSince: fromNano(v.commissionChanged),
		Moniker: v.moniker, Details: v.details,
	}
	if v.status == Jailed {
		out.JailedUntil = fromNano(v.jailedUntil)
	}
	return out
}

// Delegations returns delegator's delegations by validator ascending.
func Delegations(r store.Reader, delegator crypto.Address) []Delegation {
	var all []Delegation
	scan(r, key(prefixDelegation, delegator[:]), func(k, b []byte) bool {
		_, op := parseDelegationKey(k)
		shares := decodeDelegation(b).shares
		all = append(all, Delegation{delegator, op, shares, mustValidator(r, op).value(shares)})
		return true
	})
	return all
}

// Unbondings returns delegator's unbonding entries by validator, then creation height.
func Unbondings(r store.Reader, delegator crypto.Address) []Unbonding {
	var all []Unbonding
	scan(r, key(prefixUnbondingsOf, delegator[:]), func(k, _ []byte) bool {
		id := parseUnbondingsOfKey(k)
		all = append(all, presentUnbonding(id, readUnbonding(r, id)))
		return true
	})
	return all
}

func presentUnbonding(id unbondingID, u unbonding) Unbonding {
	return Unbonding{
		Delegator: id.delegator, Validator: id.operator, Amount: u.amount, CreatedHeight: id.created,
		CompletionTime: fromNano(u.completionTime), CompletionHeight: u.completionHeight,
	}
}

// SlashesOf returns the punishments of a validator by height of the infraction.
func SlashesOf(r store.Reader, operator crypto.Address) []Slash {
	var all []Slash
	scan(r, key(prefixSlash, operator[:]), func(k, b []byte) bool {
		infraction, t := parseSlashKey(k)
		s := decodeSlash(b)
		all = append(all, Slash{operator, infraction, t, s.burned, s.height, fromNano(s.time)})
		return true
	})
	return all
}

// SupplyOf returns the running totals.
func SupplyOf(r store.Reader) Supply {
	t := readTotals(r)
	return Supply{
		Total: mustSub(t.issued, t.burned), Issued: t.issued, Burned: t.burned,
		Balances: t.balances, Bonded: t.bonded, Unbonding: t.unbonding, Fees: t.fees,
		Rewards: t.rewards, Deposits: t.deposits,
	}
}

func fromNano(ns int64) time.Time { return time.Unix(0, ns).UTC() }
