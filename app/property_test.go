package app

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"pgregory.net/rapid"

	"blink/coin"
	"blink/crypto"
	"blink/genesis"
	"blink/tx"
)

// TestAgainstModel runs random blocks of random users, operators and attackers through the state machine and through its
// dumb twin. After every block both agree on every receipt, account, validator, delegation, unbonding entry, on the
// validator set and on the supply; Audit finds nothing; CometBFT accepts the updates; and an empty block writes nothing.
func TestAgainstModel(t *testing.T) {
	people := make([]person, 8)
	for i, name := range names("p", len(people)) {
		people[i] = newPerson(name)
	}
	blocks, txs := 0, 0
	outcomes := make(map[string]int)
	rapid.Check(t, func(t *rapid.T) {
		doc := randomGenesis(t, people)
		g := &generator{t: t, people: people, chain: newMemoryChain(t, doc), model: newModel(doc), reused: map[crypto.Address]tx.Verified{}}
		g.model.apply(Block{Height: 1, Time: g.chain.time})
		g.compare()
		for range rapid.IntRange(1, 25).Draw(t, "blocks") {
			codes := g.block()
			blocks, txs = blocks+1, txs+len(codes)
			for _, c := range codes {
				outcomes[c.String()]++
			}
		}
	})
	t.Logf("%d blocks, %d transactions: %v", blocks, txs, outcomes)
}

func randomGenesis(t *rapid.T, people []person) genesis.Document {
	params := testParams()
	params.MaxValidators = rapid.Int64Range(1, 4).Draw(t, "max validators")
	params.SlashDoubleSign = rapid.SampledFrom([]uint32{500, 3333, 10_000}).Draw(t, "slash double sign")
	params.SlashDowntime = rapid.SampledFrom([]uint32{0, 1, 500}).Draw(t, "slash downtime")
	params.DowntimeMaxMissed = rapid.Int64Range(1, 3).Draw(t, "max missed")
	params.JailSeconds = 20
	params.Inflation = rapid.SampledFrom([]uint32{0, 500, 2000}).Draw(t, "inflation")
	doc := genesis.Document{ChainID: testChain, GenesisTime: genesisTime, Params: params}
	validators := rapid.IntRange(1, 4).Draw(t, "validators")
	for i, p := range people {
		doc.Accounts = append(doc.Accounts, genesis.Account{Address: p.address, Balance: 50 * coin.Blink})
		if i < validators {
			bond := coin.Amount(rapid.Uint64Range(1_000_000, 5_000_000).Draw(t, "bond"))
			rate := tx.Commission{Rate: rapid.Uint32Range(0, 10_000).Draw(t, "commission"), MaxRate: 10_000}
			doc.Validators = append(doc.Validators, genesis.Validator{Operator: p.address, ConsensusKey: p.consensus[:], SelfBond: bond, Moniker: p.name, Commission: rate})
		}
	}
	return doc
}

// generator makes random blocks for the chain and its model.
type generator struct {
	t      *rapid.T
	people []person
	chain  *chain
	model  *model
	reused map[crypto.Address]tx.Verified // a transaction of before, to be replayed
}

func (g *generator) anyone(label string) person { return rapid.SampledFrom(g.people).Draw(g.t, label) }

