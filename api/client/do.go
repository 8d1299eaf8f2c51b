package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"
)

// MaxAnswerBytes bounds what is read of one answer: a full block, decoded, is a few MiB.
const MaxAnswerBytes = 64 << 20

// request is one call, independent of the node that will serve it.
type request struct {
	method, path string // path begins with /v1 and may hold a query
	body         []byte
	contentType  string
	wait         time.Duration // how long the node is asked to wait before it answers
}

// answer is a complete reply.
type answer struct {
	status int
	body   []byte
	url    string
}

// do sends r to the node that last worked and, when that one is down, to the others in turn.
// Each node is asked once. The error is a *Problem if every node that was asked gave one, an *Unreachable if some gave no
// answer at all, or the context's.
func (c *Client) do(ctx context.Context, r request) (answer, error) {
	first := int(c.current.Load())
	var attempts []Attempt
	var unable []*Problem // what nodes said that were there but could not serve
	for i := range c.urls {
		n := (first + i) % len(c.urls)
		a, err := c.attempt(ctx, c.urls[n], r)
		if err == nil {
			if i > 0 {
				c.current.Store(int64(n))
			}
			return a, nil
		}
		var p *Problem
		if errors.As(err, &p) && !anotherNodeMayHelp(p) {
			if i > 0 {
				c.current.Store(int64(n))
			}
			return answer{}, p
		}
		if ctx.Err() != nil {
			return answer{}, fmt.Errorf("%s %s: %w", r.method, r.path, context.Cause(ctx))
		}
		if p != nil {
			unable = append(unable, p)
		}
		attempts = append(attempts, Attempt{URL: c.urls[n], Err: err})
	}
	if len(unable) == len(attempts) {
		return answer{}, unable[0]
	}
	return answer{}, &Unreachable{Attempts: attempts}
}

// anotherNodeMayHelp tells a node that cannot serve at present from one that refuses what it was given.
func anotherNodeMayHelp(p *Problem) bool {
	switch p.Status {
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
		return true
	case http.StatusServiceUnavailable:
		return p.Code != "mempool_full" // what waits in one mempool waits in all
	}
	return false
}

// attempt asks one node.
func (c *Client) attempt(ctx context.Context, base string, r request) (answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.opt.Timeout+r.wait, errNoAnswer)
	defer cancel()
	resp, err := c.send(ctx, base, r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := readBounded(resp.Body)
	if err != nil {
		return answer{}, err
	}
	if resp.StatusCode >= 400 {
		return answer{}, problemFrom(resp.StatusCode, resp.Header, body, base)
	}
	return answer{status: resp.StatusCode, body: body, url: base}, nil
}

// send starts the exchange; the caller reads and closes the body.
func (c *Client) send(ctx context.Context, base string, r request) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, r.method, base+r.path, bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	if r.body == nil {
		req.Body, req.GetBody = http.NoBody, nil
	} else {
		req.Header.Set("Content-Type", r.contentType)
		// A kept-alive connection that the node closed meanwhile is retried by net/http itself only for idempotent
		// requests; ours all are.
		req.Header["Idempotency-Key"] = nil
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.userAgent())
	return c.http.Do(req)
}

// errNoAnswer is the cause of an attempt's own deadline.
var errNoAnswer = errors.New("no answer in time")

// readBounded reads an answer whole, or refuses one that is too large.
func readBounded(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, MaxAnswerBytes+1))
	if err != nil {
		return nil, err
	}
	if len(body) > MaxAnswerBytes {
		return nil, fmt.Errorf("answer is larger than %d bytes", MaxAnswerBytes)
	}
	return body, nil
}

// Get reads path, such as "/v1/status", into out: a pointer to a struct, or *json.RawMessage for the answer as it is.
func (c *Client) Get(ctx context.Context, path string, out any) error {
	return c.call(ctx, request{method: http.MethodGet, path: path}, out)
}

// call sends r and decodes the answer. Unknown members are ignored: a newer node may say more.
func (c *Client) call(ctx context.Context, r request, out any) error {
	_, err := c.callAt(ctx, r, out)
	return err
}

// callAt is call, and tells which node has answered.
func (c *Client) callAt(ctx context.Context, r request, out any) (url string, err error) {
	a, err := c.do(ctx, r)
	if err != nil {
		return "", err
	}
	if err := json.Unmarshal(a.body, out); err != nil {
		return "", fmt.Errorf("%s%s: the answer is not the JSON of a blink node: %w", a.url, r.path, err)
	}
	return a.url, nil
}

// reason shortens a transport error to what a reader needs.
func reason(err error) string {
	var u *url.Error
	var n net.Error
	switch {
	case errors.Is(err, errNoAnswer):
		return errNoAnswer.Error()
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.As(err, &n) && n.Timeout():
		return errNoAnswer.Error()
	case errors.As(err, &u):
		return u.Err.Error()
	}
	return err.Error()
}
