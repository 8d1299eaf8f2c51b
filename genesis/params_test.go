package genesis_test

import (
	"strings"
	"testing"

	"blink/genesis"
)

func TestPresetsAreValid(t *testing.T) {
	for name, p := range map[string]genesis.Params{"default": genesis.DefaultParams(), "testnet": genesis.TestnetParams()} {
		if err := p.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParamsAreValidated(t *testing.T) {
	for _, c := range []struct {
		change func(*genesis.Params)
		want   string // empty: accepted
	}{
		{func(p *genesis.Params) { p.MinFee = 0 }, ""},
		{func(p *genesis.Params) { p.MinFee = 1_000_000_001 }, "min_fee must be at most 1000000000 ublink, was 1000000001"},
		{func(p *genesis.Params) { p.MaxBlockBytes = 1 << 20 }, ""},
		{func(p *genesis.Params) { p.MaxBlockBytes-- }, ""},
		{func(p *genesis.Params) { p.MaxBlockBytes++ }, "max_block_bytes must be 1048576 to 4194304, was 4194305"},
		{func(p *genesis.Params) { p.MaxTxBytes++ }, "max_tx_bytes must be 1024 to 65536, was 65537"},
		{func(p *genesis.Params) { p.MaxValidators = 0 }, "max_validators must be 1 to 500, was 0"},
		{func(p *genesis.Params) { p.MinSelfBond-- }, "min_self_bond must be at least 1000000 ublink, was 999999"},
		{func(p *genesis.Params) { p.EvidenceMaxAgeSeconds = p.UnbondingSeconds - 120 }, ""},
		{func(p *genesis.Params) { p.EvidenceMaxAgeSeconds = p.UnbondingSeconds - 119 },
			"unbonding_seconds must be 1814401 to 630720000, was 1814400"},
		{func(p *genesis.Params) { p.EvidenceMaxAgeBlocks = p.UnbondingBlocks - 2 }, ""},
		{func(p *genesis.Params) { p.EvidenceMaxAgeBlocks = p.UnbondingBlocks - 1 },
			"unbonding_blocks must be 30241 to 2000000000, was 30240"},
		{func(p *genesis.Params) { p.EvidenceMaxAgeBlocks = 0 }, "evidence_max_age_blocks must be 1 to 1000000000, was 0"},
		{func(p *genesis.Params) { p.SlashDoubleSign = 10_001 }, "slash_double_sign must be 1 to 10000, was 10001"},
		{func(p *genesis.Params) { p.SlashDowntime = 501 }, "slash_downtime must be 0 to 500, was 501"},
		{func(p *genesis.Params) { p.DowntimeWindowBlocks = 9 }, "downtime_window_blocks must be 10 to 1000000, was 9"},
		{func(p *genesis.Params) { p.DowntimeMaxMissed = 20_000 }, "downtime_max_missed must be 1 to 19999, was 20000"},
		{func(p *genesis.Params) { p.JailSeconds = 0 }, "jail_seconds must be 1 to 315360000, was 0"},
		{func(p *genesis.Params) { p.Inflation = 0 }, ""},
		{func(p *genesis.Params) { p.Inflation = 2001 }, "inflation must be 0 to 2000, was 2001"},
		{func(p *genesis.Params) { p.MinDeposit = 999_999 }, "min_deposit must be 1000000 to 1000000000000 ublink, was 999999"},
		{func(p *genesis.Params) { p.MinDeposit = 1_000_000_000_001 }, "min_deposit must be 1000000 to 1000000000000 ublink, was 1000000000001"},
		{func(p *genesis.Params) { p.VotingSeconds = 9 }, "voting_seconds must be 10 to 7776000, was 9"},
		{func(p *genesis.Params) { p.Quorum = 0 }, "quorum must be 1 to 6666, was 0"},
		{func(p *genesis.Params) { p.Threshold = 4999 }, "threshold must be 5000 to 6666, was 4999"},
		{func(p *genesis.Params) { p.Quorum, p.Threshold, p.VetoThreshold = 6666, 6666, 3334 }, ""},
		{func(p *genesis.Params) { p.Quorum = 6667 }, "quorum must be 1 to 6666, was 6667"},
		{func(p *genesis.Params) { p.VetoThreshold = 3333 }, "veto_threshold must be 3334 to 9999, was 3333"},
		{func(p *genesis.Params) { p.VetoThreshold = 10_000 }, "veto_threshold must be 3334 to 9999, was 10000"},
	} {
		p := genesis.DefaultParams()
		c.change(&p)
		err := p.Validate()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}
