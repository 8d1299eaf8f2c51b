package app

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/genesis"
	"blink/tx"
)

// FuzzApplyBlock reads bytes as a chain of extremes: parameters at their bounds, the smallest and largest amounts, years
// between blocks, forged evidence. Nothing may halt, each block is audited in full, and CometBFT must take its updates.
// TestAgainstModel is for what comes out; this is for what nobody would think of.
func FuzzApplyBlock(f *testing.F) {
	for seed := range uint64(24) {
		r := rand.NewChaCha8([32]byte{byte(seed)})
		b := make([]byte, 700)
		r.Read(b)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		w := &extremes{rest: b}
		for i, name := range names("p", len(w.people)) {
			w.people[i] = newPerson(name)
		}
		doc := w.genesis()
		if doc.Validate() != nil {
			t.Skip()
		}
		w.chain = newMemoryChain(t, doc)
		for n := 0; len(w.rest) > 0 && n < 40; n++ {
			w.block(t)
		}
	})
}

// extremes makes a chain out of bytes; when they are used up, all is zero.
type extremes struct {
	rest   []byte
	people [6]person
	chain  *chain
}

func (w *extremes) below(n int) int {
	if len(w.rest) == 0 {
		return 0
	}
	x := w.rest[0]
	w.rest = w.rest[1:]
	return int(x) % n
}

func (w *extremes) number() uint64 {
	var b [8]byte
	for i := range b[:w.below(9)] {
		b[i] = byte(w.below(256))
	}
	return binary.LittleEndian.Uint64(b[:])
}

// amount is near an edge, often that of what there is.
func (w *extremes) amount(have coin.Amount) coin.Amount {
	edges := [...]uint64{0, 1, PowerUnit, uint64(have), uint64(have) / 2, uint64(have) / 3, uint64(have) / 1000, 1 << 32, 1 << 62, 1 << 63, math.MaxUint64}
	if i := w.below(len(edges) + 3); i < len(edges) {
		return max(1, coin.Amount(edges[i]+1-uint64(w.below(3))))
	}
	return max(1, coin.Amount(w.number()))
}

func (w *extremes) anyone() person { return w.people[w.below(len(w.people))] }

func (w *extremes) genesis() genesis.Document {
	p := testParams()
	for range w.below(12) {
		p = w.changed(p, w.change())
	}
	// Voting that is over soon, and evidence that fits, so that a chain of few blocks sees it.
	p.VotingSeconds, p.MinFee = 10, min(p.MinFee, 1000)
	doc := testGenesis(p, nil, nil, 0, 0)
	for i, who := range w.people {
		doc.Accounts = append(doc.Accounts, genesis.Account{Address: who.address, Balance: w.amount(1<<59) % (1 << 59)})
		doc.Accounts[i].Balance += p.MinFee * 100
		if i < 1+w.below(3) || i == 0 {
			c := tx.Commission{Rate: uint32(w.below(3)) * 5000, MaxRate: 10_000, MaxDailyChange: 10_000}
			bond := max(w.amount(1<<58)%(1<<58), p.MinSelfBond)
			doc.Validators = append(doc.Validators, genesis.Validator{Operator: who.address, ConsensusKey: who.consensus[:], SelfBond: bond, Moniker: who.name, Commission: c})
		}
	}
	return doc
}

func (w *extremes) change() tx.ParamChange {
	all := genesis.ParamNames()
	edges := [...]uint64{0, 1, 2, 10, 500, 2000, 3334, 5000, 6666, 9999, 10_000, PowerUnit, uint64(genesis.MaxMinFee), 315_360_000, 1_000_000_000}
	return tx.ParamChange{Name: all[w.below(len(all))], Value: edges[w.below(len(edges))]}
}

// changed is p with a change, if that is valid.
func (w *extremes) changed(p genesis.Params, c tx.ParamChange) genesis.Params {
	if next, err := changed(p, []tx.ParamChange{c}); err == nil {
		return next
	}
	return p
}

