package api

import (
	"net/http"

	"blink/app"
	"blink/coin"
)

func (s *Server) chainRoutes() []route {
	return []route{
		get("/v1/supply", s.getSupply, "height"),
		get("/v1/params", s.getParams),
		get("/v1/genesis", s.getGenesis),
	}
}

type supplyAnswer struct {
	Height    int64       `json:"height"`
	Total     coin.Amount `json:"total"`
	Issued    coin.Amount `json:"issued"`
	Burned    coin.Amount `json:"burned"`
	Balances  coin.Amount `json:"balances"`
	Bonded    coin.Amount `json:"bonded"`
	Unbonding coin.Amount `json:"unbonding"`
	Fees      coin.Amount `json:"fees"`      // paid and not shared out yet
	Rewards   coin.Amount `json:"rewards"`   // shared out and not withdrawn yet
	Deposits  coin.Amount `json:"deposits"`  // of proposals
	Conserved bool        `json:"conserved"` // balances + bonded + unbonding + fees + rewards + deposits = total = issued - burned
}

// getSupply shows where all coins are; anyone can add them up.
func (s *Server) getSupply(w http.ResponseWriter, r *request) error {
	state, err := s.view(r)
	if err != nil {
		return err
	}
	v := app.SupplyOf(state)
	sum, whole := coin.Amount(0), true
	for _, part := range []coin.Amount{v.Balances, v.Bonded, v.Unbonding, v.Fees, v.Rewards, v.Deposits} {
		var ok bool
		sum, ok = sum.Add(part)
		whole = whole && ok
	}
	left, ok := v.Issued.Sub(v.Burned)
	return writeJSON(w, http.StatusOK, supplyAnswer{
		Height: state.Height(), Total: v.Total, Issued: v.Issued, Burned: v.Burned, Balances: v.Balances, Bonded: v.Bonded,
		Unbonding: v.Unbonding, Fees: v.Fees, Rewards: v.Rewards, Deposits: v.Deposits,
		Conserved: whole && ok && sum == v.Total && left == v.Total,
	})
}

// getParams answers with the parameters in force.
func (s *Server) getParams(w http.ResponseWriter, _ *request) error {
	state, err := s.latest()
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, app.ParamsOf(state))
}

// getGenesis answers with the genesis document, byte for byte what its hash is taken of.
func (s *Server) getGenesis(w http.ResponseWriter, _ *request) error {
	w.Header().Set("Content-Type", mediaJSON)
	_, _ = w.Write(s.genesis) // the client is gone: nobody to tell
	return nil
}
