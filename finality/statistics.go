package finality

import "time"

// Counts says how submissions to this node ended. Submitted = Pending + Final + Rejected + Expired + Unknown. A transaction
// that is submitted again counts once, under its last status.
type Counts struct {
	Submitted uint64 `json:"submitted"`
	Pending   uint64 `json:"pending"`
	Final     uint64 `json:"final"`
	Failed    uint64 `json:"failed"` // of the final ones, those whose code is not ok
	Rejected  uint64 `json:"rejected"`
	Expired   uint64 `json:"expired"`
	Unknown   uint64 `json:"unknown"` // forgotten while pending
}

// statistics is guarded by the tracker's mutex. Index Received of a set of distributions holds the total TTF, every other
// index the time that the stage took after the one before it.
type statistics struct {
	submitted uint64
	counts    [numStatuses]uint64
	failed    uint64
	forgotten uint64 // settled and pending transactions that were evicted
	all       [numStages]histogram
	rolling   rolling
}

func (s *statistics) init(start time.Time) {
	for i := range s.all {
		s.all[i] = newHistogram()
	}
	s.rolling.start = start
}

// settled counts an outcome. A rejected transaction that is then included or expires counts as that alone.
func (s *statistics) settled(before Status, out Outcome, at time.Time) {
	slot := s.rolling.at(at)
	if before == Rejected || before == Expired {
		s.counts[before]--
	}
	s.counts[out.Status]++
	slot.counts[out.Status]++
	if out.Status != Final {
		return
	}
	if out.Code != 0 {
		s.failed++
		slot.failed++
	}
	s.record(slot, Received, out.TTF)
	var previous time.Duration
	for stage := Checked; stage <= Visible; stage++ {
		if since, ok := out.Stages.Since(stage); ok {
			s.record(slot, stage, since-previous)
			previous = since
		}
	}
}

func (s *statistics) record(slot *slot, stage Stage, d time.Duration) {
	v := micros(d)
	s.all[stage].record(v)
	slot.record(stage, v)
}
