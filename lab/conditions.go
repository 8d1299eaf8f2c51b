package lab

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"blink/api/client"
)

// Conditions say under which circumstances a report's numbers were measured: without them they mean nothing.
type Conditions struct {
	Started     time.Time   `json:"started"`
	ChainID     string      `json:"chain_id"`
	Nodes       []BenchNode `json:"nodes"`
	Validators  int         `json:"validators"` // with voting power, on the whole network
	Arrivals    Arrivals    `json:"arrivals"`
	Seed        uint64      `json:"seed"`
	Rate        float64     `json:"rate"` // intended, transactions per second
	DurationS   float64     `json:"duration_s"`
	WarmupS     float64     `json:"warmup_s"`
	WarmupSent  int         `json:"warmup_sent"` // transactions of the warm-up, not counted elsewhere
	TimeoutS    float64     `json:"timeout_s"`
	Accounts    int         `json:"accounts"`
	Client      ClientHost  `json:"client"`
	Clock       string      `json:"clock"`
	Interrupted bool        `json:"interrupted,omitempty"`
}

// BenchNode is a node that the load went to.
type BenchNode struct {
	URL     string `json:"url"`
	Moniker string `json:"moniker,omitempty"`
	Version string `json:"version,omitempty"`
	Height  int64  `json:"height,omitempty"` // before the load
	Error   string `json:"error,omitempty"`  // why it did not answer before the load
}

// ClientHost is the machine that measured.
type ClientHost struct {
	Version string `json:"version"`
	Go      string `json:"go"`
	OS      string `json:"os"`
	Cores   int    `json:"cores"`
}

// clockNote defines the latency that is reported.
const clockNote = "client's monotonic clock, from the intended send time to the answer that the transaction is final"

// observe asks every node about itself. At least one must answer, and those that do must be of one chain.
func observe(ctx context.Context, c *client.Client, cfg BenchConfig) (Conditions, error) {
	cond := Conditions{
		Arrivals: cfg.Arrivals, Seed: cfg.Seed, Rate: cfg.Rate, DurationS: cfg.Duration.Seconds(), WarmupS: cfg.Warmup.Seconds(),
		TimeoutS: cfg.Timeout.Seconds(), Accounts: cfg.Accounts, Clock: clockNote,
		Client: ClientHost{Version: cfg.Version, Go: runtime.Version(), OS: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU()},
	}
	var failed error
	for i, url := range c.URLs() {
		s, err := c.Only(i).Status(ctx)
		node := BenchNode{URL: url, Moniker: s.Moniker, Version: s.Version, Height: s.Height}
		switch {
		case err != nil:
			node.Error, failed = err.Error(), err
		case cond.ChainID == "":
			cond.ChainID = s.ChainID
		case cond.ChainID != s.ChainID:
			return cond, fmt.Errorf("%s is of chain %q, the nodes before it are of %q: a benchmark needs one network", url, s.ChainID, cond.ChainID)
		}
		cond.Nodes = append(cond.Nodes, node)
	}
	if cond.ChainID == "" {
		return cond, failed
	}
	validators, err := c.Validators(ctx)
	for _, v := range validators {
		if v.Status == "active" {
			cond.Validators++
		}
	}
	return cond, err
}
