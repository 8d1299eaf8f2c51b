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
// beginning of the load. The mean rate is in transactions per second; the same seed gives the same times.
func (a Arrivals) Schedule(rate float64, seed uint64) func() time.Duration {
	if a == Constant {
		k := 0.0
		return func() time.Duration {
			at := seconds(k / rate)
			k++
			return at
		}
	}
	random := rand.New(rand.NewPCG(seed, 0x626c696e6b)) // "blink": any constant will do
	at := 0.0
	return func() time.Duration {
		at -= math.Log(1-random.Float64()) / rate // inverse transform; 1-u is in (0,1]
		return seconds(at)
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
