package lab

import (
	"time"

	"blink/api/client"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// waterfall holds, for each stage, when it was reached: in microseconds since the node received the transaction.
type waterfall struct {
	stages []*hdrhistogram.Histogram // in the order of stageNames
}

var stageNames = []string{"checked", "proposed", "prevoted", "precommitted", "executed", "visible"}

func newWaterfall(timeout time.Duration) *waterfall {
	w := &waterfall{}
	for range stageNames {
		w.stages = append(w.stages, newHistogram(timeout))
	}
	return w
}

// stagesOf gives the stages in the order of stageNames.
func stagesOf(s *client.Stages) []*float64 {
	return []*float64{s.Checked, s.Proposed, s.Prevoted, s.Precommitted, s.Executed, s.Visible}
}

func (w *waterfall) add(r Record) {
	if r.Stages == nil || r.Status != client.StatusFinal {
		return
	}
	for i, ms := range stagesOf(r.Stages) {
		if ms != nil {
			record(w.stages[i], time.Duration(*ms*float64(time.Millisecond)))
		}
	}
}

// rows are the stages that were seen at all.
func (w *waterfall) rows(timeout time.Duration) []StageRow {
	rows := []StageRow{}
	for i, h := range w.stages {
		if h.TotalCount() > 0 {
			l := latenciesOf(h, 0, timeout)
			rows = append(rows, StageRow{Stage: stageNames[i], N: h.TotalCount(), P50: l.P50, P90: l.P90, P99: l.P99})
		}
	}
	return rows
}
