package lab

import (
	"errors"
	"fmt"
	"time"

	"blink/crypto"
)

// LoadConfig says what load to put on a running network. The zero value of a field means its default.
type LoadConfig struct {
	Nodes    []string      // base URLs of the nodes; the load goes to them in turn
	Plan     []Phase       // the measured load, one phase after the other. Default 10 per second for 60 s
	Warmup   time.Duration // load before that, at the rate of the first phase, not counted. Default none
	Timeout  time.Duration // from the intended send time until a transaction counts as unknown. Default 30 s
	Arrivals Arrivals      // default Poisson
	Seed     uint64        // of the arrivals, and of what is sampled
	Accounts int           // senders. Default: enough that none has two transactions in flight, normally
	// Funder pays for the accounts; nil = the nodes' faucets do.
	Funder *crypto.PrivateKey
	// Closed makes the loop closed if it is above 0: so many clients, each of which sends its next transaction when the
	// one before has its answer. The rates of the plan are then ignored, and a network that stalls is asked less.
	Closed int
	// Batch sends what falls due within this time in one request, at most client.MaxBatch transactions. 0: each goes alone.
	Batch time.Duration
	// KeepRaw keeps the signed bytes in the records.
	KeepRaw bool
	// Saturation ends the load after two phases in succession that are saturated; nil: all phases are run.
	Saturation *Saturation
	// AllowDown lets the load begin although some nodes do not answer, are not ready.
	AllowDown bool
	// Progress is called a few times per second; nil is allowed.
	Progress func(Progress)
}

// Bounds of a load.
const (
	MaxBenchSenders = 20_000 // accounts
	MaxBenchBatch   = time.Second
	MaxClosed       = 10_000 // clients of a closed loop
	MinBenchTimeout = 2 * time.Second
	MaxBenchTimeout = 30 * time.Minute // valid_until may lie at most an hour ahead
)

// withDefaults fills in what was left out and refuses what cannot be meant.
func (cfg LoadConfig) withDefaults() (LoadConfig, error) {
	if len(cfg.Plan) == 0 {
		cfg.Plan = []Phase{{Rate: 10, For: time.Minute}}
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 30 * time.Second
	}
	if cfg.Arrivals == "" {
		cfg.Arrivals = Poisson
	}
	if cfg.Accounts == 0 {
		cfg.Accounts = cfg.enoughAccounts()
	}
	if cfg.Progress == nil {
		cfg.Progress = func(Progress) {}
	}
	return cfg, cfg.validate()
}

// enoughAccounts is three per transaction and second, so that an account is idle for long enough that its next
// transaction can be signed a second ahead; of a closed loop, two per client.
func (cfg LoadConfig) enoughAccounts() int {
	if cfg.Closed > 0 {
		return min(2*cfg.Closed+32, MaxBenchSenders)
	}
	return min(max(32, int(3*highestRate(cfg.Plan))), 5000)
}

func (cfg LoadConfig) validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if err := checkPlan(cfg.Plan); err != nil {
		errs = append(errs, err)
	}
	if cfg.Warmup < 0 || cfg.Warmup > time.Hour {
		bad("warmup must be from 0s to 1h, was %v", cfg.Warmup)
	}
	if cfg.Timeout < MinBenchTimeout || cfg.Timeout > MaxBenchTimeout {
		bad("timeout must be from %v to %v, was %v", MinBenchTimeout, MaxBenchTimeout, cfg.Timeout)
	}
	if _, err := ParseArrivals(string(cfg.Arrivals)); err != nil {
		errs = append(errs, err)
	}
	if cfg.Accounts < 1 || cfg.Accounts > MaxBenchSenders {
		bad("accounts must be from 1 to %d, was %d", MaxBenchSenders, cfg.Accounts)
	}
	if cfg.Batch < 0 || cfg.Batch > MaxBenchBatch {
		bad("batch must be from 0s to %v, was %v", MaxBenchBatch, cfg.Batch)
	}
	if cfg.Closed < 0 || cfg.Closed > MaxClosed {
		bad("closed must be from 1 to %d clients, was %d", MaxClosed, cfg.Closed)
	}
	if n := cfg.expectedOrNone(); cfg.KeepRaw && n > MaxRecords*9/10 {
		bad("a load whose every transaction is kept must have at most some %d, had %.0f: lower its rate or shorten it", MaxRecords*9/10, n)
	}
	return errors.Join(errs...)
}

// expectedOrNone is expected, or 0 of a plan that is none.
func (cfg LoadConfig) expectedOrNone() float64 {
	if checkPlan(cfg.Plan) != nil {
		return 0
	}
	return cfg.expected()
}

// closedRate is how many transactions per second a closed loop can make at most, as far as funding goes.
const closedRate = 5000

// expected is how many transactions the load will hold, warm-up included: on average, or at most in a closed loop.
func (cfg LoadConfig) expected() float64 {
	if cfg.Closed > 0 {
		return closedRate * (cfg.Warmup + lengthOf(cfg.Plan)).Seconds()
	}
	return expectedIn(cfg.Plan) + cfg.Plan[0].Rate*cfg.Warmup.Seconds()
}
