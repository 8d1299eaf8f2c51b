package app

import (
	"fmt"

	"blink/coin"
	"blink/crypto"
	"blink/store"
)

// Audit recounts the whole state and says what does not add up, or nil. ApplyBlock compares running totals only; this
// walks every record, so it belongs into tests and tools.
func Audit(r store.Reader) error {
	a := audit{r: r, shares: make(map[crypto.Address]uint64)}
	a.accounts()
	a.unbondings()
	a.redelegations()
	a.delegations()
	a.validators()
	a.set()
	a.rewards()
	a.proposals()
	a.supply()
	return a.err
}

// audit keeps the first thing that is wrong.
type audit struct {
	r      store.Reader
	err    error
	sum    totals
	shares map[crypto.Address]uint64 // by validator, looked up only
}

func (a *audit) require(ok bool, format string, args ...any) {
	if !ok && a.err == nil {
		a.err = fmt.Errorf("app: "+format, args...)
	}
}

func (a *audit) add(total *coin.Amount, amount coin.Amount) {
	sum, ok := total.Add(amount)
	a.require(ok, "a total overflows")
	*total = sum
}

func (a *audit) accounts() {
	scan(a.r, []byte{prefixAccount}, func(_, b []byte) bool {
		a.add(&a.sum.balances, decodeAccount(b).balance)
		return true
	})
}

// unbondings checks that each entry is in the queue and in its delegator's list, and nothing else is.
func (a *audit) unbondings() {
	entries := 0
	scan(a.r, []byte{prefixUnbonding}, func(k, b []byte) bool {
		id, u := parseUnbondingKey(k), decodeUnbonding(b)
		a.add(&a.sum.unbonding, u.amount)
		a.require(a.r.Get(id.queueKey(u)) != nil, "an unbonding from %s is not in the queue", id.operator)
		a.require(a.r.Get(id.ofDelegatorKey()) != nil, "an unbonding of %s is not in its list", id.delegator)
		entries++
		return true
	})
	a.require(a.count(prefixQueue) == entries, "the unbonding queue does not match the entries")
	a.require(a.count(prefixUnbondingsOf) == entries, "the delegators' unbonding lists do not match the entries")
}

// redelegations checks the same of redelegation entries. Their stake is counted where it is bonded.
func (a *audit) redelegations() {
	entries := 0
	scan(a.r, []byte{prefixRedelegation}, func(k, b []byte) bool {
		id, x := parseRedelegationKey(k), decodeRedelegation(b)
		a.require(id.source != id.dest, "a redelegation stays at %s", id.source)
		a.require(a.r.Get(id.endKey(x)) != nil, "a redelegation from %s is not in the index by completion", id.source)
		a.require(a.r.Get(id.ofDelegatorKey()) != nil, "a redelegation of %s is not in its list", id.delegator)
		entries++
		return true
	})
	a.require(a.count(prefixRedelegationEnds) == entries, "the redelegations by completion do not match the entries")
	a.require(a.count(prefixRedelegationsOf) == entries, "the delegators' redelegation lists do not match the entries")
}

func (a *audit) delegations() {
	delegations := 0
	scan(a.r, []byte{prefixDelegation}, func(k, b []byte) bool {
		delegator, op := parseDelegationKey(k)
		shares := decodeDelegation(b).shares
		a.require(shares > 0, "a delegation to %s has no shares", op)
		a.require(a.r.Get(delegatorsKey(op, delegator)) != nil, "a delegation to %s is not in its list", op)
		a.shares[op] += shares
		delegations++
		return true
	})
	a.require(a.count(prefixDelegators) == delegations, "the validators' lists of delegators do not match the delegations")
}

