package history_test

import (
	"fmt"

	"blink/app"
	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// transaction is one of a random account: most are good, some are refused without effect, as a Byzantine proposer may
// have them in a block.
func (w *world) transaction(next map[crypto.Address]uint64) (tx.Signed, string) {
	key := w.anyone()
	sender := key.Address()
	if _, ok := next[sender]; !ok {
		next[sender] = app.AccountOf(w.state, sender).Nonce
	}
	body := tx.Body{Nonce: next[sender], ValidUntil: w.time.Unix() + 60, Memo: fmt.Sprint(len(w.blocks), " ", w.r.Uint64())}
	next[sender]++
	for range 1 + w.r.IntN(3) {
		body.Msgs = append(body.Msgs, w.message(sender))
	}
	body.Fee = w.doc.Params.MinFee + coin.Amount(w.r.IntN(1000))
	if w.stake {
		body.Fee *= 3 // enough for all that three messages may weigh
	}
	switch w.r.IntN(60) {
	case 0:
		body.Nonce++
	case 1:
		body.Nonce = max(body.Nonce, 1) - 1
	case 2:
		body.Fee = w.doc.Params.MinFee - 1
	case 3:
		body.ValidUntil = w.time.Unix() + 3700
	}
	return sign(body, key), ""
}

func (w *world) address() crypto.Address {
	a := w.anyone().Address()
	if w.once(8) {
		a = keyOf(fmt.Sprint("stranger ", w.r.IntN(20))).Address()
	}
	w.names[a] = true
	return a
}

func (w *world) operator() crypto.Address {
	return w.operators[w.r.IntN(len(w.operators))]
}

func (w *world) amount() coin.Amount {
	if w.once(8) {
		return coin.Amount(1 + w.r.Uint64N(uint64(60*coin.Blink))) // more than most have
	}
	return coin.Amount(1 + w.r.IntN(200_000))
}

func (w *world) message(sender crypto.Address) tx.Msg {
	if !w.stake || w.once(2) {
		return tx.Transfer{To: w.address(), Amount: w.amount()}
	}
	switch w.r.IntN(11) {
	case 0, 1:
		return tx.Delegate{Validator: w.operator(), Amount: w.amount()}
	case 2:
		return tx.Undelegate{Validator: w.operator(), Amount: w.amount()}
	case 3:
		return tx.WithdrawRewards{All: true}
	case 4:
		return tx.SetWithdrawAddress{Address: w.address()}
	case 5:
		return tx.Undelegate{Validator: w.operator(), All: true}
	case 6:
		return tx.Vote{Proposal: 1 + uint64(w.r.IntN(3)), Option: tx.VoteYes}
	case 7:
		changes := []tx.ParamChange{{Name: "min_fee", Value: uint64(500 + w.r.IntN(1500))}}
		return tx.SubmitProposal{Title: "t", Deposit: w.doc.Params.MinDeposit, Content: tx.ParamsProposal{Changes: changes}}
	case 8:
		return tx.CreateValidator{ConsensusKey: tx.ConsensusKey{Type: "ed25519", Key: consensusKeyOf("of " + sender.String())},
			SelfBond: coin.Blink + w.amount(), Moniker: "new"}
	case 9:
		return tx.SubmitProposal{Title: "t", Deposit: w.doc.Params.MinDeposit, Content: tx.TextProposal{}}
	}
	return tx.EditValidator{Moniker: "another"}
}
