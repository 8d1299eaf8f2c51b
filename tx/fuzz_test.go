package tx_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"blink/crypto"
	"blink/tx"
)

// FuzzDecode: Decode never panics, refuses with a *Refusal that names a code, and what it accepts encodes to the very
// bytes that were read.
func FuzzDecode(f *testing.F) {
	for _, e := range examples(f) {
		f.Add(mustSign(f, e.body).Raw())
	}
	for _, a := range []thresholdAccount{accountOf(f, 1, 1), accountOf(f, 2, 3), accountOf(f, 16, 16)} {
		f.Add(a.sign(f, bodyOf(f, tx.Unjail{})).Raw())
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		signed, err := tx.Decode(bytes.Clone(raw))
		if err != nil {
			mustBeRefusal(t, err)
			return
		}
		body, err := signed.Body().Encode()
		if err != nil {
			t.Fatal(err)
		}
		witness := signed.Witness()
		if signed.Body().Sender.Kind() == crypto.KindThreshold {
			witness = encodeAgain(t, witness)
		}
		again, err := tx.Assemble(body, witness)
		if err != nil || !bytes.Equal(again.Raw(), raw) {
			t.Fatalf("%x became %x, %v", raw, again.Raw(), err)
		}
	})
}

// encodeAgain takes the way through the witness's fields, where its keys are on the curve: Decode does not look.
func encodeAgain(t *testing.T, witness []byte) []byte {
	w, err := tx.DecodeThresholdWitness(witness)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Address(); err != nil {
		return witness
	}
	again, err := w.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// FuzzBodyJSON: ParseBody never panics, refuses with a *Refusal, and what it accepts and Encode allows survives the
// way through bytes and JSON.
func FuzzBodyJSON(f *testing.F) {
	for _, e := range examples(f) {
		text, err := json.Marshal(e.body)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		body, err := tx.ParseBody(text)
		if err != nil {
			mustBeRefusal(t, err)
			return
		}
		raw, err := body.Encode()
		if err != nil {
			mustBeRefusal(t, err)
			return
		}
		decoded, err := tx.DecodeBody(raw)
		if err != nil {
			t.Fatal(err)
		}
		written, err := json.Marshal(decoded)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := tx.ParseBody(written)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := parsed.Encode(); err != nil || !bytes.Equal(again, raw) {
			t.Fatalf("%s became %s: %v", text, written, err)
		}
	})
}

func mustBeRefusal(t *testing.T, err error) {
	t.Helper()
	var refusal *tx.Refusal
	if !errors.As(err, &refusal) || refusal.Code == tx.OK || refusal.Message == "" {
		t.Fatalf("not a refusal: %#v", err)
	}
}
