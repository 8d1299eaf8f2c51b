package node

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"time"

	"blink/coin"
)

// Config is blink.toml: what is blink's own about a node. What is CometBFT's
// (peers, timeouts, the mempool) is in config.toml beside it.
//
// Each field is a key of the file, a flag (--api.listen) and an environment
// variable (BLINK_API_LISTEN); a flag wins over the environment, the
// environment over the file, the file over the default. The help tag is the
// documentation of all three.
type Config struct {
	API      APIConfig      `section:"api"`
	Gossip   GossipConfig   `section:"gossip"`
	Faucet   FaucetConfig   `section:"faucet"`
	Store    StoreConfig    `section:"store"`
	Journal  JournalConfig  `section:"journal"`
	Watchdog WatchdogConfig `section:"watchdog"`
	Log      LogConfig      `section:"log"`

	Byzantine ByzantineConfig `section:"byzantine"`
}

// APIConfig is the REST server.
type APIConfig struct {
	Listen            string        `key:"listen" help:"address and port that the REST API listens on"`
	RequestsPerSecond float64       `key:"requests_per_second" help:"sustained requests per second that one client address may send; -1: no limit"`
	Burst             int           `key:"burst" help:"requests that one client address may send at once"`
	MaxInFlight       int           `key:"max_in_flight" help:"requests answered at once, waiting ones and event streams not counted"`
	MaxWaiting        int           `key:"max_waiting" help:"requests that may wait for finality at once"`
	MaxStreams        int           `key:"max_streams" help:"event streams open at once"`
	DefaultWait       time.Duration `key:"default_wait" help:"how long ?wait=final waits unless the client says"`
	MaxWait           time.Duration `key:"max_wait" help:"the longest wait that a client may ask for"`
	CORSOrigins       []string      `key:"cors_origins" help:"origins whose pages may read the API in a browser, comma separated; * allows all"`
	TrustProxy        bool          `key:"trust_proxy" help:"take the client's address from X-Forwarded-For; only for a node that is reached through a proxy alone"`
	Profiling         bool          `key:"profiling" help:"let programs on this machine take profiles under /debug/pprof/, and sample where goroutines wait for each other"`
}

// GossipConfig is how consensus messages reach the peers.
type GossipConfig struct {
	Push bool `key:"push" help:"send own votes and proposals at once; off: when CometBFT's gossip polls, each consensus.peer_gossip_sleep_duration of config.toml"`
}

// FaucetConfig is the faucet of a test network. It works only in a home that
// holds config/faucet_key.
type FaucetConfig struct {
	Enabled  bool          `key:"enabled" help:"pay coins to whoever asks; only for test networks"`
	Amount   coin.Amount   `key:"amount" help:"what one request is paid, such as 100blink"`
	Interval time.Duration `key:"interval" help:"how long an address waits after a payment"`
	PerIP    int           `key:"per_ip" help:"payments that one client address gets in an hour"`
}

// StoreConfig is the state database.
type StoreConfig struct {
	KeepVersions int64 `key:"keep_versions" help:"how many past states can be queried by height; 0: all"`
	CacheNodes   int   `key:"cache_nodes" help:"tree nodes held in memory, about 300 bytes each"`
	Sync         bool  `key:"sync" help:"wait for the disk at every block; not needed, since CometBFT replays blocks that a power cut took from the state"`
}

// JournalConfig is how a validator remembers what it signed and what it is locked on.
type JournalConfig struct {
	Memory string `key:"memory" help:"folder in memory for the log of consensus, of which the journal keeps on disk what a signature depends on; auto: /dev/shm if that is in memory; off: on disk, synced several times per block"`
}

// WatchdogConfig decides when a node is not ready, and when it ends itself.
type WatchdogConfig struct {
	Heartbeats int  `key:"heartbeats" help:"heartbeat intervals without a block after which /v1/ready turns red"`
	Exit       bool `key:"exit" help:"end the process with status 1 when consensus has stopped for good; off only to inspect it"`
}

