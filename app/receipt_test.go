package app

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// TestReceipts: a receipt names the accounts that a transaction touched, ascending, each once; of one that failed only its
// sender; of one that did not verify nobody. It says whether the transaction's fate is decided.
func TestReceipts(t *testing.T) {
	c := newMemoryChain(t, testGenesis(testParams(), []string{"a"}, []string{"v", "w"}, 100*coin.Blink, 10*coin.Blink))
	a, b, v, w := newPerson("a"), newPerson("b").address, newPerson("v").address, newPerson("w").address
	nonce := uint64(0)
	for _, test := range []struct {
		name    string
		nonce   uint64 // added to the right one
		msgs    []tx.Msg
		refused tx.Code
		want    Receipt
	}{
		{name: "transfer", msgs: []tx.Msg{tx.Transfer{To: b, Amount: 1}}, want: Receipt{tx.OK, accounts(a.address, b), true}},
		{name: "delegate", msgs: []tx.Msg{tx.Delegate{Validator: v, Amount: 5}}, want: Receipt{tx.OK, accounts(a.address, v), true}},
		{name: "undelegate", msgs: []tx.Msg{tx.Undelegate{Validator: v, Amount: 1}}, want: Receipt{tx.OK, accounts(a.address, v), true}},
		{name: "several", msgs: []tx.Msg{tx.Transfer{To: b, Amount: 1}, tx.Delegate{Validator: w, Amount: 1}, tx.Transfer{To: a.address, Amount: 1},
			tx.Undelegate{Validator: v, All: true}, tx.Transfer{To: b, Amount: 2}}, want: Receipt{tx.OK, accounts(a.address, b, v, w), true}},
		{name: "create a validator", msgs: []tx.Msg{tx.CreateValidator{ConsensusKey: tx.ConsensusKey{Type: "ed25519", Key: a.consensus[:]}, SelfBond: coin.Blink, Moniker: "m"}},
			want: Receipt{tx.OK, accounts(a.address), true}},
		{name: "redelegate", msgs: []tx.Msg{tx.Redelegate{From: w, To: v, Amount: 1}}, want: Receipt{tx.OK, accounts(a.address, v, w), true}},
		{name: "cancel an unbonding", msgs: []tx.Msg{tx.Undelegate{Validator: v, Amount: 1}, tx.CancelUnbonding{Validator: v, CreatedHeight: 8, All: true}},
			want: Receipt{tx.OK, accounts(a.address, v), true}},
		{name: "cancel alone", msgs: []tx.Msg{tx.CancelUnbonding{Validator: v, CreatedHeight: 5, All: true}}, want: Receipt{tx.OK, accounts(a.address, v), true}},
		{name: "withdraw from one", msgs: []tx.Msg{tx.WithdrawRewards{Validator: v}}, want: Receipt{tx.OK, accounts(a.address, v), true}},
		{name: "withdraw from all", msgs: []tx.Msg{tx.WithdrawRewards{All: true}}, want: Receipt{tx.OK, accounts(a.address), true}},
		{name: "choose where rewards go", msgs: []tx.Msg{tx.SetWithdrawAddress{Address: b}}, want: Receipt{tx.OK, accounts(a.address, b), true}},
		{name: "one fails", msgs: []tx.Msg{tx.Transfer{To: b, Amount: 1}, tx.Unjail{}}, want: Receipt{tx.NotJailed, accounts(a.address), true}},
		{name: "of a later nonce", nonce: 1, msgs: []tx.Msg{tx.Unjail{}}, want: Receipt{tx.NonceTooHigh, accounts(a.address), false}},
		{name: "malformed", refused: tx.Malformed, want: Receipt{tx.Malformed, nil, true}},
	} {
		in := Input{Refused: test.refused}
		if test.refused == tx.OK {
			in.Tx = signed(t, a, tx.Body{Nonce: nonce + test.nonce, Fee: 1000, ValidUntil: c.time.Unix() + 60, Msgs: test.msgs})
		}
		result, _ := c.next(time.Second, []Input{in}, nil, nil)
		got := result.Receipts[0]
		if got.Code != test.want.Code || got.Settled != test.want.Settled || !slices.Equal(got.Accounts, test.want.Accounts) {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
		nonce = AccountOf(c.state(), a.address).Nonce
	}
}

func accounts(list ...crypto.Address) []crypto.Address {
	slices.SortFunc(list, func(a, b crypto.Address) int { return bytes.Compare(a[:], b[:]) })
	return list
}

// TestUnknownMessage: a message that this version does not execute is refused, not skipped.
func TestUnknownMessage(t *testing.T) {
	c := newMemoryChain(t, testGenesis(testParams(), nil, []string{"v"}, 0, coin.Blink))
	type future struct{ tx.Unjail }
	r := open(c.memory.Fork(), 2, c.time).executeMsg(newPerson("v").address, future{})
	if r == nil || r.Code != tx.Unsupported {
		t.Errorf("got %v", r.public())
	}
}

// TestEventFields checks what the transcripts do not print.
func TestEventFields(t *testing.T) {
	c := newMemoryChain(t, testGenesis(testParams(), []string{"a"}, []string{"v", "w"}, 100*coin.Blink, 10*coin.Blink))
	a, v := newPerson("a"), newPerson("v")
	create := tx.CreateValidator{ConsensusKey: tx.ConsensusKey{Type: "ed25519", Key: a.consensus[:]}, SelfBond: coin.Blink, Moniker: "m"}
	in := Input{Tx: signed(t, a, tx.Body{Fee: 1000, ValidUntil: c.time.Unix() + 60, Msgs: []tx.Msg{create}})}
	result, _ := c.next(time.Second, []Input{in}, nil, []Evidence{c.evidenceOf(v, 1)})
	for _, want := range []Event{
		{Type: EventTombstone, Tx: -1, Validator: v.address, Height: 1},
		{Type: EventCreateValidator, Tx: 0, Account: a.address, Validator: a.address, Amount: coin.Blink},
	} {
		if !slices.Contains(result.Events, want) {
			t.Errorf("no %+v among %+v", want, result.Events)
		}
	}
	slashes := SlashesOf(c.state(), v.address)
	if len(slashes) != 1 || !slashes[0].Time.Equal(c.time) {
		t.Errorf("%+v, want one at %s", slashes, c.time)
	}
}
