package history

import (
	"blink/coin"
	"blink/genesis"
	"blink/tx"
)

// forgetParams: the parameters may be any.
func (m *model) forgetParams() { m.feeLow, m.feeHigh, m.inflationKnown = 0, coin.Max, false }

// mayChange notes a parameter that a proposal may change, if it passes.
func (m *model) mayChange(name string, value coin.Amount) {
	switch name {
	case "min_fee":
		m.feeLow, m.feeHigh = min(m.feeLow, value), max(m.feeHigh, value)
	case "inflation":
		m.inflationKnown = false
	}
}

// proposed notes what a proposal may change.
func (m *model) proposed(content tx.ProposalContent) {
	switch content := content.(type) {
	case tx.UpgradeProposal:
		m.forgetParams() // the rules may be others, too
	case tx.ParamsProposal:
		for _, change := range content.Changes {
			m.mayChange(change.Name, coin.Amount(change.Value))
		}
	}
}

// pending notes what a proposal of the chain before may still change.
func (m *model) pending(x genesis.ProposalState) {
	if x.Upgrade != nil {
		m.forgetParams()
	}
	if x.Params == nil {
		return
	}
	for name, text := range x.Params.Changes {
		if value, err := coin.Parse(text); err == nil {
			m.mayChange(name, value)
		}
	}
}
