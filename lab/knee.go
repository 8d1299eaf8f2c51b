package lab

import (
	"fmt"
	"time"
)

// Saturation says when a step of a step load is beyond what the network can do. The saturation knee is the highest step
// before the first saturated one.
//
// A step is saturated if, of what was sent in it, less than the share Delivered became final within it, or if its p99 of
// TTF (the slowest, where the number of transactions supports no p99) is above P99, or if any transaction of it ended as
// unknown, expired or refused for want of room. Throughput alone is not enough: a queue that has begun to grow delivers
// all that is offered for as long as the step lasts, and shows in p99 first.
type Saturation struct {
	Delivered float64       `json:"delivered"` // default 0.95
	P99       time.Duration `json:"p99"`       // default 1 s
}

// DefaultSaturation is what blinkd bench --steps uses.
func DefaultSaturation() Saturation { return Saturation{Delivered: 0.95, P99: time.Second} }

// judge says why p is saturated; "" if it is not.
func (s Saturation) judge(p PhaseResult) string {
	lost := p.Unknown + p.Expired + p.Rejected
	slowest, name := p.TTF.P99, "p99"
	if slowest == nil {
		slowest, name = p.TTF.Max, "slowest"
	}
	limit := float64(s.P99) / float64(time.Millisecond)
	switch {
	case p.Sent > 0 && float64(p.Answered) < s.Delivered*float64(p.Sent):
		return fmt.Sprintf("%.4g/s became final of %.4g/s sent, less than %.0f %%", p.FinalPerS, p.SentPerS, 100*s.Delivered)
	case lost > 0:
		return fmt.Sprintf("%d of %d transactions were not final", lost, p.Sent)
	case slowest != nil && *slowest > limit:
		return fmt.Sprintf("%s of TTF was %.0f ms, above %.0f ms", name, *slowest, limit)
	}
	return ""
}

// kneeOf finds the knee of a step load, and marks the saturated steps.
func kneeOf(steps []PhaseResult, s Saturation) *Knee {
	k := &Knee{Reason: "no step was saturated"}
	for i := range steps {
		steps[i].Saturated = s.judge(steps[i])
		switch {
		case k.Found:
		case steps[i].Saturated == "":
			k.Rate = steps[i].Rate
		default:
			k.Found = true
			k.Reason = fmt.Sprintf("at %.4g/s %s", steps[i].Rate, steps[i].Saturated)
		}
	}
	return k
}
