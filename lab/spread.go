package lab

import (
	"slices"
	"time"

	"blink/api/client"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// spreadOf joins the records with the blocks that the client saw at each node. A node that reported a block only after a
// reconnect had it earlier than that: such an observation counts as the bound that it is, and Late says how many there were.
func spreadOf(records []Record, seen []BlockSeen, nodes int, timeout time.Duration) *Spread {
	s := &Spread{Nodes: nodes, Quorum: nodes*2/3 + 1}
	at := map[int64][]time.Duration{} // by height: when each node served it; never = not seen
	for _, b := range seen {
		times := at[b.Height]
		if times == nil {
			times = slices.Repeat([]time.Duration{never}, nodes)
			at[b.Height] = times
		}
		times[b.Node] = min(times[b.Node], b.At)
		if b.Late {
			s.Late++
		}
	}
	first, submitting, quorum, last := newSighting(timeout), newSighting(timeout), newSighting(timeout), newSighting(timeout)
	for _, r := range records {
		times, ok := at[r.Height]
		if !r.Measured() || r.Status != client.StatusFinal || !ok {
			continue
		}
		s.N++
		sorted := slices.Clone(times)
		slices.Sort(sorted)
		first.add(sorted[0], r.Intended)
		submitting.add(times[r.Node], r.Intended)
		quorum.add(sorted[s.Quorum-1], r.Intended)
		last.add(sorted[nodes-1], r.Intended)
	}
	if s.N == 0 {
		return nil
	}
	s.First, s.Submitting, s.AtQuorum, s.Last = first.latencies(), submitting.latencies(), quorum.latencies(), last.latencies()
	return s
}

const never = time.Duration(1<<63 - 1)

// sighting is the times of one kind of observation; what was never sighting is censored mass.
type sighting struct {
	timeout time.Duration
	h       *hdrhistogram.Histogram
	never   int64
}

func newSighting(timeout time.Duration) *sighting {
	return &sighting{timeout: timeout, h: newHistogram(timeout)}
}

func (o *sighting) add(at, intended time.Duration) {
	if at == never {
		o.never++
		return
	}
	record(o.h, at-intended)
}

func (o *sighting) latencies() Latencies { return latenciesOf(o.h, o.never, o.timeout) }
