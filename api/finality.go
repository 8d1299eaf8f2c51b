package api

import (
	"net/http"
	"time"

	"blink/app"
	"blink/finality"
)

func (s *Server) finalityRoutes() []route {
	return []route{
		get("/v1/finality", s.getFinality, "window"),
		get("/v1/finality/comparison", s.getComparison, "window", "format"),
	}
}

// stats takes the statistics that ?window= asks for.
func (s *Server) stats(r *request) (finality.Snapshot, error) {
	window := finality.All
	if text := r.param("window"); text != "" {
		var err error
		if window, err = finality.ParseWindow(text); err != nil {
			return finality.Snapshot{}, invalid("window", "must be 1m, 5m, 15m or all, was %q", printable(text))
		}
	}
	return s.cfg.Tracker.Stats(window, time.Now()), nil
}

// getFinality answers with the TTF of transactions submitted to this node.
func (s *Server) getFinality(w http.ResponseWriter, r *request) error {
	snapshot, err := s.stats(r)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, snapshot)
}

// getComparison answers with the published chart and this network's bar, as data or as a picture.
func (s *Server) getComparison(w http.ResponseWriter, r *request) error {
	snapshot, err := s.stats(r)
	if err != nil {
		return err
	}
	format := r.param("format")
	w.Header().Add("Vary", "Accept")
	if format == "" {
		format = "json"
		if accepts(r.Request, "image/svg+xml") && !accepts(r.Request, mediaJSON) {
			format = "svg"
		}
	}
	comparison := finality.NewComparison(s.cfg.Genesis.ChainID, s.activeValidators(), snapshot)
	switch format {
	case "json":
		return writeJSON(w, http.StatusOK, comparison)
	case "svg":
		// The picture brings its style along and nothing else.
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		w.Header().Set("Content-Type", "image/svg+xml")
		_, _ = w.Write(comparison.SVG()) // the client is gone: nobody to tell
		return nil
	}
	return invalid("format", "must be json or svg, was %q", printable(format))
}

func (s *Server) activeValidators() int {
	n := 0
	if state, err := s.latest(); err == nil {
		for _, v := range app.Validators(state) {
			if v.Status == app.Active {
				n++
			}
		}
	}
	return n
}
