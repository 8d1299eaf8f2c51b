package app

import (
	"maps"
	"math/big"

	"blink/crypto"
	"blink/store"
)

// compare checks that the state holds what the model holds, record by record, and nothing else.
func (w *twins) compare() {
	w.t.Helper()
	r := w.chain.state()
	w.compareAccounts(r)
	w.compareValidators(r)
	w.compareDelegations(r)
	w.compareEntries(r)
	w.compareProposals(r)
	w.compareSet(r)
	w.compareTotals(r)
}

// same compares a number; who is whose it is.
func (w *twins) same(what string, who crypto.Address, got uint64, want *big.Int) {
	if !want.IsUint64() || want.Uint64() != got {
		w.t.Fatalf("height %d: %s of %s is %d, the model says %s", w.chain.height, what, w.nameOf(who), got, want)
	}
}

// equal compares anything else.
func equal[T comparable](w *twins, what string, who crypto.Address, got, want T) {
	if got != want {
		w.t.Fatalf("height %d: %s of %s is %v, the model says %v", w.chain.height, what, w.nameOf(who), got, want)
	}
}

// records compares how many records there are.
func (w *twins) records(r store.Reader, prefix []byte, what string, want int) {
	got := 0
	scan(r, prefix, func(_, _ []byte) bool { got++; return true })
	equal(w, "number of "+what, crypto.Address{}, got, want)
}

func (w *twins) compareAccounts(r store.Reader) {
	redirected := 0
	for addr, a := range w.model.accounts {
		got := readAccount(r, addr)
		w.same("balance", addr, uint64(got.balance), a.balance)
		equal(w, "nonce", addr, got.nonce, a.nonce)
		want := addr
		if a.withdraw != (crypto.Address{}) && a.withdraw != addr {
			want, redirected = a.withdraw, redirected+1
		}
		equal(w, "withdraw address", addr, withdrawAddress(r, addr), want)
	}
	w.records(r, []byte{prefixWithdraw}, "withdraw addresses", redirected)
}

func (w *twins) compareValidators(r store.Reader) {
	m := w.model
	w.records(r, []byte{prefixValidator}, "validators", len(m.validators))
	slashes := 0
	for op, v := range m.validators {
		got := mustValidator(r, op)
		w.same("tokens", op, uint64(got.tokens), v.tokens)
		w.same("shares", op, got.shares, v.total())
		w.same("least self bond", op, uint64(got.minSelfBond), v.minSelf)
		w.same("purse", op, uint64(got.purse), v.purse)
		w.sameFixed("rewards of a share", op, got.perShare, sum(v.earnings))
		equal(w, "status", op, got.status, v.status)
		equal(w, "commission", op, got.commission, v.commission)
		equal(w, "last change of commission", op, got.commissionChanged, v.rateChanged.UnixNano())
		equal(w, "moniker", op, got.moniker+"\n"+got.details, v.moniker+"\n"+v.details)
		if _, member := m.told[op]; member {
			w.sameFixed("settled rewards", op, got.settled, sum(m.payments[:v.paidFor]))
		}
		if v.status == Jailed {
			equal(w, "end of jail", op, got.jailedUntil, v.jailedUntil.UnixNano())
		}
		for _, p := range v.punished {
			s := decodeSlash(r.Get(slashKey(op, p.height, p.kind)))
			w.same("slash", op, uint64(s.burned), p.burned)
			slashes++
		}
	}
	w.records(r, []byte{prefixSlash}, "slashes", slashes)
}

// sameFixed compares an accumulator with the sum of its items.
func (w *twins) sameFixed(what string, who crypto.Address, got fixed, want *big.Int) {
	high, low := new(big.Int).Rsh(want, 64), new(big.Int).And(want, n(1<<64-1))
	w.same(what+", high part", who, got.hi, high)
	w.same(what+", low part", who, got.lo, low)
}

func (w *twins) compareDelegations(r store.Reader) {
	delegations := 0
	for op, v := range w.model.validators {
		has := mustValidator(r, op)
		for delegator, shares := range v.shares {
			d := readDelegation(r, delegator, op)
			w.same("shares with "+w.nameOf(op), delegator, d.shares, shares)
			w.same("unpaid reward with "+w.nameOf(op), delegator, uint64(has.earned(d)), v.owed(delegator))
			delegations++
		}
	}
	w.records(r, []byte{prefixDelegation}, "delegations", delegations)
}

