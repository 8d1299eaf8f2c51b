package api

import (
	"encoding/json"
	"net/http"
	"time"

	"blink/finality"
	"blink/tx"
)

// txAnswer is what is known of a transaction.
type txAnswer struct {
	ID     tx.ID              `json:"id"`
	Status string             `json:"status"`
	Height int64              `json:"height,omitempty"`
	Index  *uint32            `json:"index,omitempty"`
	Code   string             `json:"code,omitempty"`
	TTF    *float64           `json:"ttf_ms,omitempty"`
	Stages map[string]float64 `json:"stages,omitempty"` // milliseconds since it was received
	URL    string             `json:"url"`
	Time   *time.Time         `json:"block_time,omitempty"`
	Tx     json.RawMessage    `json:"tx,omitempty"`
}

// statusAccepted is the status of a transaction that this node has admitted now: it may still vanish.
const statusAccepted = "accepted"

func describe(o finality.Outcome) txAnswer {
	a := txAnswer{ID: o.ID, Status: o.Status.String(), URL: "/v1/txs/" + o.ID.String()}
	switch o.Status {
	case finality.Final:
		a.Height, a.Index, a.Code = o.Height, &o.Index, o.Code.String()
	case finality.Rejected:
		a.Code = o.Code.String()
	}
	if !o.Submitted {
		return a
	}
	if o.Status == finality.Final {
		ttf := milliseconds(o.TTF)
		a.TTF = &ttf
	}
	for _, stage := range finality.StageOrder()[1:] {
		if since, ok := o.Stages.Since(stage); ok {
			if a.Stages == nil {
				a.Stages = make(map[string]float64)
			}
			a.Stages[stage.String()] = milliseconds(since)
		}
	}
	return a
}

// milliseconds gives d to the microsecond.
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// writeTx answers a submission: 200 when the fate is known, 202 as long as it is not.
func writeTx(w http.ResponseWriter, a txAnswer, justAccepted bool) error {
	status := http.StatusOK
	if a.Status == finality.Pending.String() || a.Status == finality.Unknown.String() {
		status = http.StatusAccepted
		w.Header().Set("Location", a.URL)
		if justAccepted {
			a.Status = statusAccepted
		}
	}
	return writeJSON(w, status, a)
}
