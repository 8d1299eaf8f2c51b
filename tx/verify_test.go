package tx_test

import (
	"fmt"
	"math/rand/v2"
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

func TestCost(t *testing.T) {
	body := bodyOf(t, transferTo(t, "bob", 5), tx.Undelegate{Validator: testKey(t, "bob").Address(), Amount: 90},
		tx.Delegate{Validator: testKey(t, "bob").Address(), Amount: 30}, tx.Unjail{},
		tx.CreateValidator{SelfBond: 700}, tx.SubmitProposal{Deposit: 20}, tx.EditValidator{MinSelfBond: 9},
		tx.Redelegate{Amount: 9}, tx.CancelUnbonding{Amount: 9})
	if cost, ok := body.Cost(); !ok || cost != 1755 {
		t.Errorf("cost is %d, %v", cost, ok)
	}
}

// VerifyAll says of each transaction what Verify says, whatever else is in the batch.
func TestVerifyAllAgainstVerify(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	account := accountOf(t, 2, 3)
	var pool []tx.Signed
	for nonce := range uint64(24) {
		body := bodyOf(t, transferTo(t, "bob", 5))
		body.Nonce = nonce
		if nonce%8 == 7 {
			body.ChainID = "blink-test-2"
		}
		signed := mustSign(t, body)
		shared := body
		shared.Sender = account.address(t)
		pool = append(pool, signed, account.sign(t, shared), assemble(t, body, make([]byte, tx.SignatureBytes)))
		forged := account.witness(t, shared)
		for key, signature := range forged.Signatures {
			signature[5] ^= 1
			forged.Signatures[key] = signature
		}
		witness, err := forged.Encode()
		if err != nil {
			t.Fatal(err)
		}
		pool = append(pool, assemble(t, shared, witness))
	}
	pool = append(pool, tx.Signed{})
	for range 60 {
		batch := make([]tx.Signed, random.IntN(40))
		for i := range batch {
			batch[i] = pool[random.IntN(len(pool))]
		}
		for i, got := range tx.VerifyAll(testChain, batch) {
			want, err := batch[i].Verify(testChain)
			if fmt.Sprint(got.Err) != fmt.Sprint(err) || got.Tx.ID() != want.ID() {
				t.Fatalf("transaction %d of %d: %v, alone %v", i, len(batch), got.Err, err)
			}
		}
	}
}
