package genesis_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/genesis"
	"blink/tx"
)

// stateDocument is a document with one of everything in its state.
func stateDocument(t *testing.T) genesis.Document {
	t.Helper()
	net := mustTestnet(t, testSpec()).Genesis
	alice, bob, val, wal := net.Accounts[0].Address, net.Accounts[1].Address, net.Validators[0], net.Validators[1]
	at := time.Date(2026, 1, 2, 3, 0, 0, 123_456_789, time.UTC)
	return genesis.Document{
		ChainID: "blink-test-2", GenesisTime: time.Date(2026, 1, 3, 0, 0, 0, 0, time.UTC), InitialHeight: 1001, Params: net.Params,
		Accounts: []genesis.Account{}, Validators: []genesis.Validator{},
		State: &genesis.State{
			AppVersion: 1, BusyBlocks: 500, Issued: 1_000_000 * coin.Blink, Burned: 7, Fees: 1000,
			Rewards:  genesis.RewardState{Unpaid: 5, PerPower: genesis.Fixed{Hi: 1, Lo: 5}, PaidUntil: at, Remainder: 9},
			Accounts: []genesis.AccountState{{Address: alice, Balance: 10, Nonce: 3, WithdrawAddress: &bob}, {Address: bob, Nonce: 1}},
			Validators: []genesis.ValidatorState{
				{
					Operator: val.Operator, ConsensusKey: val.ConsensusKey, Status: "active", Power: 5, Tokens: 5 * coin.Blink, Shares: 6_000_000,
					MinSelfBond: coin.Blink, Moniker: "val", Details: "in the <cellar>", Commission: tx.Commission{Rate: 100, MaxRate: 200},
					RateChanged: at, PerShare: genesis.Fixed{Lo: 8}, Settled: genesis.Fixed{Hi: 1, Lo: 5}, Purse: 4,
					Misses:  &genesis.MissesState{Since: 3, Runs: []genesis.Blocks{{From: 4, To: 9}, {From: 11, To: 11}}},
					Slashes: []genesis.SlashState{{Infraction: 70, Type: "downtime", Burned: 7, Height: 71, Time: at}},
				},
				{Operator: wal.Operator, ConsensusKey: wal.ConsensusKey, Status: "jailed", JailedUntil: at.AddDate(1, 0, 0), Moniker: "wal", RateChanged: at},
			},
			Delegations: []genesis.DelegationState{{Delegator: alice, Validator: val.Operator, Shares: 6_000_000, Settled: genesis.Fixed{Lo: 8}}},
			Unbondings: []genesis.UnbondingState{{Validator: val.Operator, Delegator: alice, CreatedHeight: 900, Amount: 3,
				CompletionTime: at.AddDate(0, 0, 21), CompletionHeight: 1900}},
			Redelegations: []genesis.RedelegationState{{From: wal.Operator, Delegator: alice, To: val.Operator, CreatedHeight: 901, Amount: 2,
				CompletionTime: at.AddDate(0, 0, 21), CompletionHeight: 1901}},
			Proposals: []genesis.ProposalState{
				{
					ID: 1, Proposer: bob, Title: "a question", Deposit: coin.Blink, SubmittedHeight: 300, SubmittedTime: at, VotingEnds: at,
					ProposalContent: genesis.NewProposalContent(tx.TextProposal{}), Status: "rejected", CountedHeight: 320,
					Tally: &genesis.TallyState{No: 7, Stake: 9}, Votes: []genesis.VoteState{}, VotedShares: []genesis.VotedSharesState{},
				},
				{
					ID: 2, Proposer: alice, Title: "fewer fees", Summary: "Half of them.\nPlease.", Deposit: coin.Blink, SubmittedHeight: 990,
					SubmittedTime: at, VotingEnds: at.AddDate(0, 0, 3), Status: "voting",
					ProposalContent: genesis.NewProposalContent(tx.ParamsProposal{Height: 2000, Changes: []tx.ParamChange{{Name: "max_validators", Value: 50}, {Name: "min_fee", Value: 500}}}),
					Votes:           []genesis.VoteState{{Voter: alice, Option: tx.VoteYes}},
					VotedShares:     []genesis.VotedSharesState{{Validator: val.Operator, Yes: 6_000_000}},
				},
				{
					ID: 3, Proposer: alice, Title: "new rules", Deposit: coin.Blink, SubmittedHeight: 400, SubmittedTime: at, VotingEnds: at, Status: "failed",
					ProposalContent: genesis.NewProposalContent(tx.UpgradeProposal{AppVersion: 2, Name: "v0.2.0", Height: 410}), Reason: "upgrade_too_late",
					CountedHeight: 420, Tally: &genesis.TallyState{Yes: 7, Stake: 9}, Votes: []genesis.VoteState{}, VotedShares: []genesis.VotedSharesState{},
				},
			},
		},
	}
}

