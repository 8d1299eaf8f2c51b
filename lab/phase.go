package lab

import (
	"encoding/json"
	"fmt"
	"time"
)

// Phase is a part of a load with a constant rate.
type Phase struct {
	Rate float64       // transactions per second, on average; 0 = silence
	For  time.Duration // how long it lasts
}

type phaseJSON struct {
	Rate float64 `json:"rate"`
	For  float64 `json:"for_s"`
}

// MarshalJSON writes {"rate":20,"for_s":10}.
func (p Phase) MarshalJSON() ([]byte, error) {
	return json.Marshal(phaseJSON{p.Rate, p.For.Seconds()})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *Phase) UnmarshalJSON(text []byte) error {
	var j phaseJSON
	err := json.Unmarshal(text, &j)
	*p = Phase{j.Rate, seconds(j.For)}
	return err
}

// Bounds of a plan.
const (
	MaxRate   = 100_000        // transactions per second: beyond what one client process can do
	MaxPhases = 1000           // each has a histogram of its own
	MaxLoad   = 48 * time.Hour // of all phases together
)

func checkPlan(plan []Phase) error {
	if len(plan) == 0 || len(plan) > MaxPhases {
		return fmt.Errorf("a load must have from 1 to %d phases, had %d", MaxPhases, len(plan))
	}
	expected := 0.0
	for i, p := range plan {
		where := ""
		if len(plan) > 1 {
			where = fmt.Sprintf(" in phase %d", i+1)
		}
		if !(p.Rate >= 0 && p.Rate <= MaxRate) {
			return fmt.Errorf("rate must be from 0 to %d per second, was %v%s", MaxRate, p.Rate, where)
		}
		if p.For <= 0 || p.For > MaxLoad {
			return fmt.Errorf("duration must be positive and at most %v, was %v%s", MaxLoad, p.For, where)
		}
		expected += p.Rate * p.For.Seconds()
	}
	if total := lengthOf(plan); total > MaxLoad {
		return fmt.Errorf("the phases together must last at most %v, were %v", MaxLoad, total)
	}
	if expected == 0 {
		return fmt.Errorf("rate must be above 0 per second in some phase")
	}
	return nil
}

// lengthOf is how long all phases last together.
func lengthOf(plan []Phase) time.Duration {
	total := time.Duration(0)
	for _, p := range plan {
		total += p.For
	}
	return total
}

// expectedIn is how many transactions a plan holds, on average.
func expectedIn(plan []Phase) float64 {
	n := 0.0
	for _, p := range plan {
		n += p.Rate * p.For.Seconds()
	}
	return n
}

// highestRate of a plan.
func highestRate(plan []Phase) float64 {
	rate := 0.0
	for _, p := range plan {
		rate = max(rate, p.Rate)
	}
	return rate
}