func (w *twins) compareEntries(r store.Reader) {
	m := w.model
	for _, x := range m.unbondings {
		u := readUnbonding(r, unbondingID{operator: x.validator, delegator: x.delegator, created: x.created})
		w.same("unbonding", x.delegator, uint64(u.amount), x.amount)
		equal(w, "completion", x.delegator, [2]int64{u.completionTime, u.completionHeight}, [2]int64{x.at.UnixNano(), x.atHeight})
	}
	w.records(r, []byte{prefixUnbonding}, "unbondings", len(m.unbondings))
	for _, x := range m.redelegations {
		u := readRedelegation(r, redelegationID{source: x.from, delegator: x.delegator, dest: x.to, created: x.created})
		w.same("redelegation", x.delegator, uint64(u.amount), x.amount)
		equal(w, "completion", x.delegator, [2]int64{u.completionTime, u.completionHeight}, [2]int64{x.at.UnixNano(), x.atHeight})
	}
	w.records(r, []byte{prefixRedelegation}, "redelegations", len(m.redelegations))
}

func (w *twins) compareProposals(r store.Reader) {
	m := w.model
	equal(w, "number of proposals", crypto.Address{}, proposalCount(r), uint64(len(m.proposals)))
	for _, p := range m.proposals {
		got := mustProposal(r, p.id)
		equal(w, "status of a proposal", p.submitter, got.status.String(), p.status)
		w.same("deposit", p.submitter, uint64(got.deposit), p.deposit)
		equal(w, "end of voting", p.submitter, got.ends, p.end.UnixNano())
		equal(w, "effect of a proposal", p.submitter, got.effect, p.at)
		votes, active := p.votesFor, p.active
		t := got.tally
		if p.status == modelVoting { // as if it were counted now: this is what the shares beside the votes are for
			votes, active = m.tally(p)
			t = countVotes(r, p.id)
		}
		for i, has := range []uint64{uint64(t.yes), uint64(t.no), uint64(t.abstain), uint64(t.veto)} {
			w.same("votes on a proposal", p.submitter, has, votes[i+1])
		}
		w.same("stake that may vote on a proposal", p.submitter, uint64(t.stake), active)
		for voter, option := range p.votes {
			o, _ := readVote(r, p.id, voter)
			equal(w, "vote", voter, o, option)
		}
		w.records(r, key(prefixVote, ordered(p.id)), "votes", len(p.votes))
	}
}

func (w *twins) compareSet(r store.Reader) {
	told := make(map[crypto.Address]int64)
	for _, member := range lastSent(r) {
		told[member.operator] = member.power
	}
	equal(w, "equality of the validator set", crypto.Address{}, maps.Equal(told, w.model.told), true)
	set := w.chain.sets[w.chain.height+2]
	for op, power := range told {
		address := w.model.validators[op].address
		_, v := set.GetByAddress(address[:])
		equal(w, "membership with CometBFT", op, v != nil && v.VotingPower == power, true)
	}
	equal(w, "size of CometBFT's set", crypto.Address{}, set.Size(), len(told))
}

func (w *twins) compareTotals(r store.Reader) {
	m, t := w.model, readTotals(r)
	none := crypto.Address{}
	w.same("total of issued", none, uint64(t.issued), m.issued)
	w.same("total of burned", none, uint64(t.burned), m.burned)
	w.same("total of fees", none, uint64(t.fees), m.fees)
	w.same("total of rewards", none, uint64(t.rewards), m.unpaid)
	w.same("total of deposits", none, uint64(t.deposits), m.deposits)
	equal(w, "equality of the parameters", none, ParamsOf(r), m.params)
	equal(w, "version", none, AppVersionOf(r), m.version)
	w.sameFixed("rewards of a unit of power", none, readRewards(r).perPower, sum(m.payments))

	parts := plus(plus(m.fees, m.unpaid), m.deposits) // the model's own supply
	for _, a := range m.accounts {
		parts = plus(parts, a.balance)
	}
	for _, v := range m.validators {
		parts = plus(parts, v.tokens)
	}
	for _, u := range m.unbondings {
		parts = plus(parts, u.amount)
	}
	equal(w, "equality of the supply and its parts", none, parts.Cmp(minus(m.issued, m.burned)), 0)
}

// compareResult checks what a block tells its host against the state and the model.
func (w *twins) compareResult(result Result) {
	if result.Params != nil {
		equal(w, "equality of the announced parameters", crypto.Address{}, *result.Params, w.model.params)
	}
	if result.AppVersion != 0 {
		equal(w, "announced version", crypto.Address{}, result.AppVersion, w.model.version)
	}
}
