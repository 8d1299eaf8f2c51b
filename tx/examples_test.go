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
		{"edit_validator", bodyOf(t, tx.EditValidator{
			Moniker: "alice", Details: new("runs in the attic"), CommissionRate: new(uint32(600)), MinSelfBond: 2 * coin.Blink,
		})},
		{"edit_validator_empty", bodyOf(t, tx.EditValidator{Details: new(""), CommissionRate: new(uint32(0))})},
		{"withdraw_rewards", bodyOf(t, tx.WithdrawRewards{Validator: carol})},
		{"withdraw_rewards_all", bodyOf(t, tx.WithdrawRewards{All: true})},
		{"redelegate", bodyOf(t, tx.Redelegate{From: carol, To: bob, Amount: 15 * coin.Blink})},
		{"redelegate_all", bodyOf(t, tx.Redelegate{From: carol, To: bob, All: true})},
		{"cancel_unbonding", bodyOf(t, tx.CancelUnbonding{Validator: carol, CreatedHeight: 1234, Amount: coin.Blink})},
		{"cancel_unbonding_all", bodyOf(t, tx.CancelUnbonding{Validator: carol, CreatedHeight: tx.MaxHeight, All: true})},
		{"set_withdraw_address", bodyOf(t, tx.SetWithdrawAddress{Address: bob})},
		{"submit_text", bodyOf(t, tx.SubmitProposal{
			Title: "Ring the bell", Summary: "At noon.\n\n\tEvery day.", Deposit: 100 * coin.Blink, Content: tx.TextProposal{},
		})},
		{"submit_params", bodyOf(t, tx.SubmitProposal{
			Title: "More validators", Deposit: 100 * coin.Blink, Content: tx.ParamsProposal{
				Changes: []tx.ParamChange{{Name: "inflation", Value: 0}, {Name: "max_validators", Value: 50}}, Height: 5000,
			},
		})},
		{"submit_params_soon", bodyOf(t, tx.SubmitProposal{
			Title: "More", Content: tx.ParamsProposal{Changes: []tx.ParamChange{{Name: "min_deposit", Value: 1<<64 - 1}}},
		})},
		{"submit_upgrade", bodyOf(t, tx.SubmitProposal{
			Title: "The next version", Summary: "See the release notes.", Deposit: 100 * coin.Blink,
			Content: tx.UpgradeProposal{AppVersion: 2, Name: "v0.2.0", Height: 1000},
		})},
		{"vote", bodyOf(t, tx.Vote{Proposal: 3, Option: tx.VoteYes})},
		{"vote_veto", bodyOf(t, tx.Vote{Proposal: 1<<64 - 1, Option: tx.VoteVeto})},
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
