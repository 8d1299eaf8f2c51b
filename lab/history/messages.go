package history

import "blink/tx"

// messages runs a transaction with more than transfers in it. Whether it succeeds the chain tells; the model knows only
// that nobody bonds or deposits what is not there.
func (m *model) messages(a *account, body tx.Body, told string) verdict {
	if told == "" {
		m.perhaps(body)
		return verdict{any: true}
	}
	if told != tx.OK.String() {
		return verdict{any: true}
	}
	v, ok := affords(a, body)
	if ok || a.holder {
		v = mustBe(tx.OK, "")
	}
	for _, msg := range body.Msgs {
		if t, ok := msg.(tx.Transfer); ok && t.To != body.Sender {
			m.credit(t.To, t.Amount)
		}
		if w, ok := msg.(tx.SetWithdrawAddress); ok {
			m.hide(w.Address)
		}
	}
	m.hide(body.Sender)
	m.noteSuccess(body)
	return v
}

// noteSuccess notes what the success of messages makes uncertain for everybody.
func (m *model) noteSuccess(body tx.Body) {
	m.staked = true
	for _, msg := range body.Msgs {
		if p, ok := msg.(tx.SubmitProposal); ok {
			m.proposed(p.Content)
		}
	}
}

// unclear: the balance did not suffice, or nothing is told. If it did not suffice for the fee, the nonce is not used up;
// if for a message, it is. The account's next transaction will show.
func (m *model) unclear(a *account, body tx.Body, told string) {
	a.low, a.high = body.Nonce, body.Nonce+1
	if told == "" {
		m.perhaps(body)
	}
}

// perhaps: it is not told whether the messages succeeded, so whoever they may have paid is opaque.
func (m *model) perhaps(body tx.Body) {
	if !onlyTransfers(body.Msgs) {
		m.noteSuccess(body)
	}
	m.hide(body.Sender)
	for _, msg := range body.Msgs {
		switch msg := msg.(type) {
		case tx.Transfer:
			m.hide(msg.To)
		case tx.SetWithdrawAddress:
			m.hide(msg.Address)
		}
	}
}
