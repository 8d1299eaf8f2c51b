package genesis

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"blink/coin"
)

// paramSetters is how each parameter takes a number, by its name in JSON. A number that does not fit is refused here;
// whether it makes sense, with the others, is Validate's question.
var paramSetters = map[string]func(*Params, uint64) bool{
	"min_fee":                  func(p *Params, v uint64) bool { p.MinFee = coin.Amount(v); return true },
	"max_block_bytes":          func(p *Params, v uint64) bool { return setInt(&p.MaxBlockBytes, v) },
	"max_tx_bytes":             func(p *Params, v uint64) bool { return setInt(&p.MaxTxBytes, v) },
	"max_validators":           func(p *Params, v uint64) bool { return setInt(&p.MaxValidators, v) },
	"min_self_bond":            func(p *Params, v uint64) bool { p.MinSelfBond = coin.Amount(v); return true },
	"unbonding_seconds":        func(p *Params, v uint64) bool { return setInt(&p.UnbondingSeconds, v) },
	"unbonding_blocks":         func(p *Params, v uint64) bool { return setInt(&p.UnbondingBlocks, v) },
	"evidence_max_age_seconds": func(p *Params, v uint64) bool { return setInt(&p.EvidenceMaxAgeSeconds, v) },
	"evidence_max_age_blocks":  func(p *Params, v uint64) bool { return setInt(&p.EvidenceMaxAgeBlocks, v) },
	"slash_double_sign":        func(p *Params, v uint64) bool { return setBps(&p.SlashDoubleSign, v) },
	"slash_downtime":           func(p *Params, v uint64) bool { return setBps(&p.SlashDowntime, v) },
	"downtime_window_blocks":   func(p *Params, v uint64) bool { return setInt(&p.DowntimeWindowBlocks, v) },
	"downtime_max_missed":      func(p *Params, v uint64) bool { return setInt(&p.DowntimeMaxMissed, v) },
	"jail_seconds":             func(p *Params, v uint64) bool { return setInt(&p.JailSeconds, v) },
	"inflation":                func(p *Params, v uint64) bool { return setBps(&p.Inflation, v) },
	"min_deposit":              func(p *Params, v uint64) bool { p.MinDeposit = coin.Amount(v); return true },
	"voting_seconds":           func(p *Params, v uint64) bool { return setInt(&p.VotingSeconds, v) },
	"quorum":                   func(p *Params, v uint64) bool { return setBps(&p.Quorum, v) },
	"threshold":                func(p *Params, v uint64) bool { return setBps(&p.Threshold, v) },
	"veto_threshold":           func(p *Params, v uint64) bool { return setBps(&p.VetoThreshold, v) },
}

func setInt(field *int64, v uint64) bool {
	*field = int64(v)
	return v <= math.MaxInt64
}

func setBps(field *uint32, v uint64) bool {
	*field = uint32(v)
	return v <= math.MaxUint32
}

// ParamNames lists the parameters by their names in JSON, ascending.
func ParamNames() []string {
	names := make([]string, 0, len(paramSetters))
	for name := range paramSetters {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// With returns p with one parameter, named as in JSON, set to another value. It fails on an unknown name and on a number
// too large for the parameter; the bounds, which hang together, are left to Validate.
func (p Params) With(name string, value uint64) (Params, error) {
	set, known := paramSetters[name]
	if !known {
		return p, fmt.Errorf("parameter %q is unknown; known are %s", name, strings.Join(ParamNames(), ", "))
	}
	if !set(&p, value) {
		return p, fmt.Errorf("%s is too large: %d", name, value)
	}
	return p, nil
}
