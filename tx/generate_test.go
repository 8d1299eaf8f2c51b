package tx_test

import (
	"fmt"
	"slices"
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
	people = append(people, accountOf(t, 2, 3).address(t))
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
			m := tx.Undelegate{Validator: address.Draw(rt, "validator")}
			m.Amount, m.All = genAmountOrAll(rt, amount)
			return m
		case "unjail":
			return tx.Unjail{}
		case "create_validator":
			return genCreateValidator(rt, key.Draw(rt, "key"), amount.Draw(rt, "self_bond"), label)
		case "edit_validator":
			return genEditValidator(rt, amount, label)
		case "withdraw_rewards":
			if rapid.Bool().Draw(rt, "all") {
				return tx.WithdrawRewards{All: true}
			}
			return tx.WithdrawRewards{Validator: address.Draw(rt, "validator")}
		case "redelegate":
			pair := rapid.Permutation(people).Draw(rt, "from and to")
			m := tx.Redelegate{From: pair[0], To: pair[1]}
			m.Amount, m.All = genAmountOrAll(rt, amount)
			return m
		case "cancel_unbonding":
			height := rapid.Int64Range(1, tx.MaxHeight).Draw(rt, "created_height")
			m := tx.CancelUnbonding{Validator: address.Draw(rt, "validator"), CreatedHeight: height}
			m.Amount, m.All = genAmountOrAll(rt, amount)
			return m
		case "set_withdraw_address":
			return tx.SetWithdrawAddress{Address: address.Draw(rt, "address")}
		case "submit_proposal":
			return genSubmitProposal(rt, amount, label)
		case "vote":
			return tx.Vote{Proposal: rapid.Uint64Min(1).Draw(rt, "proposal"),
				Option: rapid.SampledFrom([]tx.VoteOption{tx.VoteYes, tx.VoteNo, tx.VoteAbstain, tx.VoteVeto}).Draw(rt, "option")}
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

func genAmountOrAll(rt *rapid.T, amount *rapid.Generator[coin.Amount]) (coin.Amount, bool) {
	if rapid.Bool().Draw(rt, "all") {
		return 0, true
	}
	return amount.Draw(rt, "amount"), false
}

// genEditValidator leaves out any fields but not all.
func genEditValidator(rt *rapid.T, amount *rapid.Generator[coin.Amount], label *rapid.Generator[string]) tx.Msg {
	var m tx.EditValidator
	fields := rapid.IntRange(1, 15).Draw(rt, "fields")
	if fields&1 != 0 {
		m.Moniker = label.Draw(rt, "moniker")
	}
	if fields&2 != 0 {
		m.Details = new(strings.Repeat(label.Draw(rt, "details"), rapid.IntRange(0, 3).Draw(rt, "times")))
	}
	if fields&4 != 0 {
		m.CommissionRate = new(rapid.Uint32Range(0, tx.MaxBasisPoints).Draw(rt, "commission_rate"))
	}
	if fields&8 != 0 {
		m.MinSelfBond = amount.Draw(rt, "min_self_bond")
	}
	return m
}

func genSubmitProposal(rt *rapid.T, amount *rapid.Generator[coin.Amount], label *rapid.Generator[string]) tx.Msg {
	m := tx.SubmitProposal{
		Title:   label.Draw(rt, "title"),
		Summary: strings.Repeat(label.Draw(rt, "summary")+"\n\t", rapid.IntRange(0, 9).Draw(rt, "lines")),
		Deposit: amount.Draw(rt, "deposit"),
		Content: tx.TextProposal{},
	}
	if rapid.Bool().Draw(rt, "none") {
		m.Deposit = 0
	}
	switch rapid.SampledFrom([]string{"text", "params", "upgrade"}).Draw(rt, "content") {
	case "params":
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z_]{1,40}`), 1, tx.MaxParamChanges, rapid.ID).Draw(rt, "names")
		slices.Sort(names)
		c := tx.ParamsProposal{Height: rapid.Int64Range(0, tx.MaxHeight).Draw(rt, "height")}
		for _, name := range names {
			c.Changes = append(c.Changes, tx.ParamChange{Name: name, Value: rapid.Uint64().Draw(rt, "value")})
		}
		m.Content = c
	case "upgrade":
		m.Content = tx.UpgradeProposal{
			AppVersion: rapid.Uint64Min(1).Draw(rt, "app_version"),
			Name:       label.Draw(rt, "name"),
			Height:     rapid.Int64Range(1, tx.MaxHeight).Draw(rt, "height"),
		}
	}
	return m
}
