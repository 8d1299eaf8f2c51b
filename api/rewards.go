package api

import (
	"net/http"
	"time"

	"blink/app"
	"blink/coin"
	"blink/crypto"
	"blink/store"
)

type reward struct {
	Validator  crypto.Address `json:"validator"`
	Amount     coin.Amount    `json:"amount"`               // as a delegator
	Commission *coin.Amount   `json:"commission,omitempty"` // as the operator of this validator
}

type rewardsAnswer struct {
	Height          int64          `json:"height"`
	At              time.Time      `json:"at"` // block time up to which issuance is counted
	Address         crypto.Address `json:"address"`
	WithdrawAddress crypto.Address `json:"withdraw_address"`
	Total           coin.Amount    `json:"total"` // with commission
	Rewards         []reward       `json:"rewards"`
}

// getRewards says what an account could withdraw now. With ?height= it says what had been shared out by then.
func (s *Server) getRewards(w http.ResponseWriter, r *request) error {
	address, state, err := s.addressAndState(r)
	if err != nil {
		return err
	}
	list, at := s.rewardsOf(r, state, address)
	answer := rewardsAnswer{Height: state.Height(), At: at, Address: address,
		WithdrawAddress: app.WithdrawAddressOf(state, address), Rewards: make([]reward, len(list))}
	for i, x := range list {
		answer.Rewards[i] = reward{Validator: x.Validator, Amount: x.Amount}
		for _, part := range []coin.Amount{x.Amount, x.Commission} {
			answer.Total, _ = answer.Total.Add(part) // all of them are within the supply, which fits
		}
		if x.Validator == address {
			answer.Rewards[i].Commission = &x.Commission
		}
	}
	return writeJSON(w, http.StatusOK, answer)
}

// rewardsOf gives what an account has earned and not withdrawn, and up to which block time. A quiet chain has not shared
// out what it has issued since its last busy block: of the present state that is counted, too.
func (s *Server) rewardsOf(r *request, state store.View, address crypto.Address) ([]app.Reward, time.Time) {
	paid := app.RewardsPaidUntil(state)
	if r.param("height") != "" {
		return app.RewardsOf(state, address, time.Time{}), paid
	}
	now := s.cfg.Node.Status().BlockTime.UTC()
	if now.Before(paid) {
		now = paid // the state is of a later block already
	}
	return app.RewardsOf(state, address, now), now
}
