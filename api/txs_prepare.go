package api

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"

	"blink/app"
	"blink/crypto"
	"blink/tx"
)

// preparedFor is how long a prepared transaction is valid unless its maker says otherwise.
const preparedFor = time.Minute

// preparedTx is a body that waits for its signature.
type preparedTx struct {
	Body      tx.Body `json:"body"`
	BodyBytes string  `json:"body_bytes"` // hex of the canonical bytes
	Hash      string  `json:"hash"`       // hex of the 32 bytes to sign
	Signature string  `json:"signature"`
	Submit    how     `json:"submit"`
}

// how tells what to send where once it is signed.
type how struct {
	Method      string            `json:"method"`
	URL         string            `json:"url"`
	ContentType string            `json:"content_type"`
	Body        map[string]string `json:"body"`
}

// prepareTx completes an unsigned body, encodes it and gives the hash to sign, so that any language with a BIP-340 signer
// can send transactions. It changes nothing, and whoever signs should look at the body first.
func (s *Server) prepareTx(w http.ResponseWriter, r *request) error {
	text, _, err := readBody(w, r, mediaJSON)
	if err != nil {
		return err
	}
	object, err := fields(text, "chain_id", "sender", "nonce", "fee", "valid_until", "memo", "msgs")
	if err != nil {
		return err
	}
	_, feeGiven := object["fee"]
	if err := s.complete(object, r.received); err != nil {
		return err
	}
	if text, err = json.Marshal(object); err != nil {
		return err
	}
	body, err := tx.ParseBody(text)
	if err != nil {
		return err
	}
	if !feeGiven { // what complete filled in is for one message
		body.Fee = app.LeastFee(body.Msgs, body.Fee)
	}
	raw, err := body.Encode()
	if err != nil {
		return err
	}
	hash := tx.SigningHash(raw)
	return writeJSON(w, http.StatusOK, preparedTx{
		Body:      body,
		BodyBytes: hex.EncodeToString(raw),
		Hash:      hex.EncodeToString(hash[:]),
		Signature: signingRule(body.Sender),
		Submit: how{
			Method:      http.MethodPost,
			URL:         "/v1/txs?wait=final",
			ContentType: mediaJSON,
			Body:        map[string]string{"body_bytes": hex.EncodeToString(raw), "witness": "<signature>"},
		},
	})
}

// signingRule says what the witness is made of.
func signingRule(sender crypto.Address) string {
	if sender.Kind() == crypto.KindThreshold {
		return "BIP-340 over hash with as many of the account's keys as its threshold wants; the witness is a " +
			"ThresholdWitness of proto/blink/v1/tx.proto, in hex"
	}
	return "BIP-340 over hash with the sender's key: 64 bytes, in hex the witness"
}

// complete fills in what the client left out.
func (s *Server) complete(object map[string]json.RawMessage, now time.Time) error {
	state, err := s.latest()
	if err != nil {
		return err
	}
	text, err := stringField(object, "sender")
	if err != nil {
		return err
	}
	sender, err := crypto.ParseAddress(text)
	if err != nil {
		return problem(codeInvalidBody, "sender: "+printable(err.Error()), "").at("sender")
	}
	fill := func(name string, value func() any) {
		if _, given := object[name]; !given && err == nil {
			object[name], err = json.Marshal(value())
		}
	}
	fill("chain_id", func() any { return s.cfg.Genesis.ChainID })
	fill("nonce", func() any { return s.cfg.Node.PendingNonce(sender) })
	fill("fee", func() any { return app.ParamsOf(state).MinFee })
	fill("valid_until", func() any { return s.validUntil(now) })
	return err
}

// validUntil is a minute ahead of the clock, or of block time where that is ahead of this node's clock.
func (s *Server) validUntil(now time.Time) int64 {
	if block := s.cfg.Node.Status().BlockTime; block.After(now) {
		now = block
	}
	return now.Add(preparedFor).Unix()
}
