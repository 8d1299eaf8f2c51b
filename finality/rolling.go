package finality

import "time"

// The rolling windows are made of slots: a window holds the running slot and as many closed ones as fill it.
const (
	slotLength = 5 * time.Second
	numSlots   = int(15*time.Minute/slotLength) + 1
)

// slot counts what happened in slotLength. The maps are in use while the slot runs, the slices once it is closed; a closed
// slot never changes, so that it can be read without the mutex.
type slot struct {
	number int64
	counts [numStatuses]uint64
	failed uint64
	open   [numStages]sparse
	closed [numStages][]tally
}

func (s *slot) record(stage Stage, v int64) {
	if s.open[stage] == nil {
		s.open[stage] = sparse{}
	}
	s.open[stage][quantised(v)]++
}

// rolling is a ring of slots by number; slots[i] is nil until first used.
type rolling struct {
	start time.Time
	slots [numSlots]*slot
	last  int64
}

// number tells the slot of a moment.
func (r *rolling) number(at time.Time) int64 { return int64(at.Sub(r.start) / slotLength) }

// at gives the running slot at a moment. Time that goes backwards (callers race for the mutex) counts in the newest slot.
func (r *rolling) at(at time.Time) *slot {
	if r.start.IsZero() {
		r.start = at
	}
	n := max(r.number(at), r.last)
	if s := r.slots[r.last%int64(numSlots)]; s != nil && n > r.last {
		s.close()
	}
	r.last = n
	s := r.slots[n%int64(numSlots)]
	if s == nil || s.number != n {
		s = &slot{number: n}
		r.slots[n%int64(numSlots)] = s
	}
	return s
}

func (s *slot) close() {
	for i, open := range s.open {
		s.closed[i], s.open[i] = open.frozen(), nil
	}
}

// since gives copies of the slots that started within window before now. Cheap: closed slots share their slices.
func (r *rolling) since(now time.Time, window time.Duration) []slot {
	if r.start.IsZero() {
		return nil
	}
	newest := max(r.number(now), r.last)
	oldest := newest - int64(window/slotLength)
	var out []slot
	for _, s := range r.slots {
		if s == nil || s.number < oldest || s.number > newest {
			continue
		}
		c := *s
		for i, open := range s.open {
			if open != nil {
				c.closed[i] = open.frozen()
			}
		}
		c.open = [numStages]sparse{}
		out = append(out, c)
	}
	return out
}
