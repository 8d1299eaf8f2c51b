package lab

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// Arrivals says how the intended send times of a load are spread. The load is open: when a transaction is sent does not
// depend on how the network did with the ones before, as it would not with real users.
type Arrivals string

const (
	// Poisson arrivals come independently of one another, at exponentially distributed distances: many users.
	Poisson Arrivals = "poisson"
	// Constant arrivals come at equal distances: a metronome.
	Constant Arrivals = "constant"
)

// ParseArrivals reads a name of Arrivals.
func ParseArrivals(s string) (Arrivals, error) {
	switch a := Arrivals(s); a {
	case Poisson, Constant:
		return a, nil
	}
	return "", fmt.Errorf("arrivals must be %s or %s, was %q", Poisson, Constant, s)
}

// Schedule returns a function that gives the next intended send time with each call, as the distance from the
// beginning of the plan, and the index of its phase; ok is false when the plan is over. The same plan and seed give the
// same times.
//
// Arrivals of rate 1 are drawn, and the plan's integral maps the time until each to the plan's clock (inversion): a phase
// of rate 50 has its arrivals 50 times as close, one of rate 0 has none, and a change of the rate needs no fresh draw.
func (a Arrivals) Schedule(plan []Phase, seed uint64) func() (at time.Duration, phase int, ok bool) {
	work := a.unit(seed) // how many transactions should have come before the next one
	phase, begin, done := 0, 0.0, 0.0
	return func() (time.Duration, int, bool) {
		due := work()
		for ; phase < len(plan); phase++ {
			p := plan[phase]
			length := p.For.Seconds()
			if due < done+p.Rate*length {
				return seconds(begin + (due-done)/p.Rate), phase, true
			}
			begin += length
			done += p.Rate * length
		}
		return 0, 0, false
	}
}

// unit gives the arrivals of a process of rate 1.
func (a Arrivals) unit(seed uint64) func() float64 {
	at := 0.0
	if a == Constant {
		at = -1
		return func() float64 { at++; return at }
	}
	random := rand.New(rand.NewPCG(seed, 0x626c696e6b)) // "blink": any constant will do
	return func() float64 {
		at -= math.Log(1 - random.Float64()) // inverse transform; 1-u is in (0,1]
		return at
	}
}

// schedule is the plan's arrivals with the warm-up before them: offsets since the start, negative in the warm-up, whose
// phase is -1.
func (cfg LoadConfig) schedule() func() (at time.Duration, phase int, ok bool) {
	if cfg.Warmup == 0 {
		return cfg.Arrivals.Schedule(cfg.Plan, cfg.Seed)
	}
	plan := append([]Phase{{Rate: cfg.Plan[0].Rate, For: cfg.Warmup}}, cfg.Plan...)
	next := cfg.Arrivals.Schedule(plan, cfg.Seed)
	return func() (time.Duration, int, bool) {
		at, phase, ok := next()
		return at - cfg.Warmup, phase - 1, ok
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
