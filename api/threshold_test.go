package api

import (
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"testing"

	"blink/crypto"
	"blink/tx"
)

// Alice and Bob share an account: what one of them signs alone does not leave it.
func TestAThresholdAccountSends(t *testing.T) {
	s := serve(t, nil)
	keys := []crypto.PublicKey{s.alice().Public(), s.bob().Public()}
	slices.SortFunc(keys, crypto.PublicKey.Compare)
	shared, err := crypto.ThresholdAddress(2, keys)
	must(t, err)
	s.submit("/v1/txs?wait=final", s.sign(0, tx.Transfer{To: shared, Amount: 5_000_000})).is(http.StatusOK)

	prepared := s.post("/v1/txs/prepare", map[string]any{
		"sender": shared,
		"msgs":   []any{map[string]any{"type": "transfer", "to": s.bob().Address(), "amount": "7"}},
	}).is(http.StatusOK)
	if rule := prepared["signature"].(string); !strings.Contains(rule, "ThresholdWitness") {
		t.Errorf("it says how to sign: %s", rule)
	}
	hash, err := hex.DecodeString(prepared["hash"].(string))
	must(t, err)
	send := func(sign func(crypto.PrivateKey) (crypto.Signature, error)) reply {
		w := tx.ThresholdWitness{Threshold: 2, Keys: keys, Signatures: make(map[crypto.PublicKey]crypto.Signature)}
		for _, member := range []crypto.PrivateKey{s.alice(), s.bob()} {
			signature, err := sign(member)
			must(t, err)
			w.Signatures[member.Public()] = signature
		}
		witness, err := w.Encode()
		must(t, err)
		return s.post("/v1/txs?wait=final", map[string]any{"body_bytes": prepared["body_bytes"], "witness": hex.EncodeToString(witness)})
	}
	send(func(crypto.PrivateKey) (crypto.Signature, error) {
		return s.alice().Sign([32]byte(hash)) // for Bob, too
	}).problem(http.StatusUnprocessableEntity, "bad_signature")
	final := send(func(member crypto.PrivateKey) (crypto.Signature, error) {
		return member.Sign([32]byte(hash))
	}).is(http.StatusOK)
	if final["status"] != "final" || final["code"] != "ok" {
		t.Error(final)
	}
	account := s.get("/v1/accounts/" + shared.String()).is(http.StatusOK)
	if account["nonce"] != 1.0 {
		t.Errorf("the account is %v", account)
	}
}
