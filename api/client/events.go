package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"
)

// MaxEventBytes bounds one line of an event stream.
const MaxEventBytes = 1 << 20

// Event is one server-sent event: a block, a transaction, a TTF measurement or a change of validators.
type Event struct {
	Type string          // "message" if the node did not name it
	ID   string          // the stream's position; empty if the node gave none
	Data json.RawMessage // the event's JSON
}

// Events reads a node's event stream until ctx ends, the consumer stops or the stream breaks. The last pair carries the
// error, if there is one; a stream that the node closed ends with io.ErrUnexpectedEOF, and may be opened again.
// kinds, if given, asks for these event types only.
func (c *Client) Events(ctx context.Context, kinds ...string) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		resp, err := c.openStream(ctx, kinds)
		if err != nil {
			yield(Event{}, err)
			return
		}
		defer resp.Body.Close()
		more := true
		err = readEvents(resp.Body, func(e Event) bool {
			more = yield(e, nil)
			return more
		})
		if !more || ctx.Err() != nil {
			return
		}
		yield(Event{}, err)
	}
}

// openStream finds a node that serves the stream.
func (c *Client) openStream(ctx context.Context, kinds []string) (*http.Response, error) {
	path := "/v1/events"
	if len(kinds) > 0 {
		path += "?types=" + strings.Join(kinds, ",")
	}
	first := int(c.current.Load())
	var attempts []Attempt
	for i := range c.urls {
		base := c.urls[(first+i)%len(c.urls)]
		resp, err := c.send(ctx, base, request{method: http.MethodGet, path: path})
		if err == nil && resp.StatusCode == http.StatusOK {
			return resp, nil
		}
		if err == nil {
			body, _ := readBounded(resp.Body)
			resp.Body.Close()
			p := problemFrom(resp.StatusCode, resp.Header, body, base)
			if !anotherNodeMayHelp(p) {
				return nil, p
			}
			err = p
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		attempts = append(attempts, Attempt{URL: base, Err: err})
	}
	return nil, &Unreachable{Attempts: attempts}
}

// readEvents parses the event-stream format of the HTML standard (section 9.2.6): fields event, id and data, an empty
// line dispatches, a line that begins with a colon is a comment (the heartbeat).
func readEvents(r io.Reader, emit func(Event) bool) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4096), MaxEventBytes)
	var e Event
	var data []string
	for lines.Scan() {
		line := lines.Text()
		if line == "" {
			if len(data) > 0 {
				if e.Type == "" {
					e.Type = "message"
				}
				e.Data = json.RawMessage(strings.Join(data, "\n"))
				if !emit(e) {
					return nil
				}
			}
			e, data = Event{ID: e.ID}, nil
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "event":
			e.Type = value
		case "id":
			e.ID = value
		case "data":
			data = append(data, value)
		}
	}
	if err := lines.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			return fmt.Errorf("event stream: a line is longer than %d bytes", MaxEventBytes)
		}
		return err
	}
	return io.ErrUnexpectedEOF
}
