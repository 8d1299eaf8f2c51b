package app

import (
	"testing"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// TestPagesOfStake: pages of any size, one after the other, are the whole list.
func TestPagesOfStake(t *testing.T) {
	users := names("u", 7)
	c := newMemoryChain(t, testGenesis(testParams(), users, []string{"v", "w"}, 100*coin.Blink, 10*coin.Blink))
	v := newPerson("v").address
	for round := range 3 {
		var txs []Input
		for i, name := range users {
			u := newPerson(name)
			msgs := []tx.Msg{tx.Delegate{Validator: v, Amount: coin.Blink}}
			if i >= round*2 {
				msgs = append(msgs, tx.Undelegate{Validator: v, Amount: 1000})
			}
			signedTx := signed(t, u, tx.Body{Nonce: uint64(round), Fee: 1000, ValidUntil: c.time.Unix() + 60, Msgs: msgs})
			txs = append(txs, Input{ID: signedTx.ID(), Tx: signedTx})
		}
		c.next(time.Second, txs, nil, nil)
	}
	delegations := DelegationsTo(c.state(), v, crypto.Address{}, 100)
	if len(delegations) != 8 { // the operator is one of them
		t.Fatalf("%d delegations", len(delegations))
	}
	unbondings := UnbondingsFrom(c.state(), v, crypto.Address{}, 100)
	if len(unbondings) != 7+5+3 {
		t.Fatalf("%d unbondings", len(unbondings))
	}
	for limit := 1; limit <= 9; limit++ {
		var after crypto.Address
		var pages []Delegation
		for page := DelegationsTo(c.state(), v, after, limit); len(page) > 0; page = DelegationsTo(c.state(), v, after, limit) {
			if len(page) > limit {
				t.Fatalf("a page of %d has %d delegations", limit, len(page))
			}
			after, pages = page[len(page)-1].Delegator, append(pages, page...)
		}
		requireSame(t, pages, delegations)

		after = crypto.Address{}
		var entries []Unbonding
		for page := UnbondingsFrom(c.state(), v, after, limit); len(page) > 0; page = UnbondingsFrom(c.state(), v, after, limit) {
			after, entries = page[len(page)-1].Delegator, append(entries, page...)
		}
		requireSame(t, entries, unbondings)
	}
	if all := DelegationsTo(c.state(), newPerson("nobody").address, crypto.Address{}, 10); len(all) != 0 {
		t.Errorf("nobody has delegations: %v", all)
	}
}

func requireSame[T comparable](t *testing.T, got, want []T) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("%d: got %v, want %v", i, got[i], want[i])
		}
	}
}
