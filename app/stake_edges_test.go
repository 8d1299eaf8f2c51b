package app

import (
	"math"
	"testing"

	"blink/coin"
	"blink/tx"
)

// TestSharesFor: a purchase is refused exactly when the validator's shares would no longer fit 64 bits.
func TestSharesFor(t *testing.T) {
	for _, test := range []struct {
		tokens coin.Amount
		shares uint64
		amount coin.Amount
		want   uint64
		ok     bool
	}{
		{0, 0, 7, 7, true},
		{10, 10, 7, 7, true},
		{10, 20, 7, 14, true},
		{3, 10, 1, 3, true},
		{0, 10, 1, 0, false},
		{1, 1 << 63, 1, 1 << 63, false},
		{2, 1 << 63, 1, 1 << 62, true},
		{1, 1 << 62, 3, 3 << 62, false},
		{1, 1 << 63, 2, 0, false},
		{3, math.MaxUint64 - 3, 3, math.MaxUint64 - 3, false},
		{1 << 62, math.MaxUint64 - 3, 1, 3, true},
		{(math.MaxUint64 - 3) / 4, math.MaxUint64 - 3, 1, 4, false},
	} {
		v := validator{tokens: test.tokens, shares: test.shares}
		got, ok := v.sharesFor(test.amount)
		if ok != test.ok || ok && got != test.want {
			t.Errorf("%s for %d of %s: %d, %t, want %d, %t", test.amount, test.shares, test.tokens, got, ok, test.want, test.ok)
		}
	}
}

// TestCreateValidatorKeepsAll: a validator is what its operator, or genesis, wrote.
func TestCreateValidatorKeepsAll(t *testing.T) {
	doc := testGenesis(testParams(), []string{"a", "b"}, []string{"v"}, 10*coin.Blink, coin.Blink)
	commission := tx.Commission{Rate: 500, MaxRate: 2000, MaxDailyChange: 100}
	doc.Validators[0].Commission = commission
	doc.Validators[0].Moniker = "the first"
	c := newMemoryChain(t, doc)
	if got := string(c.state().Get([]byte{prefixChainID})); got != testChain {
		t.Errorf("chain id %q", got)
	}
	o := c.memory.Fork()
	s := open(o, 2, c.time)
	a, b := newPerson("a"), newPerson("b")
	create := tx.CreateValidator{ConsensusKey: tx.ConsensusKey{Type: "ed25519", Key: a.consensus[:]}, SelfBond: 2 * coin.Blink,
		MinSelfBond: 2 * coin.Blink, Commission: commission, Moniker: "the second", Details: "and more"}
	if r := s.createValidator(a.address, create); r != nil {
		t.Fatal(r.public())
	}
	first, _ := ValidatorOf(o, newPerson("v").address)
	second, _ := ValidatorOf(o, a.address)
	if first.Commission != commission || first.Moniker != "the first" || first.MinSelfBond != coin.Blink {
		t.Errorf("of genesis: %+v", first)
	}
	if second.Commission != commission || second.Moniker != "the second" || second.Details != "and more" || second.MinSelfBond != 2*coin.Blink {
		t.Errorf("created: %+v", second)
	}
	for address, since := range map[string]int64{"v": genesisTime.UnixNano(), "a": c.time.UnixNano()} {
		if got := mustValidator(o, newPerson(address).address).commissionChanged; got != since {
			t.Errorf("the commission of %s counts from %d, want %d", address, got, since)
		}
	}
	for name, key := range map[string]tx.ConsensusKey{"type": {Type: "secp256k1", Key: b.consensus[:]}, "length": {Type: "ed25519", Key: b.consensus[:31]}} {
		if r := s.createValidator(b.address, tx.CreateValidator{ConsensusKey: key, SelfBond: coin.Blink}); r == nil || r.Code != tx.InvalidField {
			t.Errorf("another %s of key: %v", name, r.public())
		}
	}
}

// TestJailTermEnds: who is unjailed or tombstoned has no jail term any more.
func TestJailTermEnds(t *testing.T) {
	c := newMemoryChain(t, testGenesis(testParams(), nil, []string{"v", "w"}, 0, coin.Blink))
	op := newPerson("v").address
	jailed := func() *state {
		s := open(c.memory.Fork(), 2, c.time)
		before := mustValidator(s.o, op)
		after := before
		s.jail(op, &after, s.time)
		s.setValidator(op, before, after)
		return s
	}
	s := jailed()
	if r := s.unjail(op); r != nil || mustValidator(s.o, op).jailedUntil != 0 {
		t.Error("unjailed:", r.public(), mustValidator(s.o, op).jailedUntil)
	}
	s = jailed()
	s.punish([]Evidence{{Address: consensusAddress(newPerson("v").consensus), Height: 1, Power: 1, Type: DuplicateVote}})
	if v := mustValidator(s.o, op); v.status != Tombstoned || v.jailedUntil != 0 {
		t.Error("tombstoned:", v.status, v.jailedUntil)
	}
}
