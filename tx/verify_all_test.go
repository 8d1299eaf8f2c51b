package tx_test

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"blink/tx"
)

// TestVerifyAllIsVerify: of any transactions in any order VerifyAll says what Verify says, word for word.
func TestVerifyAllIsVerify(t *testing.T) {
	pool := poolToVerify(t)
	seen := make(map[string]bool)
	rapid.Check(t, func(rt *rapid.T) {
		picks := rapid.SliceOfN(rapid.IntRange(0, len(pool)-1), 0, 30).Draw(rt, "transactions")
		signed := make([]tx.Signed, len(picks))
		for i, pick := range picks {
			signed[i] = pool[pick]
		}
		results := tx.VerifyAll(testChain, signed)
		if len(results) != len(signed) {
			rt.Fatalf("%d results of %d transactions", len(results), len(signed))
		}
		for i, got := range results {
			verified, err := signed[i].Verify(testChain)
			if !got.Tx.Signed().Equal(verified.Signed()) || got.Tx.ID() != verified.ID() || !reflect.DeepEqual(got.Err, err) {
				rt.Fatalf("transaction %d of the pool: VerifyAll gives %v, Verify %v", picks[i], got.Err, err)
			}
			seen[fmt.Sprint(err)] = true
		}
	})
	if len(seen) < 7 { // right, another chain, wrong for a key, wrong for three keys of an account, another account
		t.Errorf("only %d different verdicts were seen: %v", len(seen), seen)
	}
}

// poolToVerify holds transactions of keys and of threshold accounts: right, wrong at each signature, for another chain.
func poolToVerify(t *testing.T) []tx.Signed {
	account, other := accountOf(t, 3, 5), accountOf(t, 2, 3)
	pool := []tx.Signed{{}}
	for n := range uint64(12) {
		body := bodyOf(t, transferTo(t, "bob", 5))
		body.Nonce = n
		single, several := mustSign(t, body), account.sign(t, body, 0, 2, 3)
		pool = append(pool, single, several, flipped(t, single, -1), flipped(t, several, -1), flipped(t, several, -67),
			flipped(t, several, -133))

		foreign := body
		foreign.ChainID = "blink-test-2"
		pool = append(pool, mustSign(t, foreign), account.sign(t, foreign))

		stranger := body
		stranger.Sender = other.address(t)
		pool = append(pool, assemble(t, stranger, several.Witness()))
	}
	return pool
}

// flipped is the transaction with one bit changed in a byte of its witness, counted from the end.
func flipped(t *testing.T, s tx.Signed, at int) tx.Signed {
	raw := bytes.Clone(s.Raw())
	raw[len(raw)+at] ^= 1
	changed, err := tx.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func BenchmarkVerifyAll(b *testing.B) {
	signed := make([]tx.Signed, 256)
	for i := range signed {
		body := examples(b)[0].body
		body.Nonce = uint64(i)
		body.Sender = testKey(b, fmt.Sprint(i)).Address()
		var err error
		if signed[i], err = tx.Sign(body, testKey(b, fmt.Sprint(i))); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("single", func(b *testing.B) {
		for b.Loop() {
			for _, s := range signed {
				if _, err := s.Verify(testChain); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("together", func(b *testing.B) {
		for b.Loop() {
			for _, r := range tx.VerifyAll(testChain, signed) {
				if r.Err != nil {
					b.Fatal(r.Err)
				}
			}
		}
	})
}
