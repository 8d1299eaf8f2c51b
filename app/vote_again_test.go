package app

import (
	"slices"
	"testing"

	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// TestTheSameVoteAgain writes nothing: what was said is said.
func TestTheSameVoteAgain(t *testing.T) {
	c := governed(t, tx.TextProposal{})
	voter := newPerson("a0")
	c.send(voter, tx.Vote{Proposal: 1, Option: tx.VoteYes})
	for option, written := range map[tx.VoteOption]bool{tx.VoteYes: false, tx.VoteNo: true} {
		o := c.memory.Fork()
		if r := open(o, c.height+1, c.time).vote(voter.address, tx.Vote{Proposal: 1, Option: option}); r != nil || (o.Len() > 0) != written {
			t.Errorf("%s after yes: %v, %d keys written, want %t", option, r.public(), o.Len(), written)
		}
	}
}

// TestEarnsFromEachOnce: an operator's own validator is listed once, with or without stake of its own there.
func TestEarnsFromEachOnce(t *testing.T) {
	params := testParams()
	params.MinFee = 0
	c := newMemoryChain(t, testGenesis(params, []string{"v", "w", "a0"}, []string{"v", "w"}, coin.Blink, coin.Blink))
	for _, name := range []string{"v", "w", "a0"} {
		who := newPerson(name)
		for _, other := range []string{"v", "w"} {
			c.send(who, tx.Delegate{Validator: newPerson(other).address, Amount: 1})
		}
		want := accounts(newPerson("v").address, newPerson("w").address)
		if got := earnsFrom(c.state(), who.address); !slices.Equal(got, want) {
			t.Errorf("%s earns from %v, want %v", name, got, want)
		}
	}
	o := c.memory.Fork()
	v := newPerson("v").address
	o.Delete(delegationKey(v, v))
	if got := earnsFrom(o, v); !slices.Equal(got, []crypto.Address{newPerson("w").address, v}) {
		t.Errorf("an operator without stake of its own earns from %v", got)
	}
}
