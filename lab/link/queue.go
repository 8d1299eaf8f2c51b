package link

import (
	"math/rand/v2"
	"time"

	"github.com/Shopify/toxiproxy/v2/stream"
)

// maxUnderWay bounds the bytes of one stream that are under way; beyond it the sender has to wait, as it would for a
// full TCP window. A path of 160 ms carries 25 MB/s with it.
const maxUnderWay = 4 << 20

// queue is what is under way on one stream, oldest first.
type queue struct {
	path    *path
	alarm   *alarm
	chunks  []chunk
	bytes   int
	last    time.Time // when the youngest chunk may arrive
	ended   bool      // the source has ended, at last
	seen    settings  // of the path, as last acted on
	granted time.Time // when the limited path has sent the slice of the head; zero = not asked yet
}

// chunk is bytes that were sent together.
type chunk struct {
	*stream.StreamChunk
	due time.Time // not to arrive earlier
}

func newQueue(p *path, a *alarm) *queue { return &queue{path: p, alarm: a} }

// run passes chunks from in to out until the end of the stream is passed on, or until dead is closed; then it takes
// what still comes, for the senders must not hang.
func (q *queue) run(in <-chan *stream.StreamChunk, out chan<- *stream.StreamChunk, dead <-chan struct{}) {
	wake := newCall()
	defer q.alarm.cancel(wake)
	for {
		set, changed := q.path.settings()
		if set != q.seen {
			q.seen, q.granted = set, time.Time{}
		}
		take, give := in, out
		if !q.room() {
			take = nil
		}
		ready, at, finished := q.next(time.Now())
		if finished {
			return
		}
		if ready == nil {
			give = nil
		}
		if !at.IsZero() {
			q.alarm.set(wake, at)
		}
		select {
		case c := <-take:
			q.push(c)
		case give <- ready:
			q.pop(len(ready.Data))
		case <-wake.due:
		case <-changed:
		case <-dead:
			for range in {
			}
			return
		}
	}
}

// next is what may be passed on now; nil with the moment to look again, where zero means when something changes.
func (q *queue) next(now time.Time) (ready *stream.StreamChunk, at time.Time, finished bool) {
	if q.seen.held {
		return nil, time.Time{}, false
	}
	if len(q.chunks) == 0 {
		if !q.ended {
			return nil, time.Time{}, false
		}
		return nil, q.last, !q.last.After(now)
	}
	head := q.chunks[0]
	if head.due.After(now) {
		return nil, head.due, false
	}
	if q.seen.rate == 0 {
		return head.StreamChunk, time.Time{}, false
	}
	n := min(len(head.Data), int(max(1, q.seen.rate/slicesPerSecond)))
	if q.granted.IsZero() {
		q.granted = q.path.reserve(head.due, n)
	}
	if q.granted.After(now) {
		return nil, q.granted, false
	}
	return &stream.StreamChunk{Data: head.Data[:n], Timestamp: head.Timestamp}, time.Time{}, false
}

// push takes a chunk from the source, nil for its end. The settings are those of now: when a change has been made
// before the bytes were sent, it must be theirs.
func (q *queue) push(c *stream.StreamChunk) {
	set, _ := q.path.settings()
	if c == nil {
		q.ended = true
		c = &stream.StreamChunk{Timestamp: time.Now()}
	}
	due := c.Timestamp.Add(set.base.draw() + set.fault.draw())
	if due.After(q.last) {
		q.last = due
	}
	if !q.ended {
		q.chunks = append(q.chunks, chunk{c, q.last})
		q.bytes += len(c.Data)
	}
}

// pop forgets the first n bytes, which are passed on: the head or a part of it.
func (q *queue) pop(n int) {
	q.bytes -= n
	q.granted = time.Time{}
	head := &q.chunks[0]
	if n < len(head.Data) {
		head.StreamChunk = &stream.StreamChunk{Data: head.Data[n:], Timestamp: head.Timestamp}
		return
	}
	q.chunks[0] = chunk{}
	q.chunks = q.chunks[1:]
}

// room reports whether more may be taken. On a held path nothing is, so that it waits where TCP lets it wait. In
// front of a narrow path waits what it carries in a quarter of a second, as in the buffer of a router.
func (q *queue) room() bool {
	limit := maxUnderWay
	if s := q.seen; s.rate > 0 {
		seconds := (s.base.latency + s.fault.latency + 250*time.Millisecond).Seconds()
		limit = int(min(maxUnderWay, max(64<<10, float64(s.rate)*seconds)))
	}
	return !q.ended && !q.seen.held && q.bytes < limit
}

// draw is how late one chunk is.
func (d delay) draw() time.Duration {
	if d.jitter == 0 {
		return d.latency
	}
	return d.latency + rand.N(d.jitter+1)
}
