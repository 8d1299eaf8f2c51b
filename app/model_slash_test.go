package app

import (
	"bytes"
	"cmp"
	"math/big"
	"slices"
	"time"

	"blink/crypto"
)

// modelSlash is one punishment.
type modelSlash struct {
	height int64 // of the infraction
	kind   EvidenceType
	burned *big.Int
}

func (m *model) punish(e Evidence) {
	op, v := m.byAddress(e.Address)
	if v == nil || v.status == Tombstoned {
		return
	}
	for _, p := range v.punished {
		if p.height == e.Height && p.kind == e.Type {
			m.rare["evidence of an infraction that was punished"]++
			return
		}
	}
	rate := m.params.SlashDoubleSign
	due := bps(new(big.Int).Mul(big.NewInt(e.Power), n(PowerUnit)), rate)
	taken := plus(m.slashUnbondings(op, e.Height-1, rate), m.slashRedelegations(op, e.Height-1, rate))
	if taken.Cmp(due) < 0 {
		cut := least(minus(due, taken), v.tokens)
		v.tokens = minus(v.tokens, cut)
		taken = plus(taken, cut)
	}
	m.burned = plus(m.burned, taken)
	v.punished = append(v.punished, modelSlash{e.Height, e.Type, taken})
	if v.status != Active || m.other(op) {
		v.status = Tombstoned
	}
}

// slashUnbondings takes a part of what left a validator at a height or later.
func (m *model) slashUnbondings(op crypto.Address, since int64, rate uint32) *big.Int {
	taken := zero
	for i, u := range m.unbondings {
		if u.validator == op && u.created >= since {
			m.rare["slash of an unbonding"]++
			cut := bps(u.amount, rate)
			m.unbondings[i].amount = minus(u.amount, cut)
			taken = plus(taken, cut)
		}
	}
	return taken
}

// slashRedelegations takes a part of what went from a validator to others, at a height or later, from what is left of it
// there: bonded first, then on its way out.
func (m *model) slashRedelegations(op crypto.Address, since int64, rate uint32) *big.Int {
	slices.SortFunc(m.redelegations, func(a, b modelRedelegation) int {
		return cmp.Or(bytes.Compare(a.delegator[:], b.delegator[:]), bytes.Compare(a.to[:], b.to[:]), cmp.Compare(a.created, b.created))
	})
	taken := zero
	for i, r := range m.redelegations {
		if r.from != op || r.created < since {
			continue
		}
		cut := bps(r.amount, rate)
		m.redelegations[i].amount = minus(r.amount, cut)
		got := m.slashShares(r.delegator, r.to, cut)
		m.rare["slash of a redelegation"]++
		if m.validators[r.to].status == Tombstoned {
			m.rare["slash of a redelegation to a tombstoned validator"]++
		}
		for j, u := range m.unbondings { // as created, so the oldest first
			if u.delegator == r.delegator && u.validator == r.to && u.created >= r.created {
				more := least(minus(cut, got), u.amount)
				if more.Sign() > 0 {
					m.rare["slash of a redelegation that was undelegated since"]++
				}
				m.unbondings[j].amount = minus(u.amount, more)
				got = plus(got, more)
			}
		}
		taken = plus(taken, got)
	}
	return taken
}

// slashShares burns an amount of one delegator's stake, or what there is of it.
func (m *model) slashShares(delegator, op crypto.Address, amount *big.Int) *big.Int {
	v := m.validators[op]
	held := v.shares[delegator]
	if held == nil || amount.Sign() == 0 {
		return zero
	}
	shares, tokens := held, least(amount, v.value(held))
	if v.tokens.Sign() > 0 {
		shares = least(held, ceil(amount, v.total(), v.tokens))
	}
	m.hold(op, delegator, minus(held, shares))
	v.tokens = minus(v.tokens, tokens)
	return tokens
}

func (m *model) miss(address [20]byte) {
	op, v := m.byAddress(address)
	if v == nil || v.status != Active {
		return
	}
	var recent []int64 // what the window has passed is forgotten, even if a proposal makes the window wider later
	for _, b := range append(v.missed, m.busy) {
		if b > m.busy-m.params.DowntimeWindowBlocks {
			recent = append(recent, b)
		}
	}
	v.missed = recent
	if int64(len(recent)) > m.params.DowntimeMaxMissed && m.other(op) {
		cut := bps(v.tokens, m.params.SlashDowntime)
		v.tokens = minus(v.tokens, cut)
		m.burned = plus(m.burned, cut)
		v.punished = append(v.punished, modelSlash{m.height - 1, Downtime, cut})
		v.status, v.jailedUntil = Jailed, m.time.Add(time.Duration(m.params.JailSeconds)*time.Second)
	}
}
