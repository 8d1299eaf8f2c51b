package app

import (
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/store"
	"blink/tx"
)

// BenchmarkPunish runs blocks with evidence against a validator with more and more delegators, on a real store, without
// saving them: it must cost the same for all.
func BenchmarkPunish(b *testing.B) {
	for _, delegators := range []int{10, 1000, 100_000} {
		b.Run(fmt.Sprintf("delegators=%d", delegators), func(b *testing.B) {
			c := newChain(b, testGenesis(testParams(), names("u", 1), names("v", 4), coin.Blink, 10*coin.Blink))
			delegateFromMany(b, c, newPerson("v0").address, delegators)
			e := c.evidenceOf(newPerson("v0"), 1)
			block := Block{Height: c.height + 1, Time: c.time.Add(time.Second), Evidence: []Evidence{e}}
			b.ReportAllocs()
			for b.Loop() {
				if events := ApplyBlock(store.NewOverlay(c.state()), block).Events; events[0].Type != EventSlash {
					b.Fatal(events)
				}
			}
		})
	}
}

// delegateFromMany gives a validator n delegators out of nowhere and saves the block.
func delegateFromMany(b *testing.B, c *chain, op crypto.Address, n int) {
	c.height, c.time = c.height+1, c.time.Add(time.Second)
	o := c.overlay()
	s := open(o, c.height, c.time)
	for i := range n {
		var delegator crypto.Address
		binary.BigEndian.PutUint64(delegator[1:], uint64(i+1)*0x9e3779b97f4a7c15) // spread over the tree
		s.issue(coin.Blink)
		s.bond(delegator, op, coin.Blink, uint64(coin.Blink))
	}
	s.rotateValidators()
	s.assertInvariants()
	if err := Audit(o); err != nil {
		b.Fatal(err)
	}
	c.commit(o, c.height)
}

// BenchmarkApplyStaking runs blocks of staking messages of 100 accounts with 4 validators on a real store, without saving
// them. BenchmarkApplyBlock/transfers=1000 is the measure.
func BenchmarkApplyStaking(b *testing.B) {
	for _, kind := range []string{"delegate", "undelegate", "redelegate", "withdraw", "mixed"} {
		b.Run(fmt.Sprintf("messages=1000/%s", kind), func(b *testing.B) {
			c := newChain(b, testGenesis(testParams(), names("u", 100), names("v", 4), 1_000_000*coin.Blink, 10*coin.Blink))
			validators := make([]crypto.Address, 4)
			for i, name := range names("v", 4) {
				validators[i] = newPerson(name).address
			}
			messages := map[string]tx.Msg{
				"delegate":   tx.Delegate{Validator: validators[0], Amount: 1_000_000},
				"undelegate": tx.Undelegate{Validator: validators[1], Amount: 1_000_000},
				"redelegate": tx.Redelegate{From: validators[2], To: validators[3], Amount: 1_000_000},
				"withdraw":   tx.WithdrawRewards{Validator: validators[0]},
			}
			var first []tx.Msg
			for _, op := range validators {
				first = append(first, tx.Delegate{Validator: op, Amount: 100 * coin.Blink})
			}
			c.next(time.Second, fromEach(b, c, 1, func(int) []tx.Msg { return first }), nil, nil)
			block := Block{Height: c.height + 1, Time: c.time.Add(time.Second), Txs: fromEach(b, c, 10, func(i int) []tx.Msg {
				if kind == "mixed" {
					return []tx.Msg{messages[[]string{"delegate", "undelegate", "redelegate", "withdraw"}[i%4]]}
				}
				return []tx.Msg{messages[kind]}
			})}
			b.ReportAllocs()
			for b.Loop() {
				for _, r := range ApplyBlock(store.NewOverlay(c.state()), block).Receipts {
					if r.Code != tx.OK {
						b.Fatal(r.Code)
					}
				}
			}
		})
	}
}

// fromEach makes n transactions of each of the 100 accounts, by turns.
func fromEach(b *testing.B, c *chain, n int, msgs func(i int) []tx.Msg) []Input {
	var txs []Input
	for i := range 100 * n {
		u := newPerson(fmt.Sprint("u", i%100))
		nonce := AccountOf(c.state(), u.address).Nonce + uint64(i/100)
		v := signed(b, u, tx.Body{Nonce: nonce, Fee: 1000, ValidUntil: c.time.Unix() + 60, Msgs: msgs(i/100 + i%100)})
		txs = append(txs, Input{ID: v.ID(), Tx: v})
	}
	return txs
}
