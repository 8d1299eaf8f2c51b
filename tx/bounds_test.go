package tx_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// What Encode refuses: bounds that hold in every state.
func TestBounds(t *testing.T) {
	pay := transferTo(t, "bob", 5)
	create := tx.CreateValidator{ConsensusKey: testConsensusKey("alice"), SelfBond: 5, Moniker: "m"}
	body := func(change func(*tx.Body)) tx.Body {
		b := bodyOf(t, pay)
		change(&b)
		return b
	}
	validator := func(change func(*tx.CreateValidator)) tx.Body {
		m := create
		change(&m)
		return bodyOf(t, pay, m)
	}
	unknownKind := crypto.Address{0: 2, 32: 1}
	for _, c := range []struct {
		name string
		body tx.Body
		want string // empty: accepted
	}{
		{"chain id of 50", body(func(b *tx.Body) { b.ChainID = strings.Repeat("a", 50) }), ""},
		{"chain id of 51", body(func(b *tx.Body) { b.ChainID = strings.Repeat("a", 51) }),
			"body.chain_id: must be 1 to 50 characters, was 51 (invalid_field)"},
		{"chain id with space", body(func(b *tx.Body) { b.ChainID = "my chain" }),
			"body.chain_id: must be letters, digits, '-', '_' and '.', beginning with a letter or digit, was \"my chain\" (invalid_field)"},
		{"chain id beginning with dash", body(func(b *tx.Body) { b.ChainID = "-a" }),
			"body.chain_id: must be letters, digits, '-', '_' and '.', beginning with a letter or digit, was \"-a\" (invalid_field)"},
		{"no sender", body(func(b *tx.Body) { b.Sender = crypto.Address{} }),
			"body.sender: must be an address, was empty (invalid_field)"},
		{"sender of unknown kind", body(func(b *tx.Body) { b.Sender = unknownKind }),
			"body.sender: address kind must be 0 or 1, was 2 (invalid_field)"},
		{"memo of 256", body(func(b *tx.Body) { b.Memo = strings.Repeat("m", 256) }), ""},
		{"memo of 257", body(func(b *tx.Body) { b.Memo = strings.Repeat("m", 257) }),
			"body.memo: must be at most 256 bytes, was 257 (invalid_field)"},
		{"memo not UTF-8", body(func(b *tx.Body) { b.Memo = "\xff" }), "body.memo: must be valid UTF-8 (invalid_field)"},
		{"valid_until 0", body(func(b *tx.Body) { b.ValidUntil = 0 }),
			"body.valid_until: must be unix seconds from 1 to 253402300799, was 0 (invalid_field)"},
		{"valid_until in the year 10000", body(func(b *tx.Body) { b.ValidUntil = tx.MaxValidUntil + 1 }),
			"body.valid_until: must be unix seconds from 1 to 253402300799, was 253402300800 (invalid_field)"},
		{"no messages", bodyOf(t), "body.msgs: must be 1 to 16 messages, was 0 (invalid_field)"},
		{"nil message", bodyOf(t, pay, nil), "body.msgs[1]: must be a message, was nil (invalid_field)"},
		{"16 messages", body(func(b *tx.Body) { b.Msgs = repeat(pay, 16) }), ""},
		{"17 messages", body(func(b *tx.Body) { b.Msgs = repeat(pay, 17) }),
			"body.msgs: must be 1 to 16 messages, was 17 (invalid_field)"},
		{"all there is", body(func(b *tx.Body) { b.Fee = coin.Max - 5 }), ""},
		{"more than there is", body(func(b *tx.Body) { b.Fee = coin.Max - 4 }),
			"body.msgs: fee and amounts must add up to at most 18446744073709551615 ublink (amount_overflow)"},

		{"transfer to oneself", bodyOf(t, transferTo(t, "alice", 1)), ""},
		{"transfer of 0", bodyOf(t, pay, transferTo(t, "bob", 0)),
			"body.msgs[1].transfer.amount: must be greater than 0, was 0 (invalid_field)"},
		{"transfer to nobody", bodyOf(t, tx.Transfer{Amount: 1}),
			"body.msgs[0].transfer.to: must be an address, was empty (invalid_field)"},
		{"delegate 0", bodyOf(t, tx.Delegate{Validator: pay.To}),
			"body.msgs[0].delegate.amount: must be greater than 0, was 0 (invalid_field)"},
		{"undelegate 0", bodyOf(t, tx.Undelegate{Validator: pay.To}),
			"body.msgs[0].undelegate.amount: must be greater than 0, was 0 (invalid_field)"},
		{"undelegate both", bodyOf(t, tx.Undelegate{Validator: pay.To, Amount: 5, All: true}),
			"body.msgs[0].undelegate.amount: must be absent when all is set, was 5 (invalid_field)"},

		{"sparse validator", bodyOf(t, create), ""},
		{"no self bond", validator(func(m *tx.CreateValidator) { m.SelfBond = 0 }),
			"body.msgs[1].create_validator.self_bond: must be greater than 0, was 0 (invalid_field)"},
		{"least self bond above it", validator(func(m *tx.CreateValidator) { m.MinSelfBond = 6 }),
			"body.msgs[1].create_validator.min_self_bond: must be at most self_bond (5), was 6 (invalid_field)"},
		{"rate above the whole", validator(func(m *tx.CreateValidator) { m.Commission.MaxRate = 10_001 }),
			"body.msgs[1].create_validator.commission.max_rate: must be at most 10000 basis points, was 10001 (invalid_field)"},
		{"rate above its maximum", validator(func(m *tx.CreateValidator) { m.Commission.Rate = 1 }),
			"body.msgs[1].create_validator.commission.rate: must be at most max_rate (0), was 1 (invalid_field)"},
		{"change above the maximum", validator(func(m *tx.CreateValidator) { m.Commission.MaxDailyChange = 1 }),
			"body.msgs[1].create_validator.commission.max_daily_change: must be at most max_rate (0), was 1 (invalid_field)"},
		{"no moniker", validator(func(m *tx.CreateValidator) { m.Moniker = "" }),
			"body.msgs[1].create_validator.moniker: must be 1 to 64 bytes, was 0 (invalid_field)"},
		{"moniker with line end", validator(func(m *tx.CreateValidator) { m.Moniker = "a\nb" }),
			"body.msgs[1].create_validator.moniker: must hold no control characters, had U+000A (invalid_field)"},
		{"moniker written backwards", validator(func(m *tx.CreateValidator) { m.Moniker = "a\u202eb" }),
			"body.msgs[1].create_validator.moniker: must hold no control characters, had U+202E (invalid_field)"},
		{"details of 257", validator(func(m *tx.CreateValidator) { m.Details = strings.Repeat("d", 257) }),
			"body.msgs[1].create_validator.details: must be 0 to 256 bytes, was 257 (invalid_field)"},
		{"another key type", validator(func(m *tx.CreateValidator) { m.ConsensusKey.Type = "secp256k1" }),
			"body.msgs[1].create_validator.consensus_key.type: must be \"ed25519\", was \"secp256k1\" (invalid_field)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.body.Encode()
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			wantRefusal(t, err, c.want)
		})
	}
}

