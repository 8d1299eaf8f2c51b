package api

import (
	"net/http"
	"strconv"
	"time"

	"blink/app"
	"blink/coin"
	"blink/crypto"
)

type delegation struct {
	Validator crypto.Address `json:"validator"`
	Shares    string         `json:"shares"` // decimal
	Amount    coin.Amount    `json:"amount"` // their present value
	Reward    coin.Amount    `json:"reward"` // earned and not withdrawn, as getRewards has it
}

// getDelegations lists an account's delegations by validator.
func (s *Server) getDelegations(w http.ResponseWriter, r *request) error {
	address, state, err := s.addressAndState(r)
	if err != nil {
		return err
	}
	rewards, _ := s.rewardsOf(r, state, address)
	earned := make(map[crypto.Address]coin.Amount, len(rewards))
	for _, x := range rewards {
		earned[x.Validator] = x.Amount
	}
	list := []delegation{}
	for _, d := range app.Delegations(state, address) {
		list = append(list, delegation{Validator: d.Validator, Shares: strconv.FormatUint(d.Shares, 10), Amount: d.Amount, Reward: earned[d.Validator]})
	}
	return writeJSON(w, http.StatusOK, map[string]any{"height": state.Height(), "delegations": list})
}

type unbonding struct {
	Validator        crypto.Address `json:"validator"`
	Amount           coin.Amount    `json:"amount"`
	CreatedHeight    int64          `json:"created_height"`
	CompletionTime   time.Time      `json:"completion_time"`
	CompletionHeight int64          `json:"completion_height"`
}

// getUnbonding lists an account's stake on its way back.
func (s *Server) getUnbonding(w http.ResponseWriter, r *request) error {
	address, state, err := s.addressAndState(r)
	if err != nil {
		return err
	}
	list := []unbonding{}
	for _, u := range app.Unbondings(state, address) {
		list = append(list, unbonding{Validator: u.Validator, Amount: u.Amount, CreatedHeight: u.CreatedHeight,
			CompletionTime: u.CompletionTime.UTC(), CompletionHeight: u.CompletionHeight})
	}
	return writeJSON(w, http.StatusOK, map[string]any{"height": state.Height(), "unbonding": list})
}

type redelegation struct {
	From             crypto.Address `json:"from"`
	To               crypto.Address `json:"to"`
	Amount           coin.Amount    `json:"amount"` // what still answers for From
	CreatedHeight    int64          `json:"created_height"`
	CompletionTime   time.Time      `json:"completion_time"`
	CompletionHeight int64          `json:"completion_height"`
}

// getRedelegations lists an account's stake that still answers for the validator that it came from.
func (s *Server) getRedelegations(w http.ResponseWriter, r *request) error {
	address, state, err := s.addressAndState(r)
	if err != nil {
		return err
	}
	list := []redelegation{}
	for _, x := range app.Redelegations(state, address) {
		list = append(list, redelegation{From: x.From, To: x.To, Amount: x.Amount, CreatedHeight: x.CreatedHeight,
			CompletionTime: x.CompletionTime, CompletionHeight: x.CompletionHeight})
	}
	return writeJSON(w, http.StatusOK, map[string]any{"height": state.Height(), "redelegations": list})
}
