package api

import (
	"net/http"
	"strconv"
	"time"

	"blink/app"
	"blink/coin"
	"blink/crypto"
)

// maxStakePage is the most entries of one page of a validator's delegations or unbondings.
const maxStakePage = 1000

type delegationTo struct {
	Delegator crypto.Address `json:"delegator"`
	Shares    string         `json:"shares"` // decimal
	Amount    coin.Amount    `json:"amount"` // their present value
}

// getDelegationsTo lists who has stake with a validator, by address, a page at a time.
func (s *Server) getDelegationsTo(w http.ResponseWriter, r *request) error {
	state, v, err := s.validator(r)
	if err != nil {
		return err
	}
	after, limit, err := r.addressPage()
	if err != nil {
		return err
	}
	answer := struct {
		Height      int64          `json:"height"`
		Delegations []delegationTo `json:"delegations"`
		Next        string         `json:"next_cursor,omitempty"`
	}{Height: state.Height(), Delegations: []delegationTo{}}
	for _, d := range app.DelegationsTo(state, v.Operator, after, limit) {
		answer.Delegations = append(answer.Delegations, delegationTo{Delegator: d.Delegator, Shares: strconv.FormatUint(d.Shares, 10), Amount: d.Amount})
		after = d.Delegator
	}
	if len(app.DelegationsTo(state, v.Operator, after, 1)) > 0 {
		answer.Next = after.String()
	}
	return writeJSON(w, http.StatusOK, answer)
}

type unbondingFrom struct {
	Delegator        crypto.Address `json:"delegator"`
	Amount           coin.Amount    `json:"amount"`
	CreatedHeight    int64          `json:"created_height"`
	CompletionTime   time.Time      `json:"completion_time"`
	CompletionHeight int64          `json:"completion_height"`
}

// getUnbondingFrom lists what is on its way back from a validator, by delegator, a page at a time. A page never ends
// between two entries of one delegator.
func (s *Server) getUnbondingFrom(w http.ResponseWriter, r *request) error {
	state, v, err := s.validator(r)
	if err != nil {
		return err
	}
	after, limit, err := r.addressPage()
	if err != nil {
		return err
	}
	answer := struct {
		Height    int64           `json:"height"`
		Unbonding []unbondingFrom `json:"unbonding"`
		Next      string          `json:"next_cursor,omitempty"`
	}{Height: state.Height(), Unbonding: []unbondingFrom{}}
	for _, u := range app.UnbondingsFrom(state, v.Operator, after, limit) {
		answer.Unbonding = append(answer.Unbonding, unbondingFrom{Delegator: u.Delegator, Amount: u.Amount,
			CreatedHeight: u.CreatedHeight, CompletionTime: u.CompletionTime, CompletionHeight: u.CompletionHeight})
		after = u.Delegator
	}
	if len(app.UnbondingsFrom(state, v.Operator, after, 1)) > 0 {
		answer.Next = after.String()
	}
	return writeJSON(w, http.StatusOK, answer)
}

// addressPage reads the cursor of a list that is ordered by address, which is the last address of the page before, and
// the limit. Without a cursor it is the zero address, which is below all others.
func (r *request) addressPage() (after crypto.Address, limit int, err error) {
	n, err := r.number("limit", 1, maxStakePage, 100)
	if err != nil {
		return after, 0, err
	}
	if text := r.param("cursor"); text != "" {
		if after, err = crypto.ParseAddress(text); err != nil {
			return after, 0, invalid("cursor", "must be what next_cursor of an earlier page was")
		}
	}
	return after, int(n), nil
}
