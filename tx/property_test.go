package tx_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"blink/crypto"
	"blink/tx"
)

// Whatever can be said has one byte string and one id, and every way back says the same.
func TestEveryFormSaysTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		body := genBody(t).Draw(rt, "body")
		signed := mustSign(t, body)
		if !reflect.DeepEqual(signed.Body(), body) {
			rt.Fatalf("signed body is %+v", signed.Body())
		}
		decoded, err := tx.Decode(signed.Raw())
		if err != nil || !reflect.DeepEqual(decoded, signed) {
			rt.Fatalf("decode gives %+v, %v", decoded, err)
		}
		if _, err := decoded.Verify(body.ChainID); err != nil {
			rt.Fatal(err)
		}
		text, err := json.Marshal(signed)
		if err != nil {
			rt.Fatal(err)
		}
		parsed, err := tx.ParseSigned(text)
		if err != nil || !bytes.Equal(parsed.Raw(), signed.Raw()) {
			rt.Fatalf("%s leads to %x, %v", text, parsed.Raw(), err)
		}
	})
}

// Any enough members of any account can send, and no form of their transaction says anything else.
func TestThresholdAccountsSend(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, crypto.MaxThresholdKeys).Draw(rt, "keys")
		account := accountOf(t, rapid.IntRange(1, n).Draw(rt, "threshold"), n)
		signers := rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), account.threshold, n, rapid.ID).Draw(rt, "signers")
		body := genBody(t).Draw(rt, "body")
		signed := account.sign(t, body, signers...)
		if _, err := signed.Verify(body.ChainID); err != nil {
			rt.Fatal(err)
		}
		text, err := json.Marshal(signed)
		if err != nil {
			rt.Fatal(err)
		}
		if parsed, err := tx.ParseSigned(text); err != nil || !reflect.DeepEqual(parsed, signed) {
			rt.Fatalf("%s leads to %x, %v", text, parsed.Raw(), err)
		}
	})
}

// A change of any byte makes no transaction, or another one that its sender did not sign.
func TestEveryByteCounts(t *testing.T) {
	for _, raw := range [][]byte{
		mustSign(t, examples(t)[3].body).Raw(),
		accountOf(t, 2, 3).sign(t, bodyOf(t, transferTo(t, "bob", 5)), 0, 2).Raw(),
	} {
		everyByteOf(t, raw)
	}
}

func everyByteOf(t *testing.T, raw []byte) {
	for i := range raw {
		for _, flip := range []byte{1, 0x80, 0xff} {
			changed := bytes.Clone(raw)
			changed[i] ^= flip
			mustNotPass(t, changed)
		}
	}
	for i := range raw {
		mustNotPass(t, raw[:i])
		mustNotPass(t, append(bytes.Clone(raw), raw[:i+1]...))
	}
}

func mustNotPass(t *testing.T, raw []byte) {
	t.Helper()
	signed, err := tx.Decode(raw)
	if err == nil {
		_, err = signed.Verify(testChain)
	}
	var refusal *tx.Refusal
	if !errors.As(err, &refusal) || refusal.Code == tx.OK {
		t.Errorf("%x passes: %v", raw, err)
	}
}
