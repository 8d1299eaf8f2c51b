package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// answering is a node that gives one answer to everything, and counts.
type answering struct {
	*httptest.Server
	asked atomic.Int64
}

func serve(t *testing.T, status int, body string) *answering {
	t.Helper()
	a := &answering{}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.asked.Add(1)
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	t.Cleanup(a.Close)
	return a
}

// downURL is where nothing listens.
func downURL(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String()
}

func newClient(t *testing.T, opt Options, urls ...string) *Client {
	t.Helper()
	c, err := New(urls, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

const statusJSON = `{"chain_id":"test","height":7,"a_member_of_the_future":{}}`

func TestFailsOverAndRemembers(t *testing.T) {
	up := serve(t, 200, statusJSON)
	c := newClient(t, Options{}, downURL(t), up.URL)
	for range 2 {
		s, err := c.Status(t.Context())
		if err != nil || s.Height != 7 {
			t.Fatalf("status %+v, %v", s, err)
		}
	}
	if c.Current() != up.URL {
		t.Errorf("the client goes back to %s, which is down", c.Current())
	}
}

func TestFailsOverForSubmissions(t *testing.T) {
	var got []byte
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, _ = io.ReadAll(r.Body)
		fmt.Fprintf(w, `{"id":"%064d","status":"final","height":3,"code":"ok","ttf_ms":12.5}`, 0)
	}))
	defer up.Close()
	c := newClient(t, Options{}, downURL(t), up.URL)
	st, err := c.Submit(t.Context(), []byte("the bytes"), time.Second)
	if err != nil || st.Status != StatusFinal || *st.TTF != 12.5 {
		t.Fatalf("%+v, %v", st, err)
	}
	if string(got) != "the bytes" {
		t.Errorf("the second node got %q", got)
	}
}

func TestNotReadyIsNotAnAnswer(t *testing.T) {
	waking := serve(t, 503, `{"title":"not ready","status":503,"code":"not_ready"}`)
	up := serve(t, 200, statusJSON)
	c := newClient(t, Options{}, waking.URL, up.URL)
	if _, err := c.Status(t.Context()); err != nil {
		t.Fatal(err)
	}
	if waking.asked.Load() != 1 || up.asked.Load() != 1 {
		t.Errorf("asked %d and %d times, want once each", waking.asked.Load(), up.asked.Load())
	}
}

func TestRefusalIsFinal(t *testing.T) {
	for _, body := range []string{
		`{"title":"refused","status":400,"code":"nonce_too_low","field":"nonce","expected":"8","hint":"use 8","detail":"nonce 7 is used"}`,
		`{"title":"full","status":503,"code":"mempool_full"}`,
	} {
		status := 400
		if strings.Contains(body, "503") {
			status = 503
		}
		refusing, other := serve(t, status, body), serve(t, 200, statusJSON)
		c := newClient(t, Options{}, refusing.URL, other.URL)
		_, err := c.Status(t.Context())
		var p *Problem
		if !errors.As(err, &p) || p.Status != status || p.URL != refusing.URL {
			t.Errorf("%s: got %v", body, err)
		}
		if other.asked.Load() != 0 {
			t.Errorf("%s: a refusal was taken to the next node", body)
		}
	}
}

func TestProblemSaysEverythingOnce(t *testing.T) {
	p := &Problem{Status: 400, Code: "nonce_too_low", Field: "nonce", Expected: "8", Detail: "nonce must be 8, was 7"}
	if got, want := p.Error(), "nonce must be 8, was 7 (nonce_too_low)"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	p = problemFrom(502, http.Header{"Retry-After": {"3"}}, []byte("<html>bad gateway</html>"), "u")
	if !strings.Contains(p.Error(), "502 <html>") || p.RetryAfter != 3*time.Second {
		t.Errorf("got %v, retry after %v", p, p.RetryAfter)
	}
}

func TestAllDown(t *testing.T) {
	a, b := downURL(t), downURL(t)
	_, err := newClient(t, Options{}, a, b).Status(t.Context())
	var down *Unreachable
	if !errors.As(err, &down) || len(down.Attempts) != 2 {
		t.Fatalf("got %v", err)
	}
	if want := fmt.Sprintf("no node answered: %s: connection refused; %s: connection refused", a, b); err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestFrozenNode(t *testing.T) {
	frozen, err := net.Listen("tcp", "127.0.0.1:0") // the kernel accepts, nobody answers
	if err != nil {
		t.Fatal(err)
	}
	defer frozen.Close()
	up := serve(t, 200, statusJSON)
	c := newClient(t, Options{Timeout: 100 * time.Millisecond}, "http://"+frozen.Addr().String(), up.URL)
	begun := time.Now()
	if _, err := c.Status(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(begun); d > 2*time.Second {
		t.Errorf("took %v", d)
	}
}

func TestContextEndsEverything(t *testing.T) {
	block := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-block }))
	defer slow.Close()
	defer close(block)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := newClient(t, Options{}, slow.URL, slow.URL).Status(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestReadBounded(t *testing.T) {
	if _, err := readBounded(io.LimitReader(zeros{}, MaxAnswerBytes+1)); err == nil {
		t.Error("read more than the bound")
	}
	if b, err := readBounded(strings.NewReader("ok")); err != nil || string(b) != "ok" {
		t.Errorf("%q, %v", b, err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestURLs(t *testing.T) {
	for in, want := range map[string]string{
		"127.0.0.1:8080":          "http://127.0.0.1:8080",
		"http://node0:8080/":      "http://node0:8080",
		"https://example.org/b/":  "https://example.org/b",
		"ftp://node0":             "",
		"http://":                 "",
		"http://node0/?x=1":       "",
		"":                        "",
		"http://[::1]:8080":       "http://[::1]:8080",
		"http://127.0.0.1:port/x": "",
	} {
		got, err := cleanURL(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v; want %q", in, got, err, want)
		}
	}
	if _, err := New(nil, Options{}); err == nil {
		t.Error("a client of no node")
	}
}

func TestStartingAt(t *testing.T) {
	a, b := serve(t, 200, statusJSON), serve(t, 200, statusJSON)
	c := newClient(t, Options{}, a.URL, b.URL)
	for i := range 4 {
		if _, err := c.StartingAt(i).Status(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Only(1).Status(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a.asked.Load() != 2 || b.asked.Load() != 3 {
		t.Errorf("asked %d and %d times", a.asked.Load(), b.asked.Load())
	}
}
