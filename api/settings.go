package api

import "net/http"

type settingsAnswer struct {
	Digest      string         `json:"digest"`
	ProfileHint string         `json:"profile_hint,omitempty"`
	Push        bool           `json:"push"`
	Timeouts    timeoutsAnswer `json:"timeouts_ms"`
	Mempool     MempoolLimits  `json:"mempool"`
	Store       StoreSettings  `json:"store"`
}

type timeoutsAnswer struct {
	Propose   float64 `json:"propose"`
	Prevote   float64 `json:"prevote"`
	Precommit float64 `json:"precommit"`
	Commit    float64 `json:"commit"`
	Heartbeat float64 `json:"heartbeat"`
}

// getConfig says what this node goes by, for whoever measures it.
func (s *Server) getConfig(w http.ResponseWriter, _ *request) error {
	v := s.cfg.Node.Settings()
	return writeJSON(w, http.StatusOK, settingsAnswer{
		Digest: v.Digest, ProfileHint: v.ProfileHint, Push: v.Push, Mempool: v.Mempool, Store: v.Store,
		Timeouts: timeoutsAnswer{
			Propose: milliseconds(v.Timeouts.Propose), Prevote: milliseconds(v.Timeouts.Prevote), Precommit: milliseconds(v.Timeouts.Precommit),
			Commit: milliseconds(v.Timeouts.Commit), Heartbeat: milliseconds(v.Timeouts.Heartbeat),
		},
	})
}
