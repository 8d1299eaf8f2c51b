package tx_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// genBody draws a valid body of alice's. No amount is so large that 16 messages could overflow.
func genBody(t testing.TB) *rapid.Generator[tx.Body] {
	sender := testKey(t, "alice").Address()
	return rapid.Custom(func(rt *rapid.T) tx.Body {
		return tx.Body{
			ChainID:    rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9._-]{0,49}`).Draw(rt, "chain_id"),
			Sender:     sender,
			Nonce:      rapid.Uint64().Draw(rt, "nonce"),
			Fee:        coin.Amount(rapid.Uint64Max(1<<59).Draw(rt, "fee")),
			ValidUntil: rapid.Int64Range(1, tx.MaxValidUntil).Draw(rt, "valid_until"),
			Memo:       rapid.StringN(0, 60, tx.MaxMemoBytes).Draw(rt, "memo"),
			Msgs:       rapid.SliceOfN(genMsg(t), 1, tx.MaxMsgs).Draw(rt, "msgs"),
		}
	})
}

func genMsg(t testing.TB) *rapid.Generator[tx.Msg] {
	people := make([]crypto.Address, 4)
	for i := range people {
		people[i] = testKey(t, fmt.Sprintf("person%d", i)).Address()
	}
	keys := make([]tx.ConsensusKey, 4)
	for i := range keys {
		keys[i] = testConsensusKey(fmt.Sprintf("validator%d", i))
	}
	address, key := rapid.SampledFrom(people), rapid.SampledFrom(keys)
	amount := rapid.Map(rapid.Uint64Range(1, 1<<59), func(v uint64) coin.Amount { return coin.Amount(v) })
	label := rapid.StringOfN(rapid.RuneFrom([]rune("aZ09 <&\"'/äß😀")), 1, 16, tx.MaxMonikerBytes)
	return rapid.Custom(func(rt *rapid.T) tx.Msg {
		switch rapid.SampledFrom(tx.MsgTypes()).Draw(rt, "type") {
		case "transfer":
			return tx.Transfer{To: address.Draw(rt, "to"), Amount: amount.Draw(rt, "amount")}
		case "delegate":
			return tx.Delegate{Validator: address.Draw(rt, "validator"), Amount: amount.Draw(rt, "amount")}
		case "undelegate":
			if rapid.Bool().Draw(rt, "all") {
				return tx.Undelegate{Validator: address.Draw(rt, "validator"), All: true}
			}
			return tx.Undelegate{Validator: address.Draw(rt, "validator"), Amount: amount.Draw(rt, "amount")}
		case "unjail":
			return tx.Unjail{}
		case "create_validator":
			return genCreateValidator(rt, key.Draw(rt, "key"), amount.Draw(rt, "self_bond"), label)
		default:
			panic("a message type has no generator")
		}
	})
}

func genCreateValidator(rt *rapid.T, key tx.ConsensusKey, bond coin.Amount, label *rapid.Generator[string]) tx.Msg {
	highest := rapid.Uint32Range(0, tx.MaxBasisPoints).Draw(rt, "max_rate")
	return tx.CreateValidator{
		ConsensusKey: key,
		SelfBond:     bond,
		Commission: tx.Commission{
			Rate:           rapid.Uint32Range(0, highest).Draw(rt, "rate"),
			MaxRate:        highest,
			MaxDailyChange: rapid.Uint32Range(0, highest).Draw(rt, "max_daily_change"),
		},
		MinSelfBond: coin.Amount(rapid.Uint64Range(0, uint64(bond)).Draw(rt, "min_self_bond")),
		Moniker:     label.Draw(rt, "moniker"),
		Details:     strings.Repeat(label.Draw(rt, "details"), rapid.IntRange(0, 3).Draw(rt, "times")),
	}
}
