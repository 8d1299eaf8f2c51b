package app

import (
	"math"
	"strings"
	"testing"

	"blink/coin"
	"blink/crypto"
	"blink/genesis"
	"blink/store"
)

// halts runs fn and returns the words of its panic, or "".
func halts(fn func()) (words string) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case string:
			words = r
		default:
			words = "panic of another kind"
		}
	}()
	fn()
	return ""
}

// TestHalts: what can only come from a broken state stops the node at once, by the check that is meant for it.
func TestHalts(t *testing.T) {
	op := newPerson("v").address
	for _, test := range []struct {
		name, want string // want is in the words of the panic
		fn         func()
	}{
		{"a sum above any supply", "more than any supply", func() { mustAdd(coin.Max, 1) }},
		{"a negative amount", "is negative", func() { mustSub(1, 2) }},
		{"a validator without a record", "has no record of it", func() { mustValidator(store.NewOverlay(void{}), op) }},
		{"a proposal without a record", "has no record of it", func() { mustProposal(store.NewOverlay(void{}), 1) }},
		{"a proposal of no kind", "cannot be read", func() { proposal{kind: 99}.decoded() }},
		{"a coin too many", "supply invariant broken", totals{issued: 10, balances: 5, bonded: 6}.check},
		{"a coin too few", "supply invariant broken", totals{issued: 10, balances: 4, bonded: 5}.check},
		{"more burned than issued", "supply invariant broken", totals{issued: 1, burned: 2, balances: coin.Max}.check},
		{"parts that wrap around to the right sum", "supply invariant broken", totals{issued: 3, balances: coin.Max, bonded: 4}.check},
		{"an invariant that a block breaks", "supply invariant broken", func() {
			(&state{o: store.NewOverlay(void{}), totals: totals{issued: 1}}).assertInvariants()
		}},
		{"an empty set", "the validator set is empty", func() { assertPower(nil) }},
		{"a member without power", "without power", func() { assertPower(powers(1, 0)) }},
		{"a member with negative power", "without power", func() { assertPower(powers(1, -1)) }},
		{"too much power in one", "too much power", func() { assertPower(powers(MaxTotalPower + 1)) }},
		{"too much power in two", "too much power", func() { assertPower(powers(MaxTotalPower, 1)) }},
		{"so much power that it wraps around", "too much power", func() { assertPower(powers(MaxTotalPower, math.MaxInt64)) }},
		{"genesis without validators", "the validator set is empty", func() { begin(nil, nil) }},
		{"genesis with an operator twice", "twice", func() { begin([]string{"v", "v"}, []string{"v", "w"}) }},
		{"genesis with a key twice", "twice", func() { begin([]string{"v", "w"}, []string{"v", "v"}) }},
	} {
		if got := halts(test.fn); !strings.Contains(got, test.want) || got == "" {
			t.Errorf("%s: %q, want a halt that says %q", test.name, got, test.want)
		}
	}
	if got := halts(func() { assertPower(powers(MaxTotalPower-1, 1)) }); got != "" {
		t.Error("the most power that may be:", got)
	}
}

// powers is a set with these powers.
func powers(each ...Power) []member {
	set := make([]member, len(each))
	for i, p := range each {
		set[i] = member{crypto.Address{1: byte(i)}, memberRecord{[32]byte{byte(i)}, p}}
	}
	return set
}

// begin starts a chain that Document.Validate would refuse.
func begin(operators, keys []string) {
	doc := genesis.Document{ChainID: testChain, GenesisTime: genesisTime, Params: testParams()}
	for i, name := range operators {
		key := consensusKeyOf(keys[i])
		doc.Validators = append(doc.Validators, genesis.Validator{Operator: newPerson(name).address, ConsensusKey: key[:], SelfBond: coin.Blink})
	}
	InitChain(store.NewOverlay(void{}), doc)
}

// TestNothingIsWrittenForNothing: setting what is there already leaves the overlay, and so the root of the state, alone.
func TestNothingIsWrittenForNothing(t *testing.T) {
	c := newMemoryChain(t, testGenesis(testParams(), []string{"a"}, []string{"v"}, coin.Blink, coin.Blink))
	o := c.memory.Fork()
	s := open(o, 2, c.time)
	a, v := newPerson("a").address, newPerson("v").address
	u := unbonding{amount: 1, completionTime: 2, completionHeight: 3}
	s.setAccount(a, readAccount(o, a), readAccount(o, a))
	s.setValidator(v, mustValidator(o, v), mustValidator(o, v))
	s.setShares(v, v, mustValidator(o, v), readDelegation(o, v, v), readShares(o, v, v))
	s.setUnbonding(unbondingID{v, a, 1}, u, u)
	x := redelegation{amount: 1, completionTime: 2, completionHeight: 3}
	s.setRedelegation(redelegationID{source: v, delegator: a, dest: v, created: 1}, x, x)
	s.assertInvariants()
	if o.Len() != 0 {
		t.Errorf("%d keys were written", o.Len())
	}
}
