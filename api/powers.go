package api

import (
	"bytes"
	"slices"

	"blink/app"
	"blink/crypto"
	"blink/store"
)

// powers remembers the validators of the last block, to tell what changed. Its zero value knows nothing yet.
type powers map[crypto.Address]validatorState

type validatorState struct {
	power   int64
	status  string
	moniker string
}

// validatorChange tells observers of a validator whose power or status is new.
type validatorChange struct {
	Operator    crypto.Address `json:"operator"`
	Moniker     string         `json:"moniker"`
	Status      string         `json:"status"`
	Power       int64          `json:"power"`
	PowerBefore int64          `json:"power_before"`
}

// update compares with the state and remembers it. The first time there is nothing to compare with, and no change.
func (p *powers) update(state store.View) []validatorChange {
	if state.Height() == 0 {
		return nil
	}
	var changes []validatorChange
	now := powers{}
	for _, v := range app.Validators(state) {
		is := validatorState{power: v.Power, status: v.Status.String(), moniker: v.Moniker}
		now[v.Operator] = is
		if was := (*p)[v.Operator]; *p != nil && was != is {
			changes = append(changes, validatorChange{Operator: v.Operator, Moniker: is.moniker, Status: is.status, Power: is.power, PowerBefore: was.power})
		}
		delete(*p, v.Operator)
	}
	for operator, was := range *p { // those that are gone
		changes = append(changes, validatorChange{Operator: operator, Moniker: was.moniker, Status: "removed", PowerBefore: was.power})
	}
	*p = now
	slices.SortFunc(changes, func(a, b validatorChange) int { return bytes.Compare(a.Operator[:], b.Operator[:]) })
	return changes
}
