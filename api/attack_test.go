package api

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestUnknownPathsAndMethods(t *testing.T) {
	s := serve(t, nil)
	for _, path := range []string{"/nothing", "/v1", "/v1/", "/v1/txs/", "/v1//txs", "//", "/v1/../v1/status", "/v1/%2e%2e/status", "/v1/status/",
		"/v1/blocks/1/2", "/dashboard/index.html", "/..%2f..%2fetc/passwd", "/v1/accounts//txs", "/%00"} {
		s.get(path).problem(http.StatusNotFound, codeNotFound)
	}
	for method, path := range map[string]string{"DELETE": "/v1/status", "PUT": "/v1/txs", "GET": "/v1/faucet", "POST": "/v1/status", "OPTIONS": "/v1/txs", "BREW": "/"} {
		r := s.do(method, path, "", nil)
		if r.status != http.StatusMethodNotAllowed || r.header.Get("Allow") == "" {
			t.Errorf("%s %s: %d, Allow %q", method, path, r.status, r.header.Get("Allow"))
		}
	}
	if got := s.do(http.MethodPut, "/v1/txs", "", nil).header.Get("Allow"); got != "POST" {
		t.Errorf("Allow %q", got)
	}
	if got := s.do(http.MethodPut, "/v1/status", "", nil).header.Get("Allow"); got != "GET, HEAD" {
		t.Errorf("Allow %q", got)
	}
	if p := s.get("/v1/status?verbose=1").problem(http.StatusBadRequest, codeUnknownParameter); p["field"] != "verbose" {
		t.Error(p)
	}
	s.get("/v1/finality?window=1m&window=5m").problem(http.StatusBadRequest, codeInvalidParameter)
	s.get("/v1/finality?window=%zz").problem(http.StatusBadRequest, codeInvalidParameter)
	s.get("/v1/finality?a;b").problem(http.StatusBadRequest, codeInvalidParameter)
	s.get("/v1/txs/zz").problem(http.StatusBadRequest, codeInvalidParameter)
	s.get("/v1/txs/"+strings.Repeat("a", 5000)).problem(http.StatusBadRequest, codeInvalidParameter)
	s.do(http.MethodPost, "/v1/txs?timeout=5s", mediaBytes, nil).problem(http.StatusBadRequest, codeInvalidParameter)
	s.do(http.MethodPost, "/v1/txs?wait=final&timeout=1h", mediaBytes, nil).problem(http.StatusBadRequest, codeInvalidParameter)
	s.do(http.MethodPost, "/v1/txs?wait=forever", mediaBytes, nil).problem(http.StatusBadRequest, codeInvalidParameter)
}

func TestRatesAreLimitedPerClient(t *testing.T) {
	s := serve(t, func(c *Config) { c.Limits.RequestsPerSecond, c.Limits.Burst = 1, 5 })
	for range 5 {
		s.get("/v1/health").is(http.StatusOK)
	}
	r := s.get("/v1/health", "X-Forwarded-For", "192.0.2.7") // whoever claims to be someone else is not
	r.problem(http.StatusTooManyRequests, codeRateLimited)
	if r.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	s.get("/nothing").problem(http.StatusTooManyRequests, codeRateLimited)
}

