package client

import "context"

// Config is what a node goes by, as far as it bears on measurements.
type Config struct {
	Digest      string   `json:"digest"`       // equal for nodes that are set to behave alike
	ProfileHint string   `json:"profile_hint"` // lan or wan; "" when the timings are of neither
	Push        bool     `json:"push"`         // own votes and proposals are sent at once
	Timeouts    Timeouts `json:"timeouts_ms"`
	Mempool     struct {
		Size        int   `json:"size"`          // transactions that wait at most
		MaxTxsBytes int64 `json:"max_txs_bytes"` // of all that wait
		MaxTxBytes  int   `json:"max_tx_bytes"`
		CacheSize   int   `json:"cache_size"` // hashes remembered
	} `json:"mempool"`
	Store struct {
		KeepVersions int64 `json:"keep_versions"` // past states that can be queried; 0: all
		CacheNodes   int   `json:"cache_nodes"`
		Sync         bool  `json:"sync"` // the state waits for the disk at every block
	} `json:"store"`
}

// Timeouts are those of consensus in round 0, and the longest time between two blocks of an idle chain; in milliseconds.
type Timeouts struct {
	Propose   float64 `json:"propose"`
	Prevote   float64 `json:"prevote"`
	Precommit float64 `json:"precommit"`
	Commit    float64 `json:"commit"`
	Heartbeat float64 `json:"heartbeat"`
}

// Config asks a node for its settings. They do not change while it runs.
func (c *Client) Config(ctx context.Context) (Config, error) {
	var out Config
	err := c.Get(ctx, "/v1/config", &out)
	return out, err
}