func (a *audit) validators() {
	electable := 0
	scan(a.r, []byte{prefixValidator}, func(k, b []byte) bool {
		op, v := addressAfterPrefix(k), decodeValidator(b)
		a.add(&a.sum.bonded, v.tokens)
		a.require(v.shares == a.shares[op], "%s has %d shares, its delegations %d", op, v.shares, a.shares[op])
		a.require(v.shares >= uint64(v.tokens), "%s has %s tokens but only %d shares", op, v.tokens, v.shares)
		at, ok := operatorOf(a.r, consensusAddress(v.key))
		a.require(ok && at == op && a.r.Get(consensusKeyKey(v.key)) != nil, "%s is not found by its consensus key", op)
		a.require(v.status <= Tombstoned, "%s has status %d", op, v.status)
		if v.electable() {
			a.require(a.r.Get(rankKey(v.power(), op)) != nil, "%s has no rank", op)
			electable++
		}
		return true
	})
	a.require(a.count(prefixRank) == electable, "the ranking does not match the validators")
}

// set checks that consensus was told the top of the ranking, and that exactly its members are active.
func (a *audit) set() {
	limit := int(ParamsOf(a.r).MaxValidators)
	sent, top := lastSent(a.r), ranking(a.r, limit)
	a.require(len(sent) > 0, "the validator set is empty")
	members := make(map[crypto.Address]memberRecord)
	for _, m := range sent {
		members[m.operator] = m.memberRecord
	}
	if len(top) > 0 { // with nobody to elect the last set stays
		a.require(len(sent) == len(top), "the set has %d members, %d should be in it", len(sent), len(top))
	}
	for _, m := range top {
		a.require(members[m.operator] == m.memberRecord, "%s has power %d, consensus was told %d", m.operator, m.power, members[m.operator].power)
	}
	scan(a.r, []byte{prefixValidator}, func(k, b []byte) bool {
		op := addressAfterPrefix(k)
		_, member := members[op]
		a.require(member == (decodeValidator(b).status == Active), "%s is active or in the set, but not both", op)
		return true
	})
}

// rewards checks that what everybody could withdraw at this moment is there.
func (a *audit) rewards() {
	w := readRewards(a.r)
	var power Power
	for _, m := range lastSent(a.r) {
		power += m.power
	}
	a.require(uint64(power) == w.power, "the set has a power of %d, rewards are shared among %d", power, w.power)
	var claims coin.Amount
	settled := make(map[crypto.Address]validator)
	scan(a.r, []byte{prefixValidator}, func(k, b []byte) bool {
		op, v := addressAfterPrefix(k), decodeValidator(b)
		settle(a.r, w.perPower, op, &v)
		settled[op] = v
		a.add(&claims, v.purse)
		return true
	})
	scan(a.r, []byte{prefixDelegation}, func(k, b []byte) bool {
		_, op := parseDelegationKey(k)
		a.add(&claims, settled[op].earned(decodeDelegation(b)))
		return true
	})
	a.require(claims <= readTotals(a.r).rewards, "rewards of %s could be withdrawn, %s are there", claims, readTotals(a.r).rewards)
}

func (a *audit) supply() {
	t := readTotals(a.r)
	for _, c := range []struct {
		name      string
		has, real coin.Amount
	}{{"balances", t.balances, a.sum.balances}, {"bonded", t.bonded, a.sum.bonded}, {"unbonding", t.unbonding, a.sum.unbonding}, {"deposits", t.deposits, a.sum.deposits}} {
		a.require(c.has == c.real, "total of %s is %s, recounted %s", c.name, c.has, c.real)
	}
	parts := a.sum
	a.add(&parts.balances, parts.bonded)
	a.add(&parts.balances, parts.unbonding)
	a.add(&parts.balances, t.fees)
	a.add(&parts.balances, t.rewards)
	a.add(&parts.balances, t.deposits)
	a.require(parts.balances == t.issued-t.burned && t.issued >= t.burned, "the parts of the supply add up to %s, not to issued %s - burned %s", parts.balances, t.issued, t.burned)
}

func (a *audit) count(prefix byte) int {
	return countKeys(a.r, []byte{prefix})
}