func (g *generator) block() []tx.Code {
	c := g.chain
	after := rapid.SampledFrom([]time.Duration{time.Millisecond, time.Second, 1500 * time.Millisecond, 30 * time.Second, 300 * time.Second,
		24 * time.Hour, 400 * 24 * time.Hour}).Draw(g.t, "after")
	next := make(map[crypto.Address]uint64)
	txs := make([]Input, rapid.SampledFrom([]int{0, 1, 2, 3, 5}).Draw(g.t, "txs"))
	for i := range txs {
		txs[i] = g.input(next, c.time.Add(after))
	}
	absent := make(map[[20]byte]bool)
	for range rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(g.t, "absent") {
		absent[consensusAddress(g.anyone("absent").consensus)] = true
	}
	var evidence []Evidence
	for range rapid.SampledFrom([]int{0, 0, 0, 0, 0, 1, 2}).Draw(g.t, "evidence") {
		height := max(1, c.height-int64(rapid.IntRange(0, 3).Draw(g.t, "age")))
		evidence = append(evidence, c.evidenceOf(g.anyone("evidence"), height))
	}

	b := Block{Height: c.height + 1, Time: c.time.Add(after), Txs: txs, Evidence: evidence}
	for _, v := range c.sets[c.height].Validators {
		b.LastCommit = append(b.LastCommit, Vote{Address: [20]byte(v.Address), Power: v.VotingPower, Absent: absent[[20]byte(v.Address)]})
	}
	codes := g.model.apply(b)
	result, changes := c.next(after, txs, absent, evidence)
	for i, r := range result.Receipts {
		if r.Code != codes[i] {
			g.t.Fatalf("height %d, transaction %d is %s, the model says %s: %+v", b.Height, i, r.Code, codes[i], txs[i].Tx.Body())
		}
	}
	released := false
	for _, e := range result.Events {
		released = released || e.Type == EventRelease
	}
	if len(txs)+len(evidence) == 0 && !released && changes > 0 {
		g.t.Fatalf("height %d: an empty block writes %d keys", b.Height, changes)
	}
	g.compare()
	return codes
}

func (g *generator) input(next map[crypto.Address]uint64, now time.Time) Input {
	who := g.anyone("sender")
	if old, ok := g.reused[who.address]; ok && rapid.IntRange(0, 19).Draw(g.t, "replay") == 0 {
		return Input{ID: old.ID(), Tx: old}
	}
	if _, ok := next[who.address]; !ok {
		next[who.address] = AccountOf(g.chain.state(), who.address).Nonce
	}
	body := tx.Body{Nonce: next[who.address], Fee: 1000, ValidUntil: now.Unix() + 60}
	valid := false
	switch rapid.IntRange(0, 19).Draw(g.t, "flaw") {
	case 19:
		return Input{Refused: tx.BadSignature}
	case 18:
		body.Nonce++
	case 17:
		body.Fee = 999
	case 16:
		body.ValidUntil = now.Unix() - 1
	case 15:
		body.ValidUntil = now.Unix() + 3601
	default:
		valid = true
	}
	for range rapid.SampledFrom([]int{1, 1, 1, 2, 3}).Draw(g.t, "msgs") {
		body.Msgs = append(body.Msgs, g.msg(who))
	}
	v := signed(g.t, who, body)
	if valid {
		next[who.address]++
	}
	g.reused[who.address] = v
	return Input{ID: v.ID(), Tx: v}
}

func (g *generator) msg(who person) tx.Msg {
	amount := coin.Amount(rapid.OneOf(rapid.Uint64Range(1, 3), rapid.Uint64Range(1, 5_000_000), rapid.Just(uint64(40_000_000))).Draw(g.t, "amount"))
	validator := func() crypto.Address { return rapid.SampledFrom(g.people[:5]).Draw(g.t, "validator").address }
	delegated := func() crypto.Address { // mostly one that who has a delegation to
		if own := Delegations(g.chain.state(), who.address); len(own) > 0 && rapid.IntRange(0, 9).Draw(g.t, "own") > 0 {
			return own[rapid.IntRange(0, len(own)-1).Draw(g.t, "delegation")].Validator
		}
		return g.anyone("validator").address
	}
	switch rapid.IntRange(0, 11).Draw(g.t, "msg") {
	case 0, 1:
		return tx.Transfer{To: g.anyone("to").address, Amount: amount}
	case 2, 3:
		key := rapid.SampledFrom([]person{who, who, g.people[0]}).Draw(g.t, "key").consensus
		return tx.CreateValidator{ConsensusKey: tx.ConsensusKey{Type: "ed25519", Key: key[:]}, SelfBond: amount, MinSelfBond: amount / 2, Moniker: who.name}
	case 4, 5, 6:
		return tx.Delegate{Validator: validator(), Amount: amount}
	case 7, 8:
		return tx.Undelegate{Validator: delegated(), Amount: amount}
	case 9, 10:
		return tx.Undelegate{Validator: delegated(), All: true}
	}
	return tx.Unjail{}
}

