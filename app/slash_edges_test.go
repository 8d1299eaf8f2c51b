package app

import (
	"testing"
	"time"

	"blink/coin"
	"blink/tx"
)

// TestSlashSharesEdges: a cut burns the shares that it needs and no more, all if they are worth less, and none if there is
// nothing to take: then not a key is written, although rewards wait to be settled.
func TestSlashSharesEdges(t *testing.T) {
	c := newMemoryChain(t, testGenesis(testParams(), []string{"a"}, []string{"v"}, coin.Blink, coin.Blink))
	v := signed(t, newPerson("a"), tx.Body{Fee: 1000, ValidUntil: c.time.Unix() + 60, Msgs: []tx.Msg{tx.Transfer{To: newPerson("b").address, Amount: 1}}})
	c.next(time.Second, []Input{{ID: v.ID(), Tx: v}}, nil, nil)
	c.next(time.Second, []Input{{Refused: tx.Malformed}}, nil, nil) // pays the fee of the first
	op, a := newPerson("v").address, newPerson("a").address
	for _, test := range []struct {
		name         string
		tokens, half coin.Amount // of the validator; the shares are twice as many as half
		held         uint64      // by a
		cut, taken   coin.Amount
		left         uint64
		written      bool
	}{
		{"a part", 2_000_000, 2_000_000, 30, 10, 10, 10, true},
		{"all that it is worth, and a share is over", 2_000_000, 2_000_000, 3, 1, 1, 1, true},
		{"more than it is worth", 2_000_000, 2_000_000, 30, 16, 15, 0, true},
		{"nothing held", 2_000_000, 2_000_000, 0, 10, 0, 0, false},
		{"nothing to cut", 2_000_000, 2_000_000, 30, 0, 0, 30, false},
		{"nothing to cut, of nothing", 0, 2_000_000, 30, 0, 0, 30, false},
		{"shares of nothing", 0, 2_000_000, 30, 10, 0, 0, true},
	} {
		base := c.memory.Fork()
		s := open(base, 4, c.time)
		before := mustValidator(base, op)
		after := before
		after.tokens, after.shares = test.tokens, uint64(2*test.half)
		s.setValidator(op, before, after)
		s.setShares(a, op, after, delegation{}, test.held)

		o := base.Fork()
		s = open(o, 4, c.time)
		s.totals.bonded = test.tokens
		taken := s.slashShares(a, op, test.cut)
		if left := readShares(o, a, op); taken != test.taken || left != test.left || (o.Len() > 0) != test.written {
			t.Errorf("%s: %s taken, %d shares left, %d keys written, want %s, %d, written %t",
				test.name, taken, left, o.Len(), test.taken, test.left, test.written)
		}
	}
}

// TestSlashDepartedEdges: what is missing is taken oldest first, to the last ublink, and no more than there is.
func TestSlashDepartedEdges(t *testing.T) {
	c := newMemoryChain(t, testGenesis(testParams(), []string{"a"}, []string{"v", "w"}, coin.Blink, coin.Blink))
	a, w := newPerson("a").address, newPerson("w").address
	for missing, want := range map[coin.Amount][4]coin.Amount{ // taken, and what is left of the entries of heights 3, 4, 5
		0: {0, 5, 5, 5},
		1: {1, 5, 4, 5},
		6: {6, 5, 0, 4},
		9: {9, 5, 0, 1}, 10: {10, 5, 0, 0}, 11: {10, 5, 0, 0},
	} {
		s := open(c.memory.Fork(), 9, c.time)
		for height := int64(3); height <= 5; height++ {
			s.setUnbonding(unbondingID{w, a, height}, unbonding{}, unbonding{amount: 5, completionTime: 1, completionHeight: 1})
		}
		got := [4]coin.Amount{s.slashDeparted(redelegationID{source: newPerson("v").address, delegator: a, dest: w, created: 4}, missing)}
		for i := range 3 {
			got[1+i] = readUnbonding(s.o, unbondingID{w, a, int64(3 + i)}).amount
		}
		if got != want {
			t.Errorf("%s missing: %v, want %v", missing, got, want)
		}
	}
}

// TestOneShareIsADelegation: who has the smallest delegation to as many validators as may be can add to each of them.
func TestOneShareIsADelegation(t *testing.T) {
	params := testParams()
	params.MinFee = 0
	validators := names("v", MaxDelegations+1)
	c := newMemoryChain(t, testGenesis(params, []string{"a"}, validators, coin.Blink, coin.Blink))
	a := newPerson("a")
	for i := 0; i < MaxDelegations; i += tx.MaxMsgs {
		var msgs []tx.Msg
		for _, name := range validators[i : i+tx.MaxMsgs] {
			msgs = append(msgs, tx.Delegate{Validator: newPerson(name).address, Amount: 1})
		}
		c.send(a, msgs...)
	}
	c.send(a, tx.Delegate{Validator: newPerson("v0").address, Amount: 1})
	r := open(c.memory.Fork(), c.height+1, c.time).delegate(a.address, tx.Delegate{Validator: newPerson(validators[MaxDelegations]).address, Amount: 1})
	if r == nil || r.Code != tx.TooManyDelegations {
		t.Errorf("one more: %v", r.public())
	}
}