func (w *extremes) block(t *testing.T) {
	c := w.chain
	after := []time.Duration{time.Second, time.Nanosecond, 11 * time.Second, 61 * time.Second, 25 * time.Hour, 366 * 24 * time.Hour}[w.below(6)]
	nonces := make(map[crypto.Address]uint64)
	txs := make([]Input, w.below(6))
	for i := range txs {
		txs[i] = w.input(t, nonces, c.time.Add(after))
	}
	absent := make(map[[20]byte]bool)
	for range w.below(4) {
		absent[consensusAddress(w.anyone().consensus)] = true
	}
	var evidence []Evidence
	if w.below(16) == 0 {
		for range w.below(4) {
			e := c.evidenceOf(w.anyone(), max(1, c.height-int64(w.below(8))))
			e.Type = EvidenceType(1 + w.below(2))
			switch w.below(12) {
			case 0:
				e.Power = 0
			case 1:
				e.Power = MaxTotalPower
			case 2:
				e.Height, e.TotalPower = 0, -1
			}
			evidence = append(evidence, e)
		}
	}
	c.next(after, txs, absent, evidence)
}

func (w *extremes) input(t *testing.T, nonces map[crypto.Address]uint64, now time.Time) Input {
	who, state := w.anyone(), w.chain.state()
	a := AccountOf(state, who.address)
	if _, ok := nonces[who.address]; !ok {
		nonces[who.address] = a.Nonce
	}
	body := tx.Body{ChainID: testChain, Sender: who.address, Nonce: nonces[who.address], ValidUntil: now.Unix() + 60}
	for range []int{1, 1, 1, 2, 4}[w.below(5)] {
		body.Msgs = append(body.Msgs, w.msg(who, a.Balance))
	}
	body.Fee = LeastFee(body.Msgs, ParamsOf(state).MinFee)
	if w.below(16) == 0 {
		body.Fee = w.amount(a.Balance)
	}
	raw, err := tx.Sign(body, who.key)
	if err != nil {
		return Input{Refused: tx.InvalidField}
	}
	v, err := raw.Verify(testChain)
	if err != nil {
		t.Fatal(err)
	}
	if body.Fee <= a.Balance {
		nonces[who.address]++
	}
	return Input{ID: v.ID(), Tx: v}
}

func (w *extremes) msg(who person, balance coin.Amount) tx.Msg {
	state, op := w.chain.state(), w.anyone().address
	if own := Delegations(state, who.address); len(own) > 0 && w.below(4) > 0 {
		op = own[w.below(len(own))].Validator
	}
	v, _ := readValidator(state, op)
	amount, all := w.amount(v.value(readShares(state, who.address, op))), w.below(3) == 0
	if all {
		amount = 0
	}
	switch w.below(15) {
	case 0:
		return tx.Transfer{To: w.anyone().address, Amount: w.amount(balance)}
	case 1:
		return tx.CreateValidator{ConsensusKey: tx.ConsensusKey{Type: "ed25519", Key: who.consensus[:]}, SelfBond: max(coin.Blink, w.amount(balance)),
			MinSelfBond: coin.Blink, Moniker: who.name, Commission: tx.Commission{MaxRate: 10_000, MaxDailyChange: 10_000}}
	case 2, 3:
		return tx.Delegate{Validator: op, Amount: w.amount(balance)}
	case 4, 5:
		return tx.Undelegate{Validator: op, Amount: amount, All: all}
	case 6, 7:
		return tx.Redelegate{From: op, To: w.anyone().address, Amount: amount, All: all}
	case 8:
		if on := Unbondings(state, who.address); len(on) > 0 {
			u := on[w.below(len(on))]
			return tx.CancelUnbonding{Validator: u.Validator, CreatedHeight: u.CreatedHeight, Amount: amount, All: all}
		}
	case 9:
		return tx.SetWithdrawAddress{Address: w.anyone().address}
	case 10:
		return tx.SubmitProposal{Title: "t", Deposit: max(ParamsOf(state).MinDeposit, w.amount(balance)),
			Content: tx.ParamsProposal{Changes: []tx.ParamChange{w.change()}}}
	case 11, 12:
		if proposalCount(state) == 0 {
			break
		}
		return tx.Vote{Proposal: max(1, proposalCount(state)-uint64(w.below(2))), Option: []tx.VoteOption{tx.VoteYes, tx.VoteYes, tx.VoteNo, tx.VoteVeto}[w.below(4)]}
	case 13:
		rate := uint32(w.number() % 10_001)
		return tx.EditValidator{CommissionRate: &rate, MinSelfBond: amount}
	case 14:
		return tx.Unjail{}
	}
	return tx.WithdrawRewards{All: true}
}
