package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"blink/api/client"
)

// NodeView is what a node says about TTF after the load: by its own clock, from the arrival of a transaction, in stages,
// over all that was submitted to it, warm-up included.
type NodeView struct {
	URL      string          `json:"url"`
	Window   string          `json:"window,omitempty"`
	Finality json.RawMessage `json:"finality,omitempty"` // the answer of /v1/finality
	Error    string          `json:"error,omitempty"`
}

// nodeViews asks every node about the time that the load has taken.
func nodeViews(ctx context.Context, c *client.Client, took time.Duration) []NodeView {
	window := "all"
	for _, w := range []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute} {
		if took < w {
			window = fmt.Sprintf("%dm", int(w.Minutes()))
			break
		}
	}
	views := make([]NodeView, len(c.URLs()))
	for i, url := range c.URLs() {
		views[i] = NodeView{URL: url, Window: window}
		raw, err := c.Only(i).Raw(ctx, "/v1/finality?window=%s", window)
		if err != nil {
			views[i].Error = err.Error()
			continue
		}
		views[i].Finality = raw
	}
	return views
}

// nodeTTF is what a report shows of a node's answer.
type nodeTTF struct {
	TTF    nodeQuantiles `json:"ttf_ms"`
	Stages []struct {
		Stage string `json:"stage"`
		nodeQuantiles
	} `json:"stages"`
}

type nodeQuantiles struct {
	Count int64   `json:"count"`
	P50   float64 `json:"p50"`
	P99   float64 `json:"p99"`
}