// The text is what an operator may have to read and mend: a golden file shows it.
func TestStateSurvivesItsText(t *testing.T) {
	doc := stateDocument(t)
	text := doc.Encode()
	parsed, err := genesis.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(parsed, doc) || !bytes.Equal(parsed.Encode(), text) {
		t.Errorf("became\n%s", parsed.Encode())
	}
	path := filepath.Join("testdata", "state.json")
	if *update {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || !bytes.Equal(text, want) {
		t.Errorf("%v: %s differs from\n%s", err, path, text)
	}
	if supply, ok := doc.Supply(); !ok || supply != 1_000_000*coin.Blink-7 {
		t.Errorf("supply is %s", supply)
	}
}

func TestStateIsValidated(t *testing.T) {
	stranger := crypto.Address{1: 9}
	late := time.Date(2026, 1, 3, 0, 0, 0, 1, time.UTC)
	for _, c := range []struct {
		change func(*genesis.Document, *genesis.State)
		want   string
	}{
		{func(d *genesis.Document, _ *genesis.State) { d.Accounts = make([]genesis.Account, 1) }, "accounts and validators must be empty"},
		{func(d *genesis.Document, _ *genesis.State) { d.InitialHeight = 0 }, "initial_height must be the height after that of the state, was 1"},
		{func(_ *genesis.Document, s *genesis.State) { s.AppVersion = 0 }, "state.app_version must be 1 to 4294967296, was 0"},
		{func(_ *genesis.Document, s *genesis.State) { s.BusyBlocks = 1001 }, "state.busy_blocks must be 0 to 1000, was 1001"},
		{func(_ *genesis.Document, s *genesis.State) { s.Burned = s.Issued + 1 }, "state.burned must be at most issued (1000000000000), was 1000000000001"},
		{func(_ *genesis.Document, s *genesis.State) { s.Rewards.PaidUntil = late }, "state.rewards.paid_until must not be after genesis_time (2026-01-03T00:00:00Z), was 2026-01-03T00:00:00.000000001Z"},
		{func(_ *genesis.Document, s *genesis.State) { s.Rewards.PaidUntil = time.Time{} }, "state.rewards.paid_until must be in UTC, after 1970"},
		{func(_ *genesis.Document, s *genesis.State) { s.Rewards.Remainder = 1 << 60 }, "state.rewards.remainder must be 0 to 31535999999999999, was 1152921504606846976"},
		{func(_ *genesis.Document, s *genesis.State) { s.Accounts[1].Address = s.Accounts[0].Address }, "state.accounts[1].address must be unique, but is the same as state.accounts[0].address"},
		{func(_ *genesis.Document, s *genesis.State) { s.Accounts[1].Address = crypto.Address{} }, "state.accounts[1].address must be an address"},
		{func(_ *genesis.Document, s *genesis.State) { s.Accounts[1].Nonce = 0 }, "state.accounts[1] must have a balance or a nonce"},
		{func(_ *genesis.Document, s *genesis.State) { s.Accounts[0].WithdrawAddress = &s.Accounts[0].Address }, "state.accounts[0].withdraw_address must be left out"},
		{func(_ *genesis.Document, s *genesis.State) { s.Validators = nil }, "state.validators must have at least one that is active"},
		{func(_ *genesis.Document, s *genesis.State) { s.Validators[1].Operator = s.Validators[0].Operator }, "state.validators[1].operator must be unique"},
		{func(_ *genesis.Document, s *genesis.State) {
			s.Validators[1].ConsensusKey = s.Validators[0].ConsensusKey
		}, "state.validators[1].consensus_key must be unique"},
		{func(_ *genesis.Document, s *genesis.State) { s.Validators[1].ConsensusKey = nil }, "state.validators[1].consensus_key must be 32 bytes, was 0"},
		{func(_ *genesis.Document, s *genesis.State) { s.Validators[1].Status = "idle" }, `state.validators[1].status must be one of ["inactive" "active" "jailed" "tombstoned"], was "idle"`},
		{func(_ *genesis.Document, s *genesis.State) { s.Validators[1].Status = "inactive" }, "state.validators[1].jailed_until must be left out unless status is jailed"},
		{func(_ *genesis.Document, s *genesis.State) { s.Validators[0].Power = 0 }, "state.validators[0].power must be above 0 if and only if status is active, was 0"},
		{func(_ *genesis.Document, s *genesis.State) { s.Validators[0].Shares = 4_999_999 }, "state.validators[0].shares must be at least tokens (5000000), was 4999999"},
		{func(_ *genesis.Document, s *genesis.State) { s.Validators[0].Moniker = "" }, "state.validators[0].moniker must be 1 to 64 bytes, was 0"},
		{func(_ *genesis.Document, s *genesis.State) { s.Validators[0].Details = "\n" }, "state.validators[0].details must hold no control characters"},
		{func(_ *genesis.Document, s *genesis.State) { s.Validators[0].Commission.Rate = 201 }, "state.validators[0].commission.rate must be at most max_rate (200), was 201"},
		{func(_ *genesis.Document, s *genesis.State) { s.Validators[0].Settled.Lo = 6 },
			"state.validators[0].settled must be at most rewards.per_power (18446744073709551621), was 18446744073709551622"},
		{func(_ *genesis.Document, s *genesis.State) { s.Validators[0].Misses.Runs[1].To = 501 }, "state.validators[0].misses.runs[1] must be busy blocks from 11 to 500"},
		{func(_ *genesis.Document, s *genesis.State) { s.Validators[0].Misses.Runs[1].From = 10 }, "state.validators[0].misses.runs[1] must be busy blocks from 11 to 500"},
		{func(_ *genesis.Document, s *genesis.State) { s.Validators[0].Misses.Runs = nil }, "state.validators[0].misses.runs must be 1 to"},
		{func(_ *genesis.Document, s *genesis.State) { s.Validators[0].Slashes[0].Type = "" }, `state.validators[0].slashes[0].type must be one of`},
		{func(_ *genesis.Document, s *genesis.State) { s.Validators[0].Slashes[0].Height = 1001 }, "state.validators[0].slashes[0].height must be 1 to 1000, was 1001"},
		{func(_ *genesis.Document, s *genesis.State) { s.Delegations[0].Shares = 0 }, "state.delegations[0].shares must be greater than 0, was 0"},
		{func(_ *genesis.Document, s *genesis.State) { s.Delegations[0].Validator = stranger }, "state.delegations[0].validator must be one of state.validators, was blink1"},
		{func(_ *genesis.Document, s *genesis.State) { s.Delegations[0].Settled.Lo = 9 }, "state.delegations[0].settled must be at most per_share of its validator (8), was 9"},
		{func(_ *genesis.Document, s *genesis.State) { s.Delegations = append(s.Delegations, s.Delegations[0]) }, "state.delegations[1] must be unique, but is the same as state.delegations[0]"},
		{func(_ *genesis.Document, s *genesis.State) { s.Unbondings[0].CreatedHeight = 1001 }, "state.unbondings[0].created_height must be 1 to 1000, was 1001"},
		{func(_ *genesis.Document, s *genesis.State) { s.Unbondings[0].CompletionHeight = 900 }, "state.unbondings[0].completion_height must be 901 to"},
		{func(_ *genesis.Document, s *genesis.State) { s.Redelegations[0].To = s.Redelegations[0].From }, "state.redelegations[0].to must not be from"},
		{func(_ *genesis.Document, s *genesis.State) { s.Proposals = s.Proposals[1:] }, "state.proposals[0].id must be 1, was 2"},
		{func(_ *genesis.Document, s *genesis.State) { s.Proposals[0].Text = nil }, "state.proposals[0] must have exactly one of text, params and upgrade"},
		{func(_ *genesis.Document, s *genesis.State) { s.Proposals[0].Upgrade = s.Proposals[2].Upgrade }, "state.proposals[0] must have exactly one of text, params and upgrade"},
		{func(_ *genesis.Document, s *genesis.State) { s.Proposals[0].Title = "" }, "state.proposals[0].title must be 1 to 128 bytes, was 0"},
		{func(_ *genesis.Document, s *genesis.State) { s.Proposals[1].Params.Changes["min_fee"] = "1e3" }, `state.proposals[1] params.changes.min_fee must be a whole number of 64 bits, was "1e3"`},
		{func(_ *genesis.Document, s *genesis.State) { s.Proposals[1].Params.Changes["Min"] = "1" }, "state.proposals[1].params.changes[0].name must be letters a-z"},
		{func(_ *genesis.Document, s *genesis.State) { s.Proposals[2].Upgrade.AppVersion = 0 }, "state.proposals[2].upgrade.app_version must be greater than 0, was 0"},
		{func(_ *genesis.Document, s *genesis.State) { s.Proposals[0].Status = "open" }, `state.proposals[0].status must be one of`},
		{func(_ *genesis.Document, s *genesis.State) { s.Proposals[0].Reason = "params_invalid" }, "state.proposals[0].reason must be left out unless status is failed"},
		{func(_ *genesis.Document, s *genesis.State) { s.Proposals[2].Reason = "" }, "state.proposals[2].reason must be one of"},
		{func(_ *genesis.Document, s *genesis.State) { s.Proposals[0].Tally = nil }, "state.proposals[0].tally must be there unless status is voting"},
		{func(_ *genesis.Document, s *genesis.State) { s.Proposals[1].EffectHeight = 9 }, "state.proposals[1] must have no tally, counted_height and effect_height"},
		{func(_ *genesis.Document, s *genesis.State) { s.Proposals[0].CountedHeight = 299 }, "state.proposals[0].counted_height must be 300 to 1000, was 299"},
		{func(_ *genesis.Document, s *genesis.State) { s.Proposals[1].Votes[0].Option = 0 }, "state.proposals[1].votes[0].option must be yes, no, abstain or veto"},
		{func(_ *genesis.Document, s *genesis.State) { s.Proposals[1].VotedShares[0].Validator = stranger }, "state.proposals[1].voted_shares[0].validator must be one of"},
		{func(_ *genesis.Document, s *genesis.State) { s.Proposals[1].VotedShares[0].Yes = 0 }, "state.proposals[1].voted_shares[0] must have shares"},
	} {
		doc := stateDocument(t)
		c.change(&doc, doc.State)
		if err := doc.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
}

func TestFixed(t *testing.T) {
	for text, want := range map[string]genesis.Fixed{
		"0": {}, "18446744073709551616": {Hi: 1}, "340282366920938463463374607431768211455": {Hi: 1<<64 - 1, Lo: 1<<64 - 1},
	} {
		var f genesis.Fixed
		if err := f.UnmarshalText([]byte(text)); err != nil || f != want || f.String() != text {
			t.Errorf("%s is %v, %v", text, f, err)
		}
	}
	for _, bad := range []string{"", "-1", "+1", "01", "1.0", "0x1", "1_0", "340282366920938463463374607431768211456"} {
		if err := new(genesis.Fixed).UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}