func TestTheAddressThatLimitsAreKeptBy(t *testing.T) {
	s := &Server{}
	for _, c := range []struct {
		remote, forwarded string
		trust             bool
		want              string
	}{
		{"192.0.2.1:99", "10.0.0.1", false, "192.0.2.1"},
		{"192.0.2.1:99", "10.0.0.1, 10.0.0.2", true, "10.0.0.2"},
		{"192.0.2.1:99", "rubbish", true, "unknown"},
		{"[2001:db8::1]:99", "", true, "2001:db8::/64"},
		{"[2001:db8::ffff:1]:99", "", false, "2001:db8::/64"},
		{"[::ffff:192.0.2.1]:99", "", false, "192.0.2.1"},
		{"@", "", false, "unknown"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		s.cfg.TrustProxy = c.trust
		if got := s.clientOf(r); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestClientsRememberedAreBounded(t *testing.T) {
	l := newLimiter(1, 1)
	now := time.Now()
	for n := range maxClients + 100 {
		l.take(fmt.Sprint(n), 1, now)
	}
	if len(l.clients) > maxClients {
		t.Errorf("%d clients", len(l.clients))
	}
	l.take("another", 1, now.Add(time.Minute))
	if len(l.clients) > 1 {
		t.Errorf("%d idle clients were kept", len(l.clients))
	}
}

func TestTooManyAtOnceAreRefused(t *testing.T) {
	s := serve(t, func(c *Config) { c.Limits.MaxInFlight = 1 })
	held := s.api.busy.take()
	r := s.get("/v1/health")
	r.problem(http.StatusServiceUnavailable, codeOverloaded)
	if r.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	held.release()
	// A request that waits for finality holds nothing up.
	s.hold(true)
	done := make(chan reply, 1)
	go func() { done <- s.submit("/v1/txs?wait=final", s.transfer(0, 5)) }()
	for s.tracker.Stats(0, time.Now()).Waiters == 0 {
		time.Sleep(time.Millisecond)
	}
	s.get("/v1/health").is(http.StatusOK)
	s.block(0)
	(<-done).is(http.StatusOK)
}

func TestAPanicIsLoggedAndNotTold(t *testing.T) {
	s := serve(t, nil)
	s.api.router.Handle("/v1/panic", s.api.serve(get("/v1/panic", func(http.ResponseWriter, *request) error { panic("secret") })))
	s.spec = nil
	res, err := http.Get(s.url + "/v1/panic")
	must(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	must(t, err)
	if res.StatusCode != http.StatusInternalServerError || strings.Contains(string(body), "secret") || !strings.Contains(string(body), codeInternal) {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if !strings.Contains(s.log.String(), "secret") {
		t.Error("the panic is not in the log")
	}
}

func TestSlowAndHugeRequests(t *testing.T) {
	s := serve(t, nil)
	if h := s.http; h.ReadHeaderTimeout == 0 || h.ReadTimeout == 0 || h.WriteTimeout <= s.api.cfg.Limits.MaxWait || h.IdleTimeout == 0 {
		t.Errorf("timeouts %v %v %v %v", h.ReadHeaderTimeout, h.ReadTimeout, h.WriteTimeout, h.IdleTimeout)
	}
	address := strings.TrimPrefix(s.url, "http://")
	status := func(text string) string {
		t.Helper()
		c, err := net.Dial("tcp", address)
		must(t, err)
		defer c.Close()
		must(t, c.SetDeadline(time.Now().Add(20*time.Second)))
		_, _ = io.WriteString(c, text) // the server may hang up before all is written
		answer, _ := io.ReadAll(io.LimitReader(c, 12))
		return string(answer)
	}
	if got := status("GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 64<<10) + "\r\n\r\n"); got != "HTTP/1.1 431" {
		t.Errorf("a header of 64 KiB: %q", got)
	}
	if got := status("POST /v1/txs HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n"); got != "HTTP/1.1 413" {
		t.Errorf("a body said to be huge: %q", got)
	}
	if got := status("POST /v1/txs HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("10000\r\n"+strings.Repeat("a", 0x10000)+"\r\n", 4)); got != "HTTP/1.1 413" {
		t.Errorf("a body that does not say its length: %q", got)
	}
	impatient := NewServer("", s.api)
	impatient.ReadTimeout = 100 * time.Millisecond
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer impatient.Close()
	go func() { _ = impatient.Serve(listener) }() // ends with Close
	address = listener.Addr().String()
	if got := status("POST /v1/txs HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nslow"); got != "HTTP/1.1 400" {
		t.Errorf("a body that never ends: %q", got)
	}
}

func TestOtherOriginsNeedPermission(t *testing.T) {
	const friend = "https://explorer.example"
	s := serve(t, func(c *Config) { c.CORSOrigins = []string{friend} })
	if got := s.get("/v1/status", "Origin", friend).header.Get("Access-Control-Allow-Origin"); got != friend {
		t.Errorf("a permitted origin: %q", got)
	}
	if got := s.get("/v1/status", "Origin", "https://other.example").header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("another origin: %q", got)
	}
	if r := s.do(http.MethodOptions, "/v1/txs", "", nil, "Origin", friend, "Access-Control-Request-Method", "POST"); r.status != http.StatusNoContent {
		t.Errorf("preflight: %d", r.status)
	}
	closed := serve(t, nil)
	if got := closed.get("/v1/status", "Origin", friend).header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("nothing is permitted, and yet %q", got)
	}
	if r := closed.do(http.MethodOptions, "/v1/txs", "", nil, "Origin", friend, "Access-Control-Request-Method", "POST"); r.status != http.StatusMethodNotAllowed {
		t.Errorf("preflight: %d", r.status)
	}
}

func TestConfigurationIsChecked(t *testing.T) {
	_, err := New(Config{Faucet: Faucet{Key: nil}, Limits: Limits{Burst: -1}})
	for _, word := range []string{"Node", "Store", "Tracker", "limits"} {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%v does not name %s", err, word)
		}
	}
}

func TestAWaitOutlastsTheTimeToReadARequest(t *testing.T) {
	s := serve(t, nil)
	s.hold(true)
	impatient := NewServer("", s.api)
	impatient.ReadTimeout = 100 * time.Millisecond
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer impatient.Close()
	go func() { _ = impatient.Serve(listener) }() // ends with Close
	s.url = "http://" + listener.Addr().String()
	signed := s.transfer(0, 5)
	begin := time.Now()
	got := s.submit("/v1/txs?wait=final&timeout=500ms", signed).is(http.StatusAccepted)
	if took := time.Since(begin); took < 500*time.Millisecond || got["status"] != "pending" {
		t.Errorf("after %v: %v", took, got)
	}
	begin = time.Now()
	s.get("/v1/txs/" + signed.ID().String() + "?wait=500ms").is(http.StatusOK)
	if took := time.Since(begin); took < 500*time.Millisecond {
		t.Errorf("after %v", took)
	}
}
