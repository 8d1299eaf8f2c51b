package api

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"blink/app"
	"blink/coin"
	"blink/crypto"
	"blink/store"
	"blink/tx"
)

func (s *Server) validatorRoutes() []route {
	return []route{
		get("/v1/validators", s.getValidators, "status", "limit", "offset"),
		get("/v1/validators/{address}", s.getValidator, "height"),
		get("/v1/validators/{address}/delegations", s.getDelegationsTo, "height", "cursor", "limit"),
		get("/v1/validators/{address}/unbonding", s.getUnbondingFrom, "height", "cursor", "limit"),
		get("/v1/validators/{address}/slashes", s.getSlashes, "limit", "offset"),
		get("/v1/validators/{address}/uptime", s.getUptime, "height"),
	}
}

// validatorAnswer shows moniker and details as their owner wrote them: whoever displays them must escape them.
type validatorAnswer struct {
	Operator              crypto.Address `json:"operator"`
	ConsensusKey          string         `json:"consensus_key"`     // base64 of the ed25519 public key
	ConsensusAddress      string         `json:"consensus_address"` // hex, as in blocks and CometBFT's log
	Status                string         `json:"status"`
	Power                 int64          `json:"power"`
	Tokens                coin.Amount    `json:"tokens"`
	Shares                string         `json:"shares"`
	SelfBond              coin.Amount    `json:"self_bond"`
	MinSelfBond           coin.Amount    `json:"min_self_bond"`
	Commission            tx.Commission  `json:"commission"`
	CommissionChanged     time.Time      `json:"commission_changed"`     // block time of the last change of the rate, or of the creation
	CommissionUnwithdrawn coin.Amount    `json:"commission_unwithdrawn"` // what the operator has earned of it, by the last busy block
	Moniker               string         `json:"moniker"`
	Details               string         `json:"details"`
	JailedUntil           *time.Time     `json:"jailed_until,omitempty"`
}

func describeValidator(v app.Validator) validatorAnswer {
	a := validatorAnswer{
		Operator:              v.Operator,
		ConsensusKey:          base64.StdEncoding.EncodeToString(v.ConsensusKey[:]),
		ConsensusAddress:      consensusAddress(v.ConsensusAddress[:]),
		Status:                v.Status.String(),
		Power:                 v.Power,
		Tokens:                v.Tokens,
		Shares:                strconv.FormatUint(v.Shares, 10),
		SelfBond:              v.SelfBond,
		MinSelfBond:           v.MinSelfBond,
		Commission:            v.Commission,
		CommissionChanged:     v.CommissionSince,
		CommissionUnwithdrawn: v.CommissionPurse,
		Moniker:               v.Moniker,
		Details:               v.Details,
	}
	if !v.JailedUntil.IsZero() {
		until := v.JailedUntil.UTC()
		a.JailedUntil = &until
	}
	return a
}

// consensusAddress prints an address the way CometBFT does, in upper case.
func consensusAddress(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }

// getValidators lists validators of every status by power, most first.
func (s *Server) getValidators(w http.ResponseWriter, r *request) error {
	state, err := s.latest()
	if err != nil {
		return err
	}
	limit, err := r.number("limit", 1, 1000, 100)
	if err != nil {
		return err
	}
	offset, err := r.number("offset", 0, 1<<31, 0)
	if err != nil {
		return err
	}
	status := r.param("status")
	switch status {
	case "", app.Inactive.String(), app.Active.String(), app.Jailed.String(), app.Tombstoned.String():
	default:
		return invalid("status", "must be inactive, active, jailed or tombstoned, was %q", printable(status))
	}
	answer := struct {
		Height     int64             `json:"height"`
		TotalPower int64             `json:"total_power"` // of the active ones
		Total      int               `json:"total"`       // before limit and offset
		Validators []validatorAnswer `json:"validators"`
	}{Height: state.Height(), Validators: []validatorAnswer{}}
	for _, v := range app.Validators(state) {
		if v.Status == app.Active {
			answer.TotalPower += v.Power
		}
		if status != "" && v.Status.String() != status {
			continue
		}
		if answer.Total++; int64(answer.Total) > offset && int64(len(answer.Validators)) < limit {
			answer.Validators = append(answer.Validators, describeValidator(v))
		}
	}
	return writeJSON(w, http.StatusOK, answer)
}

// getValidator answers for an operator's address.
func (s *Server) getValidator(w http.ResponseWriter, r *request) error {
	_, v, err := s.validator(r)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, describeValidator(v))
}

// validator finds the validator of the path, in the state that the request asks for. Validators are never removed.
func (s *Server) validator(r *request) (store.View, app.Validator, error) {
	address, state, err := s.addressAndState(r)
	if err != nil {
		return nil, app.Validator{}, err
	}
	v, ok := app.ValidatorOf(state, address)
	if !ok {
		return nil, v, problem(codeNotFound, "no validator has this operator address", "GET /v1/validators lists them").at("address")
	}
	return state, v, nil
}
