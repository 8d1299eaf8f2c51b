package api

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"blink/tx"
)

// heard is one event as a client reads it.
type heard struct {
	kind, id string
	data     map[string]any
}

// listen opens a stream; events come through the channel, which is closed at its end.
func (s *served) listen(query string, headers ...string) (<-chan heard, int, func()) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/v1/events"+query, nil)
	must(s.t, err)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	must(s.t, err)
	out := make(chan heard, 1000)
	go func() {
		defer close(out)
		defer res.Body.Close()
		var e heard
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "event":
				e.kind = value
			case "id":
				e.id = value
			case "data":
				_ = json.Unmarshal([]byte(value), &e.data) // a test looks at what it holds
			case "":
				if e.kind != "" {
					out <- e
				}
				e = heard{}
			}
		}
	}()
	return out, res.StatusCode, cancel
}

// next waits for an event of a kind and skips others.
func next(t *testing.T, events <-chan heard, kind string) heard {
	t.Helper()
	for deadline := time.After(5 * time.Second); ; {
		select {
		case e, ok := <-events:
			if !ok {
				t.Fatalf("the stream ended before an event %q", kind)
			}
			if e.kind == kind {
				return e
			}
		case <-deadline:
			t.Fatalf("no event %q", kind)
		}
	}
}

func TestEventsOfATransaction(t *testing.T) {
	s := serve(t, nil)
	events, status, _ := s.listen("")
	if status != http.StatusOK {
		t.Fatal(status)
	}
	signed := s.transfer(0, 5)
	s.submit("/v1/txs?wait=final", signed).is(http.StatusOK)
	if e := next(t, events, "block"); e.data["tx_count"] != 1.0 {
		t.Error(e)
	}
	if e := next(t, events, "tx"); e.data["id"] != signed.ID().String() || e.data["status"] != "final" || e.data["ttf_ms"] == nil {
		t.Error(e)
	}
	if e := next(t, events, "finality"); e.data["ttf_ms"].(map[string]any)["count"] != 1.0 {
		t.Error(e)
	}
	s.submit("/v1/txs?wait=final", s.sign(1, tx.Delegate{Validator: s.net.Nodes[0].Operator.Address(), Amount: 5_000_000})).is(http.StatusOK)
	if e := next(t, events, "validators"); len(e.data["changes"].([]any)) != 1 {
		t.Error(e)
	}
	s.submit("/v1/txs", s.transfer(0, 9)).is(http.StatusUnprocessableEntity)
	for {
		if e := next(t, events, "tx"); e.data["status"] == "rejected" {
			break
		}
	}
}

func TestAStreamGoesOnWhereItBroke(t *testing.T) {
	s := serve(t, nil)
	events, _, leave := s.listen("?types=block")
	s.block(0)
	first := next(t, events, "block")
	leave()
	for range 3 {
		s.block(0)
	}
	events, _, _ = s.listen("?types=block", "Last-Event-ID", first.id)
	for height := first.data["height"].(float64) + 1; height <= 5; height++ {
		if e := next(t, events, "block"); e.data["height"] != height {
			t.Errorf("height %v, want %v", e.data["height"], height)
		}
	}
	events, _, _ = s.listen("", "Last-Event-ID", "999999") // of another life of this node
	next(t, events, "gap")
	if _, status, _ := s.listen("", "Last-Event-ID", "no"); status != http.StatusBadRequest {
		t.Error(status)
	}
	s.get("/v1/events?types=all").problem(http.StatusBadRequest, codeInvalidParameter)
}

func TestStreamsAreLimited(t *testing.T) {
	s := serve(t, func(c *Config) { c.Limits.MaxStreams = 3 })
	var leave func()
	for range 3 {
		_, status, cancel := s.listen("")
		if status != http.StatusOK {
			t.Fatal(status)
		}
		leave = cancel
	}
	r := s.get("/v1/events")
	r.problem(http.StatusServiceUnavailable, codeTooManyStreams)
	if r.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	leave()
	for deadline := time.Now().Add(5 * time.Second); s.api.events.streaming() > 2; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a client that left still counts")
		}
	}
	if _, status, _ := s.listen(""); status != http.StatusOK {
		t.Error(status)
	}
}

func TestASlowClientIsDroppedAndToldSo(t *testing.T) {
	h := serve(t, nil).api.events
	slow, _, _, err := h.open([]string{"block"}, 0, false)
	must(t, err)
	for range streamQueue + 1 {
		h.emit("block", blockEvent{})
	}
	if h.dropped.Load() != 1 || h.streaming() != 0 || !slow.slow {
		t.Errorf("dropped %d, open %d", h.dropped.Load(), h.streaming())
	}
	count := 0
	for range slow.queue {
		count++
	}
	if count != streamQueue {
		t.Errorf("%d events were left to read", count)
	}
}

func TestStoppingEndsStreams(t *testing.T) {
	s := serve(t, nil)
	events, _, _ := s.listen("")
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	must(t, s.http.Shutdown(ctx))
	for range events { // until it is closed
	}
}

func TestHistoryIsBounded(t *testing.T) {
	h := serve(t, nil).api.events
	for range 3 * historySize {
		h.emit("block", blockEvent{})
	}
	if len(h.history) != historySize {
		t.Errorf("%d events are kept", len(h.history))
	}
	_, missed, gap, err := h.open(nil, 5, true)
	must(t, err)
	if !gap || len(missed) != historySize {
		t.Errorf("gap %v, %d missed", gap, len(missed))
	}
}
