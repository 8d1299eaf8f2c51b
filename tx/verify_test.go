package tx_test

import (
	"bytes"
	"testing"

	"blink/crypto"
	"blink/tx"
)

func TestVerify(t *testing.T) {
	body := bodyOf(t, transferTo(t, "bob", 5))
	signed := mustSign(t, body)
	verified, err := signed.Verify(testChain)
	if err != nil || !verified.Signed().Equal(signed) || verified.ID() != tx.IDOf(signed.Raw()) {
		t.Fatalf("%+v, %v", verified, err)
	}

	_, err = signed.Verify("blink-test-2")
	wantRefusal(t, err, `body.chain_id: must be "blink-test-2", was "blink-test-1" (wrong_chain)`)

	other := body
	other.Nonce++
	_, err = assemble(t, other, signed.Witness()).Verify(testChain)
	wantRefusal(t, err, "witness: is not the sender's signature of this body (bad_signature)")

	offCurve := body
	offCurve.Sender = crypto.Address{32: 5}
	_, err = assemble(t, offCurve, signed.Witness()).Verify(testChain)
	wantRefusal(t, err, "witness: is not the sender's signature of this body (bad_signature)")
}

func assemble(t *testing.T, b tx.Body, witness []byte) tx.Signed {
	t.Helper()
	raw, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	signed, err := tx.Assemble(raw, witness)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func TestSignWithAnotherKey(t *testing.T) {
	_, err := tx.Sign(bodyOf(t, tx.Unjail{}), testKey(t, "bob"))
	wantRefusal(t, err, "body.sender: must be the address of the signing key, was "+testKey(t, "alice").Address().String()+" (invalid_field)")
}

func TestSignFastIsSign(t *testing.T) {
	for _, msg := range []tx.Msg{tx.Unjail{}, transferTo(t, "bob", 5)} {
		slow, err := tx.Sign(bodyOf(t, msg), testKey(t, "alice"))
		if err != nil {
			t.Fatal(err)
		}
		if fast, err := tx.SignFast(bodyOf(t, msg), testKey(t, "alice")); err != nil || !bytes.Equal(fast.Raw(), slow.Raw()) {
			t.Errorf("SignFast gives %x, %v, Sign %x", fast.Raw(), err, slow.Raw())
		}
	}
}

func TestCost(t *testing.T) {
	body := bodyOf(t, transferTo(t, "bob", 5), tx.Undelegate{Validator: testKey(t, "bob").Address(), Amount: 90},
		tx.Delegate{Validator: testKey(t, "bob").Address(), Amount: 30}, tx.Unjail{},
		tx.CreateValidator{SelfBond: 700}, tx.SubmitProposal{Deposit: 20}, tx.EditValidator{MinSelfBond: 9},
		tx.Redelegate{Amount: 9}, tx.CancelUnbonding{Amount: 9})
	if cost, ok := body.Cost(); !ok || cost != 1755 {
		t.Errorf("cost is %d, %v", cost, ok)
	}
}