// LogConfig is the log, on standard error.
type LogConfig struct {
	Level  string `key:"level" help:"debug, info, warn or error; CometBFT's errors, mostly peers that went away, come as warnings, its other lines at debug"`
	Format string `key:"format" help:"text or json"`
}

// DefaultConfig is the configuration of a home whose blink.toml is empty.
func DefaultConfig() Config {
	return Config{
		API: APIConfig{
			Listen:            "127.0.0.1:8080",
			RequestsPerSecond: 2000,
			Burst:             4000,
			MaxInFlight:       1024,
			MaxWaiting:        16384,
			MaxStreams:        256,
			DefaultWait:       5 * time.Second,
			MaxWait:           time.Minute,
		},
		Gossip:   GossipConfig{Push: true},
		Faucet:   FaucetConfig{Enabled: true, Amount: 100 * coin.Blink, Interval: time.Minute, PerIP: 60},
		Store:    StoreConfig{KeepVersions: 1000, CacheNodes: 100_000},
		Journal:  JournalConfig{Memory: "auto"},
		Watchdog: WatchdogConfig{Heartbeats: 3, Exit: true},
		Log:      LogConfig{Level: "info", Format: "text"},
	}
}

// Validate says what each wrong field must be and was, all problems joined.
func (c Config) Validate() error {
	var errs []error
	must := func(ok bool, key, want string, was any) {
		if !ok {
			errs = append(errs, fmt.Errorf("%s must be %s, was %v", key, want, was))
		}
	}
	_, _, err := net.SplitHostPort(c.API.Listen)
	must(err == nil, "api.listen", "an address and port such as 127.0.0.1:8080", quoted(c.API.Listen))
	must(c.API.RequestsPerSecond > 0 || c.API.RequestsPerSecond == -1, "api.requests_per_second", "positive, or -1 for no limit", c.API.RequestsPerSecond)
	must(c.API.Burst > 0, "api.burst", "positive", c.API.Burst)
	must(c.API.MaxInFlight > 0, "api.max_in_flight", "positive", c.API.MaxInFlight)
	must(c.API.MaxWaiting > 0, "api.max_waiting", "positive", c.API.MaxWaiting)
	must(c.API.MaxStreams > 0, "api.max_streams", "positive", c.API.MaxStreams)
	must(c.API.MaxWait > 0 && c.API.MaxWait <= 80*time.Second, "api.max_wait", "above 0 and at most 80s", c.API.MaxWait)
	must(c.API.DefaultWait > 0 && c.API.DefaultWait <= c.API.MaxWait, "api.default_wait", "above 0 and at most api.max_wait", c.API.DefaultWait)
	must(c.Faucet.Amount > 0, "faucet.amount", "positive", c.Faucet.Amount)
	must(c.Faucet.Interval > 0, "faucet.interval", "positive", c.Faucet.Interval)
	must(c.Faucet.PerIP > 0, "faucet.per_ip", "positive", c.Faucet.PerIP)
	must(c.Store.KeepVersions >= 0, "store.keep_versions", "0 (all) or more", c.Store.KeepVersions)
	must(c.Store.CacheNodes > 0, "store.cache_nodes", "positive", c.Store.CacheNodes)
	must(c.Journal.Memory == "auto" || c.Journal.Memory == "off" || filepath.IsAbs(c.Journal.Memory), "journal.memory", "auto, off or an absolute path", quoted(c.Journal.Memory))
	must(c.Watchdog.Heartbeats >= 2, "watchdog.heartbeats", "at least 2", c.Watchdog.Heartbeats)
	_, ok := logLevels[c.Log.Level]
	must(ok, "log.level", "debug, info, warn or error", quoted(c.Log.Level))
	must(c.Log.Format == "text" || c.Log.Format == "json", "log.format", "text or json", quoted(c.Log.Format))
	return errors.Join(errs...)
}

func quoted(s string) string { return fmt.Sprintf("%q", s) }
