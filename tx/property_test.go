package tx_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"pgregory.net/rapid"

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

// A change of any byte makes no transaction, or another one that its sender did not sign.
func TestEveryByteCounts(t *testing.T) {
	raw := mustSign(t, examples(t)[3].body).Raw()
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
