package history

import (
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// verdict is what the model makes of a transaction in a block.
type verdict struct {
	code tx.Code // that it must have
	any  bool    // the model cannot tell: any code will do that a message may end with
	why  string  // for people
}

func mustBe(code tx.Code, why string) verdict { return verdict{code: code, why: why} }

// execute runs one transaction as the rules of the chain say. Where they leave a choice that the model cannot make, the
// code that the chain tells makes it; told is empty where the chain does not tell.
func (m *model) execute(body tx.Body, now time.Time, told string) verdict {
	a := m.account(body.Sender)
	switch {
	case isPast(body.ValidUntil, now):
		return mustBe(tx.Expired, "block time is past its valid_until")
	case body.ValidUntil-tx.MaxValidFor > now.Unix():
		return mustBe(tx.ValidUntilTooFar, "its valid_until is too far ahead of block time")
	}
	if v, done := m.useNonce(a, body, told); done {
		return v
	}
	if v, done := m.takeFee(a, body, told); done {
		return v
	}
	if onlyTransfers(body.Msgs) {
		return m.transfers(a, body)
	}
	return m.messages(a, body, told)
}

// useNonce refuses a wrong nonce. A right one is used up by takeFee, if the fee can be paid.
func (m *model) useNonce(a *account, body tx.Body, told string) (v verdict, done bool) {
	nonce, known := body.Nonce, a.low == a.high
	switch {
	case nonce < a.low:
		return mustBe(tx.NonceTooLow, "its nonce was used before"), true
	case nonce > a.high:
		return mustBe(tx.NonceTooHigh, "nonces before its own are missing"), true
	case !known && told == tx.NonceTooLow.String():
		a.low = nonce + 1
		return mustBe(tx.NonceTooLow, ""), true
	case !known && told == tx.NonceTooHigh.String() && nonce > a.low:
		a.high = nonce - 1
		return mustBe(tx.NonceTooHigh, ""), true
	case !known && told == "":
		a.high = max(a.high, nonce+1)
		m.perhaps(body)
		return verdict{any: true}, true
	}
	return verdict{}, false
}

// takeFee takes the fee and the nonce, or refuses without any effect.
func (m *model) takeFee(a *account, body tx.Body, told string) (v verdict, done bool) {
	perUnit := body.Fee / feeUnits(body.Msgs)
	switch {
	case perUnit < m.feeLow:
		return mustBe(tx.FeeTooLow, "its fee is below "+(feeUnits(body.Msgs)*m.feeLow).String()), true
	case perUnit < m.feeHigh && told == tx.FeeTooLow.String():
		return mustBe(tx.FeeTooLow, ""), true
	case perUnit < m.feeHigh && told == "":
		m.unclear(a, body, told)
		return verdict{any: true}, true
	case !a.opaque && a.balance < body.Fee:
		return mustBe(tx.InsufficientBalance, "its sender cannot pay the fee: it has "+a.balance.String()), true
	case a.opaque && (told == tx.InsufficientBalance.String() || told == ""):
		m.unclear(a, body, told)
		return verdict{any: true}, true
	}
	a.low, a.high = body.Nonce+1, body.Nonce+1
	if !a.opaque {
		a.balance -= body.Fee
	}
	return verdict{}, false
}

func onlyTransfers(msgs []tx.Msg) bool {
	for _, msg := range msgs {
		if _, ok := msg.(tx.Transfer); !ok {
			return false
		}
	}
	return true
}

// transfers moves the coins of all messages, or of none.
func (m *model) transfers(a *account, body tx.Body) verdict {
	if v, ok := affords(a, body); !ok {
		return v
	}
	m.move(a, body)
	return mustBe(tx.OK, "its sender could pay for it")
}

// affords goes through the messages as they take from the balance; what a sender pays itself comes back at once.
func affords(a *account, body tx.Body) (verdict, bool) {
	left := a.balance
	for _, msg := range body.Msgs {
		out := msg.Outgoing()
		if !a.opaque && out > left {
			return mustBe(tx.InsufficientBalance, "its sender had "+left.String()+" left for "+out.String()), false
		}
		if t, ok := msg.(tx.Transfer); !ok || t.To != body.Sender {
			left -= out
		}
	}
	return verdict{}, true
}

// move moves the coins of the transfers.
func (m *model) move(a *account, body tx.Body) {
	type gift struct {
		to     crypto.Address
		amount coin.Amount
	}
	var gifts []gift
	for _, msg := range body.Msgs {
		if t, ok := msg.(tx.Transfer); ok && t.To != body.Sender {
			if !a.opaque {
				a.balance -= t.Amount
			}
			gifts = append(gifts, gift{t.To, t.Amount})
		}
	}
	for _, g := range gifts {
		m.credit(g.to, g.amount)
	}
}
