package app

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"blink/coin"
	"blink/store"
	"blink/tx"
)

// TestDeterminism runs the same busy blocks through two fresh states and compares every change, receipt, update and
// event of every block. Go orders maps anew at each walk, so a range over one would show.
func TestDeterminism(t *testing.T) {
	blocks := randomBlocks(t, 80)
	first, second := transcript(blocks), ""
	for range 2 {
		runtime.GC()
		if second = transcript(blocks); second != first {
			t.Fatal(firstDifference(first, second))
		}
	}
}

// transcript is everything that the blocks write and return, as text.
func transcript(blocks []Block) string {
	var out bytes.Buffer
	state := store.NewOverlay(void{})
	o := state.Fork()
	fmt.Fprintln(&out, InitChain(o, busyGenesis))
	o.Join()
	for _, b := range blocks {
		o := state.Fork()
		result := ApplyBlock(o, b)
		fmt.Fprintf(&out, "%+v\n", result)
		o.Changes(func(k, v []byte) bool { fmt.Fprintf(&out, "%x=%x\n", k, v); return true })
		o.Join()
	}
	return out.String()
}

var busyGenesis = testGenesis(testParams(), names("u", 10), names("v", 4), 1000*coin.Blink, 10*coin.Blink)

// randomBlocks has valid and invalid transactions, absences and evidence.
func randomBlocks(t *testing.T, n int) []Block {
	r := rand.New(rand.NewPCG(4, 4))
	users, validators := make([]person, 10), make([]person, 4)
	for i := range users {
		users[i] = newPerson(fmt.Sprint("u", i))
	}
	for i := range validators {
		validators[i] = newPerson(fmt.Sprint("v", i))
	}
	nonces := make([]uint64, len(users))
	blocks := make([]Block, n)
	now := genesisTime
	for h := range blocks {
		now = now.Add(time.Duration(1+r.IntN(20)) * time.Second)
		b := Block{Height: int64(h + 1), Time: now}
		for range r.IntN(6) {
			i := r.IntN(len(users))
			val, amount := validators[r.IntN(len(validators))].address, coin.Amount(1+r.Int64N(3_000_000))
			msgs := []tx.Msg{
				tx.Transfer{To: users[r.IntN(len(users))].address, Amount: amount},
				tx.Delegate{Validator: val, Amount: amount}, tx.Undelegate{Validator: val, Amount: amount},
				tx.CreateValidator{ConsensusKey: tx.ConsensusKey{Type: "ed25519", Key: users[i].consensus[:]}, SelfBond: amount, Moniker: "m"}, tx.Unjail{},
			}
			v := signed(t, users[i], tx.Body{Nonce: nonces[i], Fee: 1000, ValidUntil: now.Unix() + 30, Msgs: []tx.Msg{msgs[r.IntN(len(msgs))]}})
			nonces[i]++
			b.Txs = append(b.Txs, Input{ID: v.ID(), Tx: v})
		}
		for _, v := range validators {
			b.LastCommit = append(b.LastCommit, Vote{Address: consensusAddress(v.consensus), Power: 10, Absent: r.IntN(5) == 0})
		}
		if r.IntN(60) == 0 {
			v := validators[r.IntN(len(validators))]
			b.Evidence = []Evidence{{Address: consensusAddress(v.consensus), Height: b.Height, Power: 10, Type: DuplicateVote}}
		}
		blocks[h] = b
	}
	return blocks
}
