package tx

import (
	"encoding/json"

	"google.golang.org/protobuf/encoding/protowire"

	"blink/coin"
)

// SubmitProposal puts a question to the vote of all stake. The deposit comes back unless the proposal is vetoed or too
// few vote.
type SubmitProposal struct {
	Title   string          // 1 to MaxTitleBytes, on one line; the proposer's text, never to be trusted as HTML
	Summary string          // at most MaxSummaryBytes, with line breaks and tabs; likewise
	Deposit coin.Amount     // ublink; leaves the sender's balance
	Content ProposalContent // what happens when it passes
}

// Type is "submit_proposal".
func (SubmitProposal) Type() string { return "submit_proposal" }

func (SubmitProposal) number() protowire.Number { return 11 }

// Outgoing is the deposit.
func (m SubmitProposal) Outgoing() coin.Amount { return m.Deposit }

// MarshalJSON writes {"type":"submit_proposal","title":...,"summary":...,"deposit":...} and the content under the name
// of its type: "text":{}, "params":{...} or "upgrade":{...}.
func (m SubmitProposal) MarshalJSON() ([]byte, error) {
	form := struct {
		Type    string           `json:"type"`
		Title   string           `json:"title"`
		Summary string           `json:"summary"`
		Deposit coin.Amount      `json:"deposit"`
		Text    *TextProposal    `json:"text,omitempty"`
		Params  *ParamsProposal  `json:"params,omitempty"`
		Upgrade *UpgradeProposal `json:"upgrade,omitempty"`
	}{Type: m.Type(), Title: m.Title, Summary: m.Summary, Deposit: m.Deposit}
	switch c := m.Content.(type) {
	case TextProposal:
		form.Text = &c
	case ParamsProposal:
		form.Params = &c
	case UpgradeProposal:
		form.Upgrade = &c
	}
	return json.Marshal(form)
}

func (m SubmitProposal) appendFields(buf []byte) []byte {
	buf = appendString(buf, 1, m.Title)
	buf = appendString(buf, 2, m.Summary)
	buf = appendUint(buf, 3, uint64(m.Deposit))
	return appendMessage(buf, contentField+protowire.Number(m.Content.kind()), m.Content.appendFields)
}

func (m SubmitProposal) check() *Refusal {
	if r := firstOf(
		checkLabel("title", m.Title, 1, MaxTitleBytes),
		checkText("summary", m.Summary, MaxSummaryBytes),
	); r != nil {
		return r
	}
	if m.Content == nil {
		return refuse(InvalidField, "", "must hold text, params or upgrade, had none")
	}
	return m.Content.check().within(m.Content.Type())
}

func readSubmitProposal(r *wireReader) Msg {
	var m SubmitProposal
	for r.next() {
		switch r.number {
		case 1:
			m.Title = r.string("title")
		case 2:
			m.Summary = r.string("summary")
		case 3:
			m.Deposit = r.amount("deposit")
		default:
			kind, known := contentByNumber(r.number)
			if !known {
				r.unknown()
				continue
			}
			if m.Content != nil {
				r.fail(NonCanonical, "", "must hold one of text, params and upgrade, had more")
			}
			outer := r.enter(kind.name)
			m.Content = kind.fromWire(r)
			r.leave(outer)
		}
	}
	return m
}

func parseSubmitProposal(r *jsonReader) Msg {
	m := SubmitProposal{Title: r.string("title")}
	if r.has("summary") {
		m.Summary = r.string("summary")
	}
	m.Deposit = r.amount("deposit")
	for _, kind := range contentKinds {
		if !r.has(kind.name) {
			continue
		}
		if m.Content != nil {
			r.fail("", "must hold one of text, params and upgrade, had more")
		}
		inner := r.object(kind.name)
		m.Content = kind.fromJSON(inner)
		inner.done()
	}
	return m
}
