package lab

import (
	"fmt"
	"time"

	"blink/api/client"
	"blink/lab/scenario"
)

// observed is all that a run saw, before it is made into a Result. Turning one into the other is pure.
type observed struct {
	records []Record
	blocks  []BlockSeen
	marks   []FaultMark // by time
	length  time.Duration
	phases  []scenario.Phase // of the load
	timeout time.Duration
	nodes   []ClusterNode
}

// fill computes everything in the result that comes of what was seen.
func (o observed) fill(r *Result) {
	o.marks = closeFaults(o.marks)
	commits := commitsOf(o.blocks)
	span := spanOf(o.marks, o.length)
	recovery, note := recoveryOf(o.records, span, o.timeout)
	r.Faults = o.marks
	r.Load = o.load()
	r.Periods = o.periods(span, recovery)
	r.Gap = gapOf(commits, o.records, o.marks, o.length)
	r.RecoveryS, r.Recovery = recovery, note
	r.Blocks = o.blockMarks(commits)
	r.Points = pointsOf(o.records)
	if late := r.Load.SendDelay.P99; late != nil && *late > maxSendDelay {
		r.Warnings = append(r.Warnings, fmt.Sprintf("the client itself was late in sending, p99 %.0f ms: the machine was too busy for these times to be those of the network", *late))
	}
}

// maxSendDelay is how late the client may be, in ms at p99, before the result says that its times are not to be relied on.
const maxSendDelay = 20.0

// load counts what became of the measured transactions.
func (o observed) load() LoadResult {
	p := o.period("load", 0, o.length)
	l := LoadResult{
		Sent: p.Sent, Final: p.Final, Rejected: p.Rejected, Expired: p.Expired, Unknown: p.Unknown, TTF: p.TTF,
		RejectedCodes: map[string]int{}, FinalPerS: float64(p.Final) / o.length.Seconds(),
	}
	var late []time.Duration
	for _, r := range o.records {
		if !r.Measured() {
			continue
		}
		if r.Status == client.StatusRejected {
			l.RejectedCodes[r.Code]++
		}
		if r.Code != CodeNoSender {
			late = append(late, max(r.Sent-r.Intended, 0))
		}
	}
	l.SendDelay = LatenciesOf(late, 0, o.timeout)
	return l
}

// periods are the parts of the load: baseline, degraded, recovering, recovered. Those that did not occur are left out.
// Without a fault they are the phases of the load, if it has several.
func (o observed) periods(s span, recovery *float64) []Period {
	if !s.faulty && len(o.phases) > 1 {
		return o.byPhase()
	}
	if !s.faulty {
		return []Period{o.period("baseline", 0, o.length)}
	}
	healed := o.length
	if s.healed {
		healed = s.end
	}
	again := o.length
	if recovery != nil {
		again = min(healed+seconds(*recovery), o.length)
	}
	var out []Period
	for _, p := range []struct {
		name     string
		from, to time.Duration
	}{{"baseline", 0, s.begin}, {"degraded", s.begin, healed}, {"recovering", healed, again}, {"recovered", again, o.length}} {
		if p.from < p.to {
			out = append(out, o.period(p.name, p.from, p.to))
		}
	}
	return out
}

// byPhase has one period for each phase of the load.
func (o observed) byPhase() []Period {
	var out []Period
	var begin time.Duration
	for _, p := range o.phases {
		out = append(out, o.period(fmt.Sprintf("%g/s", p.Rate), begin, begin+p.For))
		begin += p.For
	}
	return out
}

// period is what became of the transactions that were to be sent in [from, to).
func (o observed) period(name string, from, to time.Duration) Period {
	p := Period{Name: name, FromS: from.Seconds(), ToS: to.Seconds()}
	var ttf []time.Duration
	for _, r := range o.records {
		if !r.Measured() || r.Intended < from || r.Intended >= to {
			continue
		}
		p.Sent++
		switch r.Status {
		case client.StatusFinal:
			p.Final++
			ttf = append(ttf, r.TTF())
		case client.StatusRejected:
			p.Rejected++
		case client.StatusExpired:
			p.Expired++
		default:
			p.Unknown++
		}
	}
	p.TTF = LatenciesOf(ttf, int64(p.Expired+p.Unknown), o.timeout)
	return p
}

// pointsOf chooses transactions for a picture, evenly by their order.
func pointsOf(records []Record) []TxPoint {
	var measured []Record
	for _, r := range records {
		if r.Measured() {
			measured = append(measured, r)
		}
	}
	n := min(len(measured), MaxPoints)
	points := make([]TxPoint, n)
	for i := range points {
		r := measured[i*len(measured)/n]
		points[i] = TxPoint{AtS: r.Intended.Seconds(), TTF: float64(r.TTF().Microseconds()) / 1000, Status: r.Status}
	}
	return points
}