// compare checks every record against the model.
func (g *generator) compare() {
	r, m, t := g.chain.state(), g.model, g.t
	equal := func(what string, got, want any) {
		if a, b := fmt.Sprint(got), fmt.Sprint(want); a != b {
			t.Fatalf("height %d: %s is %s, the model says %s", g.chain.height, what, a, b)
		}
	}
	var unbonding coin.Amount
	for _, p := range g.people {
		a := AccountOf(r, p.address)
		equal("balance of "+p.name, a.Balance, m.account(p.address).balance)
		equal("nonce of "+p.name, a.Nonce, m.account(p.address).nonce)

		var want []string
		for _, q := range g.people { // by operator below
			if v := m.validators[q.address]; v != nil && v.shares[p.address] != nil {
				want = append(want, fmt.Sprint(q.name, v.shares[p.address], v.value(v.shares[p.address])))
			}
		}
		equal("number of delegations of "+p.name, len(Delegations(r, p.address)), len(want))
		got := make(map[string]bool)
		for _, d := range Delegations(r, p.address) {
			got[fmt.Sprint(g.nameOf(d.Validator), d.Shares, d.Amount)] = true
		}
		for _, w := range want {
			equal("delegation "+w+" of "+p.name, got[w], true)
		}

		entries := 0
		for _, u := range m.unbondings {
			if u.delegator == p.address {
				entries++
			}
		}
		equal("number of unbondings of "+p.name, len(Unbondings(r, p.address)), entries)
		for _, u := range Unbondings(r, p.address) {
			unbonding += u.Amount
			for _, w := range m.unbondings {
				if w.delegator == p.address && w.validator == u.Validator && w.created == u.CreatedHeight {
					equal("unbonding of "+p.name, u.Amount, w.amount)
				}
			}
		}
	}
	for _, v := range Validators(r) {
		w := m.validators[v.Operator]
		equal("validator "+v.Moniker, fmt.Sprint(v.Status, v.Tokens, v.Shares, v.SelfBond),
			fmt.Sprint(w.status, w.tokens, w.total(), w.value(w.shares[v.Operator])))
	}
	for op, v := range m.validators {
		has := mustValidator(r, op)
		equal("purse of "+g.nameOf(op), uint64(has.purse), v.purse)
		for delegator := range v.shares {
			equal("reward of "+g.nameOf(delegator), uint64(has.earned(readDelegation(r, delegator, op))), v.owed(delegator))
		}
	}
	equal("number of validators", len(Validators(r)), len(m.validators))
	told := make(map[crypto.Address]int64)
	for _, member := range lastSent(r) {
		told[member.operator] = member.power
	}
	equal("validator set", maps.Equal(told, m.told), true)
	for _, v := range g.chain.sets[g.chain.height+2].Validators {
		op, _ := operatorOf(r, [20]byte(v.Address))
		equal("CometBFT's power of "+g.nameOf(op), v.VotingPower, m.told[op])
	}
	equal("size of CometBFT's set", g.chain.sets[g.chain.height+2].Size(), len(m.told))
	s := SupplyOf(r)
	equal("fees", s.Fees, m.fees)
	equal("burned", s.Burned, m.burned)
	equal("unbonding", s.Unbonding, unbonding)
	equal("issued", s.Issued, m.issued)
	equal("rewards", s.Rewards, m.unpaid)
}

func (g *generator) nameOf(a crypto.Address) string {
	for _, p := range g.people {
		if p.address == a {
			return p.name
		}
	}
	return a.String()
}