// The bounds of the messages for rewards, redelegation, editing and governance.
func TestBoundsOfProposalsAndStaking(t *testing.T) {
	bob, carol := testKey(t, "bob").Address(), testKey(t, "carol").Address()
	unknownKind := crypto.Address{0: 2, 32: 1}
	submit := func(content tx.ProposalContent) tx.SubmitProposal {
		return tx.SubmitProposal{Title: "t", Content: content}
	}
	changes := func(names ...string) tx.SubmitProposal {
		var c tx.ParamsProposal
		for _, name := range names {
			c.Changes = append(c.Changes, tx.ParamChange{Name: name})
		}
		return submit(c)
	}
	upgrade := func(change func(*tx.UpgradeProposal)) tx.SubmitProposal {
		c := tx.UpgradeProposal{AppVersion: 2, Name: "v2", Height: 9}
		change(&c)
		return submit(c)
	}
	summary := func(text string) tx.SubmitProposal {
		return tx.SubmitProposal{Title: "t", Summary: text, Content: tx.TextProposal{}}
	}
	for _, c := range []struct {
		name string
		msg  tx.Msg
		want string // after "body.msgs[0]."; empty: accepted
	}{
		{"edit nothing", tx.EditValidator{},
			"edit_validator: must change something: moniker, details, commission_rate or min_self_bond (invalid_field)"},
		{"edit one thing", tx.EditValidator{CommissionRate: new(uint32(10_000))}, ""},
		{"edit to a long moniker", tx.EditValidator{Moniker: strings.Repeat("m", 65)},
			"edit_validator.moniker: must be 1 to 64 bytes, was 65 (invalid_field)"},
		{"edit to long details", tx.EditValidator{Details: new(strings.Repeat("d", 257))},
			"edit_validator.details: must be 0 to 256 bytes, was 257 (invalid_field)"},
		{"edit to a rate above the whole", tx.EditValidator{CommissionRate: new(uint32(10_001))},
			"edit_validator.commission_rate: must be at most 10000 basis points, was 10001 (invalid_field)"},
		{"withdraw from nobody", tx.WithdrawRewards{}, "withdraw_rewards.validator: must be an address, was empty (invalid_field)"},
		{"withdraw from an unknown kind", tx.WithdrawRewards{Validator: unknownKind},
			"withdraw_rewards.validator: address kind must be 0 or 1, was 2 (invalid_field)"},
		{"withdraw both", tx.WithdrawRewards{Validator: bob, All: true},
			"withdraw_rewards.validator: must be absent when all is set, was " + bob.String() + " (invalid_field)"},
		{"redelegate from nobody", tx.Redelegate{To: bob, All: true}, "redelegate.from: must be an address, was empty (invalid_field)"},
		{"redelegate to nobody", tx.Redelegate{From: bob, All: true}, "redelegate.to: must be an address, was empty (invalid_field)"},
		{"redelegate to the same", tx.Redelegate{From: bob, To: bob, All: true},
			"redelegate.to: must be another validator than from, was " + bob.String() + " (self_redelegation)"},
		{"redelegate 0", tx.Redelegate{From: bob, To: carol}, "redelegate.amount: must be greater than 0, was 0 (invalid_field)"},
		{"redelegate both", tx.Redelegate{From: bob, To: carol, Amount: 1, All: true},
			"redelegate.amount: must be absent when all is set, was 1 (invalid_field)"},
		{"cancel at nobody", tx.CancelUnbonding{CreatedHeight: 1, All: true},
			"cancel_unbonding.validator: must be an address, was empty (invalid_field)"},
		{"cancel at height 0", tx.CancelUnbonding{Validator: bob, All: true},
			"cancel_unbonding.created_height: must be a height from 1 to 4611686018427387904, was 0 (invalid_field)"},
		{"cancel beyond all heights", tx.CancelUnbonding{Validator: bob, CreatedHeight: tx.MaxHeight + 1, All: true},
			"cancel_unbonding.created_height: must be a height from 1 to 4611686018427387904, was 4611686018427387905 (invalid_field)"},
		{"cancel 0", tx.CancelUnbonding{Validator: bob, CreatedHeight: 1},
			"cancel_unbonding.amount: must be greater than 0, was 0 (invalid_field)"},
		{"withdraw address missing", tx.SetWithdrawAddress{},
			"set_withdraw_address.address: must be an address, was empty (invalid_field)"},
		{"withdraw address of a threshold account", tx.SetWithdrawAddress{Address: crypto.Address{0: 1, 32: 1}}, ""},

		{"no title", tx.SubmitProposal{Content: tx.TextProposal{}},
			"submit_proposal.title: must be 1 to 128 bytes, was 0 (invalid_field)"},
		{"long title", tx.SubmitProposal{Title: strings.Repeat("t", 129), Content: tx.TextProposal{}},
			"submit_proposal.title: must be 1 to 128 bytes, was 129 (invalid_field)"},
		{"title of two lines", tx.SubmitProposal{Title: "a\nb", Content: tx.TextProposal{}},
			"submit_proposal.title: must hold no control characters, had U+000A (invalid_field)"},
		{"summary of lines", summary(strings.Repeat("a\n\tb\n", 819)), ""},
		{"summary of 4096", summary(strings.Repeat("s", 4096)), ""},
		{"summary of 4097", summary(strings.Repeat("s", 4097)),
			"submit_proposal.summary: must be at most 4096 bytes, was 4097 (invalid_field)"},
		{"summary not UTF-8", summary("\xff"), "submit_proposal.summary: must be valid UTF-8 (invalid_field)"},
		{"summary with carriage return", summary("a\rb"),
			"submit_proposal.summary: must hold no control characters, had U+000D (invalid_field)"},
		{"summary with escape", summary("a\x1bb"),
			"submit_proposal.summary: must hold no control characters, had U+001B (invalid_field)"},
		{"summary written backwards", summary("a\u202eb"),
			"submit_proposal.summary: must hold no control characters, had U+202E (invalid_field)"},
		{"no content", submit(nil), "submit_proposal: must hold text, params or upgrade, had none (invalid_field)"},
		{"no changes", changes(), "submit_proposal.params.changes: must be 1 to 16 changes, was 0 (invalid_field)"},
		{"16 changes", changes(strings.Split("abcdefghijklmnop", "")...), ""},
		{"17 changes", changes(strings.Split("abcdefghijklmnopq", "")...),
			"submit_proposal.params.changes: must be 1 to 16 changes, was 17 (invalid_field)"},
		{"changes unsorted", changes("b", "a"),
			"submit_proposal.params.changes[1]: names must ascend, but \"a\" came after \"b\" (invalid_field)"},
		{"change twice", changes("a", "a"),
			"submit_proposal.params.changes[1]: names must ascend, but \"a\" came after \"a\" (invalid_field)"},
		{"name of 40", changes(strings.Repeat("a", 40)), ""},
		{"name of 41", changes(strings.Repeat("a", 41)),
			"submit_proposal.params.changes[0].name: must be 1 to 40 characters, was 41 (invalid_field)"},
		{"name empty", changes(""), "submit_proposal.params.changes[0].name: must be 1 to 40 characters, was 0 (invalid_field)"},
		{"name in capitals", changes("Fee"),
			"submit_proposal.params.changes[0].name: must be letters a-z and '_', was \"Fee\" (invalid_field)"},
		{"change at a negative height", submit(tx.ParamsProposal{Changes: []tx.ParamChange{{Name: "a"}}, Height: -1}),
			"submit_proposal.params.height: must be a height from 0 to 4611686018427387904, was -1 (invalid_field)"},
		{"upgrade to version 0", upgrade(func(c *tx.UpgradeProposal) { c.AppVersion = 0 }),
			"submit_proposal.upgrade.app_version: must be greater than 0, was 0 (invalid_field)"},
		{"upgrade without name", upgrade(func(c *tx.UpgradeProposal) { c.Name = "" }),
			"submit_proposal.upgrade.name: must be 1 to 64 bytes, was 0 (invalid_field)"},
		{"upgrade at height 0", upgrade(func(c *tx.UpgradeProposal) { c.Height = 0 }),
			"submit_proposal.upgrade.height: must be a height from 1 to 4611686018427387904, was 0 (invalid_field)"},
		{"vote on nothing", tx.Vote{Option: tx.VoteNo}, "vote.proposal: must be the id of a proposal, from 1, was 0 (invalid_field)"},
		{"vote nothing", tx.Vote{Proposal: 1}, "vote.option: must be 1 (yes), 2 (no), 3 (abstain) or 4 (veto), was 0 (invalid_field)"},
		{"vote something", tx.Vote{Proposal: 1, Option: 5},
			"vote.option: must be 1 (yes), 2 (no), 3 (abstain) or 4 (veto), was 5 (invalid_field)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := bodyOf(t, c.msg).Encode()
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			wantRefusal(t, err, "body.msgs[0]."+c.want)
		})
	}
}

func repeat(m tx.Msg, n int) []tx.Msg {
	msgs := make([]tx.Msg, n)
	for i := range msgs {
		msgs[i] = m
	}
	return msgs
}

func TestConsensusKey(t *testing.T) {
	for _, c := range []struct{ name, key, want string }{
		{"base point", "5866666666666666666666666666666666666666666666666666666666666666", ""},
		{"31 bytes", strings.Repeat("58", 31), "must be 32 bytes"},
		{"not on the curve", "0200000000000000000000000000000000000000000000000000000000000000", "must be a point"},
		{"neutral element", "0100000000000000000000000000000000000000000000000000000000000000", "small order"},
		{"order 2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "small order"},
		{"order 4", "0000000000000000000000000000000000000000000000000000000000000000", "small order"},
		{"order 8", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "small order"},
		{"y not reduced", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "canonical"},
		{"negative zero x", "0100000000000000000000000000000000000000000000000000000000000080", "canonical"},
	} {
		t.Run(c.name, func(t *testing.T) {
			key, err := hex.DecodeString(c.key)
			if err != nil {
				t.Fatal(err)
			}
			err = tx.ConsensusKey{Type: tx.Ed25519, Key: key}.Validate()
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
