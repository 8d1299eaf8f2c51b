package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func wireClient(t *testing.T) *http.Client {
	t.Helper()
	w := newWire(2 * time.Second)
	t.Cleanup(w.CloseIdleConnections)
	return &http.Client{Transport: w}
}

func TestWireKeepsConnections(t *testing.T) {
	var opened atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s %s", r.Method, r.URL, r.Header.Get("Content-Type"), body)
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	c := wireClient(t)
	for range 5 {
		resp, err := c.Post(server.URL+"/v1/txs?wait=final", "text/plain", strings.NewReader("hello"))
		if err != nil {
			t.Fatal(err)
		}
		if body, _ := io.ReadAll(resp.Body); string(body) != "POST /v1/txs?wait=final text/plain hello" {
			t.Errorf("the node saw %q", body)
		}
	}
	if n := opened.Load(); n != 1 {
		t.Errorf("%d connections for requests one after the other", n)
	}
}

// Answers in pieces, without a length, large ones and many at once.
func TestWireReadsWholeAnswers(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i < len(long); i += 1 << 18 {
			io.WriteString(w, long[i:i+1<<18])
			w.(http.Flusher).Flush()
		}
	}))
	defer server.Close()
	c := wireClient(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			resp, err := c.Get(server.URL)
			if err != nil {
				t.Error(err)
				return
			}
			if body, err := io.ReadAll(resp.Body); string(body) != long || err != nil {
				t.Errorf("%d bytes, %v", len(body), err)
			}
		}()
	}
	wg.Wait()
}

// A node may close a connection that was kept: the request goes over another, once.
func TestWireTriesAgainWhenTheNodeHasHungUp(t *testing.T) {
	served := 0
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			served++
			buffer := make([]byte, 4096)
			_, _ = conn.Read(buffer)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
			time.Sleep(20 * time.Millisecond)
			conn.Close() // without a word
		}
	}()
	c := wireClient(t)
	for range 3 {
		resp, err := c.Post("http://"+l.Addr().String(), "text/plain", strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		if body, _ := io.ReadAll(resp.Body); string(body) != "ok" {
			t.Errorf("got %q", body)
		}
		time.Sleep(40 * time.Millisecond)
	}
}

func TestWireGivesUpInTime(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	c := wireClient(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	for _, ctx := range []context.Context{ctx, cancelled(t)} {
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
		if _, err := c.Do(req); err == nil || !errors.Is(err, ctx.Err()) {
			t.Errorf("got %v, want %v", err, ctx.Err())
		}
	}
	if _, err := c.Get("http://127.0.0.1:1"); err == nil {
		t.Error("an answer from nobody")
	}
}

func cancelled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(30*time.Millisecond, cancel)
	return ctx
}
