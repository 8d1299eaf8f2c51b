package api

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (s *Server) eventRoutes() []route {
	return []route{get("/v1/events", s.getEvents, "types")}
}

// eventTypes are what a stream can carry. Besides them, "gap" says that events were missed since Last-Event-ID, and
// "dropped" is the last event of a client that read too slowly.
var eventTypes = []string{"block", "tx", "finality", "validators"}

const (
	heartbeat    = 15 * time.Second // a comment when there is nothing else, so that proxies keep the connection
	eventTimeout = 10 * time.Second // to write one event
	retryMillis  = 2000             // what clients should wait before they connect again
)

// stream is one client's queue. It is closed by the hub, which sets slow before when the queue was full.
type stream struct {
	types []string // nil: all
	queue chan event
	slow  bool
}

func (s *stream) wants(kind string) bool { return s.types == nil || slices.Contains(s.types, kind) }

// offer puts e into the queue if the client wants it; false means that the queue is full.
func (s *stream) offer(e event) bool {
	if !s.wants(e.kind) {
		return true
	}
	select {
	case s.queue <- e:
		return true
	default:
		return false
	}
}

// open adds a stream and gives the events after number last that the client missed; gap when some are gone.
func (h *hub) open(types []string, last uint64, resume bool) (st *stream, missed []event, gap bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, nil, false, problem(codeNotReady, "this node is stopping", "use another node")
	}
	if len(h.streams) >= h.max {
		return nil, nil, false, problem(codeTooManyStreams, "this node serves as many event streams as it can", "try again later, or another node").after(5 * time.Second)
	}
	st = &stream{types: types, queue: make(chan event, streamQueue)}
	h.streams[st] = struct{}{}
	if !resume {
		return st, nil, false, nil
	}
	// A number from before a restart can be ahead of ours.
	gap = last >= h.next || len(h.history) > 0 && last+1 < h.history[0].number
	for _, e := range h.history {
		if e.number > last && st.wants(e.kind) {
			missed = append(missed, e)
		}
	}
	return st, missed, gap, nil
}

func (h *hub) leave(s *stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.remove(s)
}

// getEvents streams what happens, as server-sent events (HTML standard, section 9.2). A client that comes back with
// Last-Event-ID first gets what it missed.
func (s *Server) getEvents(w http.ResponseWriter, r *request) error {
	var types []string
	if text := r.param("types"); text != "" {
		types = strings.Split(text, ",")
		for _, t := range types {
			if !slices.Contains(eventTypes, t) {
				return invalid("types", "must be of %s, separated by commas, was %q", strings.Join(eventTypes, ", "), printable(t))
			}
		}
	}
	last, resume, err := lastEventID(r)
	if err != nil {
		return err
	}
	if r.Method == http.MethodHead {
		w.Header().Set("Content-Type", "text/event-stream")
		return nil
	}
	st, missed, gap, err := s.events.open(types, last, resume)
	if err != nil {
		return err
	}
	defer s.events.leave(st)
	r.permit.release()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	out := eventWriter{w, http.NewResponseController(w)}
	if out.write("retry: %d\n\n", retryMillis) != nil {
		return nil
	}
	if gap && out.write("event: gap\ndata: {\"detail\":\"events were missed\"}\n\n") != nil {
		return nil
	}
	for _, e := range missed {
		if out.event(e) != nil {
			return nil
		}
	}
	out.follow(r, st)
	return nil
}

func lastEventID(r *request) (last uint64, resume bool, err error) {
	text := r.Header.Get("Last-Event-ID")
	if text == "" {
		return 0, false, nil
	}
	last, err = strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, false, invalid("Last-Event-ID", "must be the id of an event of this stream, was %q", printable(text))
	}
	return last, true, nil
}

// eventWriter writes to one client. An error means that the client is gone or does not read.
type eventWriter struct {
	w  http.ResponseWriter
	rc *http.ResponseController
}

func (o eventWriter) write(format string, args ...any) error {
	if err := o.rc.SetWriteDeadline(time.Now().Add(eventTimeout)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(o.w, format, args...); err != nil {
		return err
	}
	return o.rc.Flush()
}

func (o eventWriter) event(e event) error {
	return o.write("event: %s\nid: %d\ndata: %s\n\n", e.kind, e.number, e.data())
}

// follow writes events until the client leaves or the hub closes the stream.
func (o eventWriter) follow(r *request, st *stream) {
	idle := time.NewTicker(heartbeat)
	defer idle.Stop()
	for {
		select {
		case e, open := <-st.queue:
			if !open {
				if st.slow {
					_ = o.write("event: dropped\ndata: {\"detail\":\"this client read too slowly; connect again with Last-Event-ID\"}\n\n") // the last words
				}
				return
			}
			if o.event(e) != nil {
				return
			}
		case <-idle.C:
			if o.write(": still here\n\n") != nil {
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}
