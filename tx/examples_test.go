package tx_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"testing"

	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

const testChain = "blink-test-1"

// testKey is a key that follows from a name. Golden files hold it, so that others can sign the same.
func testKey(t testing.TB, name string) crypto.PrivateKey {
	t.Helper()
	secret := sha256.Sum256([]byte("blink test key " + name))
	key, err := crypto.PrivateKeyFromBytes(secret[:])
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func testConsensusKey(name string) tx.ConsensusKey {
	seed := sha256.Sum256([]byte("blink test consensus key " + name))
	return tx.ConsensusKey{Type: tx.Ed25519, Key: ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)}
}

// bodyOf is a body of alice's with these messages.
func bodyOf(t testing.TB, msgs ...tx.Msg) tx.Body {
	return tx.Body{
		ChainID:    testChain,
		Sender:     testKey(t, "alice").Address(),
		Nonce:      7,
		Fee:        1000,
		ValidUntil: 1_790_000_000,
		Msgs:       msgs,
	}
}

func transferTo(t testing.TB, name string, amount coin.Amount) tx.Transfer {
	return tx.Transfer{To: testKey(t, name).Address(), Amount: amount}
}

type example struct {
	name string
	body tx.Body
}

// examples has at least one body for every message type.
func examples(t testing.TB) []example {
	bob, carol := testKey(t, "bob").Address(), testKey(t, "carol").Address()
	first := bodyOf(t, tx.Transfer{To: bob, Amount: 1})
	first.Nonce, first.Fee = 0, 0
	memo := bodyOf(t, tx.Transfer{To: bob, Amount: 5 * coin.Blink})
	memo.Memo = "für Bob: 5 < 6 & 🚀"
	many := bodyOf(t, tx.Transfer{To: bob, Amount: 300}, tx.Delegate{Validator: carol, Amount: 70_000},
		tx.Undelegate{Validator: bob, All: true}, tx.Unjail{})
	many.Nonce, many.Fee, many.ValidUntil = 1<<63, coin.Max-70_300, tx.MaxValidUntil
	return []example{
		{"transfer", bodyOf(t, tx.Transfer{To: bob, Amount: 2_500_000})},
		{"transfer_first", first},
		{"transfer_memo", memo},
		{"create_validator", bodyOf(t, tx.CreateValidator{
			ConsensusKey: testConsensusKey("alice"), SelfBond: 100 * coin.Blink,
			Commission:  tx.Commission{Rate: 500, MaxRate: 2000, MaxDailyChange: 100},
			MinSelfBond: coin.Blink, Moniker: "alice's node", Details: "runs in the cellar",
		})},
		{"create_validator_sparse", bodyOf(t, tx.CreateValidator{
			ConsensusKey: testConsensusKey("sparse"), SelfBond: coin.Blink, Moniker: "a",
		})},
		{"delegate", bodyOf(t, tx.Delegate{Validator: carol, Amount: 40 * coin.Blink})},
		{"undelegate", bodyOf(t, tx.Undelegate{Validator: carol, Amount: 15 * coin.Blink})},
		{"undelegate_all", bodyOf(t, tx.Undelegate{Validator: carol, All: true})},
		{"unjail", bodyOf(t, tx.Unjail{})},
		{"many", many},
	}
}

func mustSign(t testing.TB, b tx.Body) tx.Signed {
	t.Helper()
	s, err := tx.Sign(b, testKey(t, "alice"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}
