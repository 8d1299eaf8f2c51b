package lab

import (
	"runtime"
	"time"
)

// Conditions say under which circumstances a report's numbers were measured: without them they mean nothing.
type Conditions struct {
	Started     time.Time   `json:"started"`
	Command     []string    `json:"argv,omitempty"`
	ChainID     string      `json:"chain_id"`
	Nodes       []BenchNode `json:"nodes"`
	Validators  int         `json:"validators"`         // with voting power, on the whole network
	Loop        string      `json:"loop"`               // LoopOpen or LoopClosed
	Clients     int         `json:"clients,omitempty"`  // of a closed loop
	Arrivals    Arrivals    `json:"arrivals,omitempty"` // of an open loop
	BatchMS     float64     `json:"batch_ms,omitempty"` // what falls due within it goes in one request; 0: each goes alone
	Seed        uint64      `json:"seed"`
	Plan        []Phase     `json:"plan"`
	Rate        float64     `json:"rate"` // intended, transactions per second, mean of the plan; 0 for a closed loop
	DurationS   float64     `json:"duration_s"`
	WarmupS     float64     `json:"warmup_s"`
	WarmupSent  int         `json:"warmup_sent"` // transactions of the warm-up, not counted elsewhere
	TimeoutS    float64     `json:"timeout_s"`
	Accounts    int         `json:"accounts"`
	Client      ClientHost  `json:"client"`
	Clock       string      `json:"clock"`
	Interrupted bool        `json:"interrupted,omitempty"`
}

// Loops.
const (
	LoopOpen   = "open"
	LoopClosed = "closed" // coordinated omission is possible
)

// BenchNode is a node that the load went to.
type BenchNode struct {
	URL     string `json:"url"`
	Moniker string `json:"moniker,omitempty"`
	Version string `json:"version,omitempty"`
	Height  int64  `json:"height,omitempty"` // before the load
	Error   string `json:"error,omitempty"`  // why it did not answer before the load

	ConfigDigest string             `json:"config_digest,omitempty"` // of its effective settings
	Timeouts     map[string]float64 `json:"timeouts_ms,omitempty"`   // of consensus, by name
}

// ClientHost is the machine that measured.
type ClientHost struct {
	Version string `json:"version"`
	Go      string `json:"go"`
	OS      string `json:"os"`
	Cores   int    `json:"cores"`
}

// clockNote defines the latency that is reported.
const (
	clockNote       = "client's monotonic clock, from the intended send time to the answer that the transaction is final"
	clockNoteClosed = "client's monotonic clock, from the actual send time to the answer that the transaction is final"
)

// conditions are those of a load that has been prepared.
func (l *Load) conditions(version string) Conditions {
	cfg := l.cfg
	length := lengthOf(cfg.Plan).Seconds()
	c := Conditions{
		ChainID: l.network.ChainID, Nodes: l.network.nodes, Validators: l.network.validators,
		Loop: LoopOpen, Arrivals: cfg.Arrivals, Seed: cfg.Seed, Plan: cfg.Plan, Rate: expectedIn(cfg.Plan) / length,
		BatchMS: cfg.Batch.Seconds() * 1000, DurationS: length, WarmupS: cfg.Warmup.Seconds(), TimeoutS: cfg.Timeout.Seconds(), Accounts: cfg.Accounts, Clock: clockNote,
		Client: ClientHost{Version: version, Go: runtime.Version(), OS: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU()},
	}
	if cfg.Closed > 0 {
		c.Loop, c.Clients, c.Arrivals, c.Rate, c.Clock = LoopClosed, cfg.Closed, "", 0, clockNoteClosed
	}
	return c
}
