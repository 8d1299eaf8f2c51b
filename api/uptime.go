package api

import (
	"net/http"

	"blink/app"
)

type uptimeAnswer struct {
	Height       int64  `json:"height"`
	Status       string `json:"status"`
	WindowBlocks int64  `json:"window_blocks"` // only busy ones count: those with transactions or evidence
	Missed       int64  `json:"missed"`        // of the window
	MaxMissed    int64  `json:"max_missed"`    // one more, and an active validator is jailed
}

// getUptime says how many blocks of the present window a validator has missed.
func (s *Server) getUptime(w http.ResponseWriter, r *request) error {
	state, v, err := s.validator(r)
	if err != nil {
		return err
	}
	u := app.UptimeOf(state, v.Operator)
	return writeJSON(w, http.StatusOK, uptimeAnswer{Height: state.Height(), Status: v.Status.String(),
		WindowBlocks: u.Window, Missed: u.Missed, MaxMissed: u.MaxMissed})
}
