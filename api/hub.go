package api

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"blink/finality"
	"blink/store"
)

// Bounds of the event stream.
const (
	hubQueue     = 4096 // blocks and outcomes that wait to become events; what comes when it is full is dropped and counted
	streamQueue  = 256  // events that wait for one client; a client that falls further behind is dropped
	historySize  = 1024 // events that a client can catch up with after a break
	maxTxEvents  = 500  // transaction events per block; the block event always has the full count
	summaryEvery = time.Second
)

// hub turns what the tracker sees into events and hands them to streams. The tracker is never held up: its calls only
// put a value into a queue.
type hub struct {
	store   *store.Store
	tracker *finality.Tracker
	queue   chan seen
	lost    atomic.Uint64 // values that found the queue full
	dropped atomic.Uint64 // streams that were too slow
	max     int
	powers  powers // of the validators, as last seen; run's own
	root    []byte // of the state in which they were seen

	mu      sync.Mutex
	next    uint64
	history []event // the last historySize, oldest first
	streams map[*stream]struct{}
	closed  bool
}

// seen is a block or the outcome of a transaction that is in none.
type seen struct {
	block   *finality.BlockSeen
	outcome finality.Outcome
}

// event is one server-sent event.
type event struct {
	number uint64
	kind   string
	data   func() []byte // JSON; made when the first client wants it, for nobody may be watching
}

func newHub(s *store.Store, t *finality.Tracker, maxStreams int) *hub {
	return &hub{store: s, tracker: t, queue: make(chan seen, hubQueue), max: maxStreams, streams: map[*stream]struct{}{}, next: 1}
}

// Block implements finality.Observer.
func (h *hub) Block(b finality.BlockSeen) { h.put(seen{block: &b}) }

// Settled implements finality.Observer. Final transactions come with their block.
func (h *hub) Settled(o finality.Outcome) {
	if o.Status != finality.Final {
		h.put(seen{outcome: o})
	}
}

func (h *hub) put(s seen) {
	select {
	case h.queue <- s:
	default:
		h.lost.Add(1)
	}
}

// run makes events until ctx ends, then closes all streams.
func (h *hub) run(ctx context.Context) {
	ticker := time.NewTicker(summaryEvery)
	defer ticker.Stop()
	news := false
	for {
		select {
		case s := <-h.queue:
			news = true
			if s.block != nil {
				h.blockEvents(*s.block)
			} else {
				h.emitTx(s.outcome)
			}
		case <-ticker.C:
			if news && h.wanted("finality") {
				news = false
				h.emit("finality", h.tracker.Stats(finality.FiveMinutes, time.Now()))
			}
		case <-ctx.Done():
			h.closeAll()
			return
		}
	}
}

type blockEvent struct {
	Height  int64     `json:"height"`
	Time    time.Time `json:"time"`
	TxCount int       `json:"tx_count"`
}

func (h *hub) blockEvents(b finality.BlockSeen) {
	h.emit("block", blockEvent{Height: b.Height, Time: b.Time.UTC(), TxCount: len(b.Txs)})
	for i, t := range b.Txs {
		if i == maxTxEvents {
			break
		}
		if o, ok := h.tracker.Lookup(t.ID); ok {
			h.emitTx(o)
		}
	}
	root := h.store.Root()
	if bytes.Equal(root, h.root) { // most blocks of a quiet chain change nothing
		return
	}
	h.root = root
	if changes := h.powers.update(h.store.Latest()); len(changes) > 0 {
		h.emit("validators", map[string]any{"height": b.Height, "changes": changes})
	}
}

func (h *hub) emitTx(o finality.Outcome) {
	h.offer("tx", func() any { return describe(o) })
}

func (h *hub) emit(kind string, v any) {
	h.offer(kind, func() any { return v })
}

// offer gives an event to all streams; one whose queue is full is dropped.
func (h *hub) offer(kind string, value func() any) {
	data := sync.OnceValue(func() []byte {
		data, _ := json.Marshal(value()) // values of this package, which all marshal
		return data
	})
	h.mu.Lock()
	defer h.mu.Unlock()
	e := event{h.next, kind, data}
	h.next++
	if len(h.history) == historySize {
		h.history = h.history[1:] // append copies once in historySize events
	}
	h.history = append(h.history, e)
	for s := range h.streams {
		if !s.offer(e) {
			s.slow = true
			h.dropped.Add(1)
			h.remove(s)
		}
	}
}

// wanted reports whether a client wants events of a kind.
func (h *hub) wanted(kind string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.streams {
		if s.wants(kind) {
			return true
		}
	}
	return false
}

// streaming is how many streams are open.
func (h *hub) streaming() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.streams)
}

// remove ends a stream; mu is held.
func (h *hub) remove(s *stream) {
	if _, ok := h.streams[s]; ok {
		delete(h.streams, s)
		close(s.queue)
	}
}

func (h *hub) closeAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for s := range h.streams {
		h.remove(s)
	}
}
