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
	ID     tx.ID           `json:"id"`
	Status string          `json:"status"`
	Height int64           `json:"height,omitempty"`
	Index  *uint32         `json:"index,omitempty"`
	Code   string          `json:"code,omitempty"`
	TTF    *float64        `json:"ttf_ms,omitempty"`
	Stages *stages         `json:"stages,omitempty"`
	URL    string          `json:"url"`
	Time   *time.Time      `json:"block_time,omitempty"`
	Tx     json.RawMessage `json:"tx,omitempty"`
}

// stages are times in milliseconds since the transaction was received; nil where this node did not see the stage.
type stages struct {
	Checked      *float64 `json:"checked,omitempty"`
	Proposed     *float64 `json:"proposed,omitempty"`
	Prevoted     *float64 `json:"prevoted,omitempty"`
	Precommitted *float64 `json:"precommitted,omitempty"`
	Executed     *float64 `json:"executed,omitempty"`
	Visible      *float64 `json:"visible,omitempty"`
}

// describeStages gives nil when no stage was seen.
func describeStages(s finality.Stages) *stages {
	seen := false
	since := func(stage finality.Stage) *float64 {
		d, ok := s.Since(stage)
		if !ok {
			return nil
		}
		seen = true
		ms := milliseconds(d)
		return &ms
	}
	a := &stages{since(finality.Checked), since(finality.Proposed), since(finality.Prevoted),
		since(finality.Precommitted), since(finality.Executed), since(finality.Visible)}
	if !seen {
		return nil
	}
	return a
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
	a.Stages = describeStages(o.Stages)
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
