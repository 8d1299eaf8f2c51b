package tx

import (
	"encoding/hex"
	"encoding/json"
)

// The JSON form says the same as the bytes and leads to the same bytes: amounts are decimal strings of ublink,
// addresses bech32m, byte strings base64 (the witness: hexadecimal). Only memo, and the fields of messages that are
// marked so in the schema, may be left out.

// ParseBody reads the JSON form of a body:
//
//	{"chain_id":"...","sender":"blink1...","nonce":7,"fee":"1000","valid_until":1790000000,"memo":"",
//	 "msgs":[{"type":"transfer","to":"blink1...","amount":"5"}]}
//
// Bounds are left to Encode. The error is a *Refusal that names the field.
func ParseBody(text []byte) (Body, error) {
	var refusal *Refusal
	b := parseBody(readJSON("body", text, &refusal))
	if refusal != nil {
		return Body{}, refusal
	}
	return b, nil
}

// ParseSigned reads the JSON form of a transaction, {"body":{...},"witness":"<hexadecimal>"}, and checks what Decode
// checks. The error is a *Refusal.
func ParseSigned(text []byte) (Signed, error) {
	var refusal *Refusal
	r := readJSON("", text, &refusal)
	body, witness := parseBody(r.object("body")), r.hex("witness")
	r.done()
	if refusal != nil {
		return Signed{}, refusal
	}
	raw, err := body.Encode()
	if err != nil {
		return Signed{}, err
	}
	return Assemble(raw, witness)
}

// UnmarshalJSON reads what ParseBody reads.
func (b *Body) UnmarshalJSON(text []byte) error {
	parsed, err := ParseBody(text)
	if err == nil {
		*b = parsed
	}
	return err
}

// MarshalJSON writes what ParseSigned reads.
func (s Signed) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Body    Body   `json:"body"`
		Witness string `json:"witness"`
	}{s.body, hex.EncodeToString(s.witness)})
}

// UnmarshalJSON reads what ParseSigned reads.
func (s *Signed) UnmarshalJSON(text []byte) error {
	parsed, err := ParseSigned(text)
	if err == nil {
		*s = parsed
	}
	return err
}

// MarshalJSON writes what Signed.MarshalJSON writes.
func (v Verified) MarshalJSON() ([]byte, error) { return v.signed.MarshalJSON() }

func parseBody(r *jsonReader) Body {
	b := Body{
		ChainID:    r.string("chain_id"),
		Sender:     r.address("sender"),
		Nonce:      r.uint64("nonce"),
		Fee:        r.amount("fee"),
		ValidUntil: r.int64("valid_until"),
	}
	if r.has("memo") {
		b.Memo = r.string("memo")
	}
	for _, m := range r.objects("msgs") {
		b.Msgs = append(b.Msgs, parseMsg(m))
	}
	r.done()
	return b
}

func parseMsg(r *jsonReader) Msg {
	name := r.string("type")
	kind, known := kindByName(name)
	if !known {
		r.refuse(unknownType(name))
		return nil
	}
	r.path = join(r.path, kind.name)
	m := kind.fromJSON(r)
	r.done()
	return m
}
