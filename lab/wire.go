package lab

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"blink/api/client"
)

// wire sends requests over HTTP/1.1 connections of its own, as an http.RoundTripper. It does less than net/http's
// Transport, which runs two goroutines per connection and hands each request through three channels: at 1000 requests
// per second that is a good part of a core, on the machine that measures. Here the goroutine that asks writes the request
// in one piece, waits for the answer on the connection, and gives the connection back.
//
// It is for small requests and small answers that are read whole: not for streams.
type wire struct {
	dial time.Duration

	mu    sync.Mutex
	idle  map[string][]*wireConn // by scheme and host, the last used last
	other *http.Transport        // for hosts that are behind a proxy
	proxy map[string]bool        // by scheme and host: go through other
}

// maxIdleWires bounds the idle connections to one host; what is beyond is closed.
const maxIdleWires = 4096

// wireConn is one connection, used by one request at a time.
type wireConn struct {
	net.Conn
	in   *bufio.Reader
	used bool
}

func newWire(dial time.Duration) *wire {
	return &wire{dial: dial, idle: map[string][]*wireConn{}, proxy: map[string]bool{},
		other: &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: maxIdleWires}}
}

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.proxied(r) {
		return w.other.RoundTrip(r)
	}
	out, err := encodeRequest(r)
	if err != nil {
		return nil, err
	}
	for {
		c, err := w.connect(r)
		if err != nil {
			return nil, err
		}
		resp, answered, err := c.exchange(r, out)
		if err == nil && !resp.Close {
			w.release(r, c)
			return resp, nil
		}
		c.Close()
		// A kept connection that the node has closed meanwhile says nothing about the node. Our requests are safe to repeat.
		if err == nil || answered || !c.used || r.Context().Err() != nil {
			return resp, err
		}
	}
}

// encodeRequest writes a request as it goes over the wire.
func encodeRequest(r *http.Request) ([]byte, error) {
	b := make([]byte, 0, 768)
	b = append(b, r.Method...)
	b = append(b, ' ')
	b = append(b, r.URL.RequestURI()...)
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = append(b, r.URL.Host...)
	for name, values := range r.Header {
		for _, v := range values {
			b = append(b, "\r\n"...)
			b = append(append(append(b, name...), ": "...), v...)
		}
	}
	if r.Method == http.MethodPost {
		b = append(b, "\r\nContent-Length: "...)
		b = strconv.AppendInt(b, r.ContentLength, 10)
	}
	b = append(b, "\r\n\r\n"...)
	if r.Body == nil || r.ContentLength == 0 {
		return b, nil
	}
	defer r.Body.Close()
	n := len(b)
	b = append(b, make([]byte, r.ContentLength)...)
	_, err := io.ReadFull(r.Body, b[n:])
	return b, err
}

// exchange writes a request and reads the whole answer; answered is true once the first byte of it has come.
func (c *wireConn) exchange(r *http.Request, out []byte) (resp *http.Response, answered bool, err error) {
	ctx := r.Context()
	deadline, _ := ctx.Deadline() // none: the zero time, which means none here too
	if err := c.SetDeadline(deadline); err != nil {
		return nil, false, err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
	defer func() {
		if !stop() && err == nil {
			c.used, resp.Close = false, true // the deadline may be set behind our back: no second request over it
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			<-ctx.Done() // the connection's clock may be a moment ahead of the context's
		}
		if err != nil && ctx.Err() != nil {
			err = context.Cause(ctx)
		}
	}()
	if _, err := c.Write(out); err != nil {
		return nil, false, err
	}
	if _, err := c.in.Peek(1); err != nil {
		return nil, false, err
	}
	resp, err = http.ReadResponse(c.in, r)
	if err != nil {
		return nil, true, err
	}
	body, err := readWhole(resp)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, true, err
}

// readWhole reads an answer's body, which must end.
func readWhole(resp *http.Response) ([]byte, error) {
	defer resp.Body.Close()
	if n := resp.ContentLength; n >= 0 && n <= client.MaxAnswerBytes {
		body := make([]byte, n)
		_, err := io.ReadFull(resp.Body, body)
		return body, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, client.MaxAnswerBytes+1))
	if err == nil && len(body) > client.MaxAnswerBytes {
		err = fmt.Errorf("answer is larger than %d bytes", client.MaxAnswerBytes)
	}
	return body, err
}

// connect gives an idle connection, or a new one.
func (w *wire) connect(r *http.Request) (*wireConn, error) {
	key := r.URL.Scheme + "://" + r.URL.Host
	w.mu.Lock()
	if idle := w.idle[key]; len(idle) > 0 {
		c := idle[len(idle)-1]
		w.idle[key] = idle[:len(idle)-1]
		w.mu.Unlock()
		c.used = true
		return c, nil
	}
	w.mu.Unlock()
	ctx, cancel := context.WithTimeout(r.Context(), w.dial)
	defer cancel()
	dialer := net.Dialer{KeepAlive: 15 * time.Second}
	if r.URL.Scheme == "https" {
		secure := tls.Dialer{NetDialer: &dialer}
		conn, err := secure.DialContext(ctx, "tcp", hostPort(r, "443"))
		return newWireConn(conn), err
	}
	conn, err := dialer.DialContext(ctx, "tcp", hostPort(r, "80"))
	return newWireConn(conn), err
}

func newWireConn(conn net.Conn) *wireConn {
	if conn == nil {
		return nil
	}
	return &wireConn{Conn: conn, in: bufio.NewReaderSize(conn, 2048)}
}

func hostPort(r *http.Request, port string) string {
	if p := r.URL.Port(); p != "" {
		port = p
	}
	return net.JoinHostPort(r.URL.Hostname(), port)
}

// release takes a connection back.
func (w *wire) release(r *http.Request, c *wireConn) {
	key := r.URL.Scheme + "://" + r.URL.Host
	w.mu.Lock()
	defer w.mu.Unlock()
	if c.in.Buffered() > 0 || len(w.idle[key]) >= maxIdleWires {
		c.Close() // bytes that nobody asked for: the two sides are out of step
		return
	}
	w.idle[key] = append(w.idle[key], c)
}

// proxied reports whether the environment names a proxy for the request's host.
func (w *wire) proxied(r *http.Request) bool {
	key := r.URL.Scheme + "://" + r.URL.Host
	w.mu.Lock()
	defer w.mu.Unlock()
	yes, known := w.proxy[key]
	if !known {
		u, err := http.ProxyFromEnvironment(r)
		yes = err != nil || u != nil
		w.proxy[key] = yes
	}
	return yes
}

// CloseIdleConnections implements what http.Client looks for.
func (w *wire) CloseIdleConnections() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key, idle := range w.idle {
		for _, c := range idle {
			c.Close()
		}
		delete(w.idle, key)
	}
	w.other.CloseIdleConnections()
}
