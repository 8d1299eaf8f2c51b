package api

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"blink/coin"
	"blink/crypto"
	"blink/finality"
	"blink/genesis"
	"blink/store"
	"blink/tx"
)

// Config is what a server is made of. Fields without a default must be set.
type Config struct {
	Node    Node
	Store   *store.Store
	Tracker *finality.Tracker
	Genesis genesis.Document
	Limits  Limits
	Faucet  Faucet
	// CORSOrigins are the origins, such as "https://explorer.example", whose pages may read the API in a browser; "*" allows
	// all. Default: none.
	CORSOrigins []string
	// TrustProxy takes the client's IP address, by which limits are kept, from the last X-Forwarded-For entry. Only for a
	// node that can be reached through a proxy alone. Default: no.
	TrustProxy bool
	// Profiling lets programs on the node's own machine take Go's profiles under /debug/pprof/. Default: no.
	Profiling bool
	// Registerer and Gatherer hold the metrics at /metrics. Default: Prometheus's default registry, which also holds CometBFT's.
	Registerer prometheus.Registerer
	Gatherer   prometheus.Gatherer
	// Logger gets panics and failures of this node, never client errors. Default: slog.Default().
	Logger *slog.Logger
}

// Limits bounds what clients may use. The zero value of a field gives its default.
type Limits struct {
	RequestsPerSecond float64       // per client IP address, sustained. Default 2000; below 0: no limit
	Burst             int           // requests a client may send at once. Default 4000
	MaxInFlight       int           // requests being answered at once, waiting ones and streams not counted. Default 1024
	MaxWaiting        int           // requests that may wait for finality at once. Default 16384
	MaxStreams        int           // event streams at once. Default 256
	DefaultWait       time.Duration // of ?wait=final without ?timeout. Default 5 s
	MaxWait           time.Duration // the longest timeout a client may ask for. Default 60 s
}

// Faucet configures POST /v1/faucet. Only for test networks: whoever can reach the node gets coins.
type Faucet struct {
	// Key pays; nil turns the faucet off. No other program may use the key.
	Key *crypto.PrivateKey
	// Amount is paid per request. Default 100 BLINK.
	Amount coin.Amount
	// Interval is how long an address must wait after a payment. Default 1 minute.
	Interval time.Duration
	// PerIP is how many payments an IP address gets in an hour. Default 60.
	PerIP int
	// Journal is the file that keeps the limits across restarts; it is replaced atomically. Must be set when Key is.
	Journal string
}

// maxBody bounds a request: a transaction as base64 or hexadecimal digits within JSON, and some room for the words around it.
const maxBody = 2*tx.MaxTxBytes + 4<<10

func (c *Config) setDefaults() {
	setDefault(&c.Limits.RequestsPerSecond, 2000)
	setDefault(&c.Limits.Burst, 4000)
	setDefault(&c.Limits.MaxInFlight, 1024)
	setDefault(&c.Limits.MaxWaiting, 16384)
	setDefault(&c.Limits.MaxStreams, 256)
	setDefault(&c.Limits.DefaultWait, 5*time.Second)
	setDefault(&c.Limits.MaxWait, time.Minute)
	setDefault(&c.Faucet.Amount, 100*coin.Blink)
	setDefault(&c.Faucet.Interval, time.Minute)
	setDefault(&c.Faucet.PerIP, 60)
	if c.Registerer == nil {
		c.Registerer = prometheus.DefaultRegisterer
	}
	if c.Gatherer == nil {
		c.Gatherer = prometheus.DefaultGatherer
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Validate says what is missing or out of range, all problems joined.
func (c Config) Validate() error {
	var errs []error
	if c.Node == nil {
		errs = append(errs, errors.New("field Node must be set"))
	}
	if c.Store == nil {
		errs = append(errs, errors.New("field Store must be set"))
	}
	if c.Tracker == nil {
		errs = append(errs, errors.New("field Tracker must be set"))
	}
	if c.Limits.Burst < 0 || c.Limits.MaxInFlight < 0 || c.Limits.MaxWaiting < 0 || c.Limits.MaxStreams < 0 {
		errs = append(errs, fmt.Errorf("limits must not be negative, were %+v", c.Limits))
	}
	if c.Faucet.Key != nil && c.Faucet.Journal == "" {
		errs = append(errs, errors.New("field Faucet.Journal must be set when Faucet.Key is"))
	}
	return errors.Join(errs...)
}
