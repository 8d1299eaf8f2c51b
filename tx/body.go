package tx

import (
	"blink/coin"
	"blink/crypto"
)

// Body is what the sender signs: everything of a transaction but the witness.
type Body struct {
	ChainID    string         `json:"chain_id"`    // the one chain that it is meant for
	Sender     crypto.Address `json:"sender"`      // whose nonce and coins it uses
	Nonce      uint64         `json:"nonce"`       // the sender's transactions so far; consecutive, from 0
	Fee        coin.Amount    `json:"fee"`         // ublink, paid even when the messages fail
	ValidUntil int64          `json:"valid_until"` // unix seconds of block time; in a later block it can no longer execute
	Memo       string         `json:"memo"`        // the sender's text: at most MaxMemoBytes of UTF-8, never to be trusted
	Msgs       []Msg          `json:"msgs"`        // 1 to MaxMsgs, executed together or not at all
}

// Cost is what the sender must own: the fee and all that leaves with the messages. It is false when that does not fit
// 64 bits, which Encode and Decode refuse.
func (b Body) Cost() (coin.Amount, bool) {
	total, ok := b.Fee, true
	for _, m := range b.Msgs {
		if total, ok = total.Add(m.Outgoing()); !ok {
			return 0, false
		}
	}
	return total, true
}

// Encode gives the canonical bytes, the ones to sign. It refuses a body that breaks a stateless bound, so what it
// gives always decodes. The error is a *Refusal.
func (b Body) Encode() ([]byte, error) {
	if r := b.check(); r != nil {
		return nil, r.within("body")
	}
	return b.appendFields(make([]byte, 0, 256)), nil
}

// DecodeBody reads canonical bytes, and nothing else. The body's byte slices are parts of raw, which must not be
// written to any more. The error is a *Refusal.
func DecodeBody(raw []byte) (Body, error) {
	b, r := decodeBody(raw)
	return b, r.within("body").asError()
}

func decodeBody(raw []byte) (Body, *Refusal) {
	if len(raw) > MaxTxBytes {
		return Body{}, refuse(TooLarge, "", "must be at most %d bytes, was %d", MaxTxBytes, len(raw))
	}
	r := wireReader{buf: raw}
	b := readBody(&r)
	if r.refusal != nil {
		return Body{}, r.refusal
	}
	if refusal := b.check(); refusal != nil {
		return Body{}, refusal
	}
	return b, nil
}

func (b Body) check() *Refusal {
	if r := firstOf(
		checkChainID("chain_id", b.ChainID),
		checkAddress("sender", b.Sender),
		checkMemo("memo", b.Memo),
	); r != nil {
		return r
	}
	if b.ValidUntil <= 0 || b.ValidUntil > MaxValidUntil {
		return refuse(InvalidField, "valid_until", "must be unix seconds from 1 to %d, was %d", int64(MaxValidUntil), b.ValidUntil)
	}
	if len(b.Msgs) == 0 || len(b.Msgs) > MaxMsgs {
		return refuse(InvalidField, "msgs", "must be 1 to %d messages, was %d", MaxMsgs, len(b.Msgs))
	}
	for i, m := range b.Msgs {
		if m == nil {
			return refuse(InvalidField, element("msgs", i), "must be a message, was nil")
		}
		if r := m.check(); r != nil {
			return r.within(m.Type()).within(element("msgs", i))
		}
	}
	if _, ok := b.Cost(); !ok {
		return refuse(AmountOverflow, "msgs", "fee and amounts must add up to at most %s ublink", coin.Max)
	}
	return nil
}

func (b Body) appendFields(buf []byte) []byte {
	buf = appendString(buf, 1, b.ChainID)
	buf = appendBytes(buf, 2, b.Sender[:])
	buf = appendUint(buf, 3, b.Nonce)
	buf = appendUint(buf, 4, uint64(b.Fee))
	buf = appendUint(buf, 5, uint64(b.ValidUntil))
	buf = appendString(buf, 6, b.Memo)
	for _, m := range b.Msgs {
		buf = appendMessage(buf, 7, func(inner []byte) []byte {
			return appendMessage(inner, m.number(), m.appendFields)
		})
	}
	return buf
}

func readBody(r *wireReader) Body {
	var b Body
	for r.next() {
		switch r.number {
		case 1:
			b.ChainID = r.string("chain_id")
		case 2:
			b.Sender = r.address("sender")
		case 3:
			b.Nonce = r.uint64("nonce")
		case 4:
			b.Fee = r.amount("fee")
		case 5:
			b.ValidUntil = int64(r.uint64("valid_until"))
		case 6:
			b.Memo = r.string("memo")
		case 7:
			if len(b.Msgs) == MaxMsgs {
				r.fail(InvalidField, "msgs", "must be 1 to %d messages, was more", MaxMsgs)
			}
			outer := r.enterElement("msgs", len(b.Msgs))
			b.Msgs = append(b.Msgs, readMsg(r))
			r.leave(outer)
		default:
			r.unknown()
		}
	}
	return b
}

// readMsg reads the oneof: exactly one field, the number of which tells the message type.
func readMsg(r *wireReader) Msg {
	if !r.next() {
		r.fail(Malformed, "", "must hold a message, was empty")
		return nil
	}
	kind, known := kindByNumber(r.number)
	if !known {
		r.fail(Unsupported, "", "message type %d is unknown to this version", r.number)
		return nil
	}
	outer := r.enter(kind.name)
	m := kind.fromWire(r)
	r.leave(outer)
	if r.next() {
		r.fail(NonCanonical, "", "must hold one message, had more")
	}
	return m
}
