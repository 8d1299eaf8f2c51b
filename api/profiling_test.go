package api

import (
	"bytes"
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

var profilePaths = []string{"profile", "trace", "mutex", "block", "heap", "goroutine"}

func profiled(c *Config) { c.Profiling = true }

func TestProfilingIsOffUnlessSwitchedOn(t *testing.T) {
	s := serve(t, nil)
	for _, name := range profilePaths {
		p := s.get("/debug/pprof/"+name).problem(http.StatusNotFound, codeProfilingDisabled)
		if hint, _ := p["hint"].(string); !strings.Contains(hint, "api.profiling = true") {
			t.Errorf("%s: hint %q", name, hint)
		}
	}
}

// Only what is asked for by name is there: neither Go's list of profiles nor the command line.
func TestProfilesThatAreNotServed(t *testing.T) {
	s := serve(t, profiled)
	for _, name := range []string{"", "cmdline", "symbol", "allocs", "threadcreate"} {
		s.get("/debug/pprof/"+name).problem(http.StatusNotFound, codeNotFound)
	}
	for _, query := range []string{"profile?seconds=0", "profile?seconds=61", "profile?seconds=1.5", "trace?seconds=-1", "mutex?seconds=9999999999999999999"} {
		if p := s.get("/debug/pprof/"+query).problem(http.StatusBadRequest, codeInvalidParameter); p["field"] != "seconds" {
			t.Errorf("%s: %v", query, p)
		}
	}
	s.get("/debug/pprof/heap?seconds=1").problem(http.StatusBadRequest, codeUnknownParameter)
}

func TestProfiles(t *testing.T) {
	s := serve(t, profiled)
	for _, name := range []string{"profile?seconds=1", "mutex", "mutex?seconds=1", "block", "heap", "goroutine"} {
		r := s.get("/debug/pprof/" + name)
		r.is(http.StatusOK)
		unpacked, err := gzip.NewReader(bytes.NewReader(r.body))
		must(t, err)
		if _, err := io.Copy(io.Discard, unpacked); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if r := s.get("/debug/pprof/trace?seconds=1"); r.status != http.StatusOK || !bytes.HasPrefix(r.body, []byte("go 1.")) {
		t.Errorf("a trace begins with %.20q", r.body)
	}
	if r := s.get("/debug/pprof/goroutine?debug=1"); !strings.HasPrefix(string(r.body), "goroutine profile:") {
		t.Errorf("as text: %.40q", r.body)
	}
	begun := time.Now()
	if r := s.do(http.MethodHead, "/debug/pprof/profile", "", nil); r.status != http.StatusOK || time.Since(begun) > 5*time.Second {
		t.Errorf("HEAD took a profile: %d after %v", r.status, time.Since(begun))
	}
}

// What a client says about itself never lets it in; a proxy's header keeps it out.
func TestProfilesAreForTheNodesOwnMachine(t *testing.T) {
	s := serve(t, func(c *Config) { c.Profiling, c.TrustProxy = true, true })
	ask := func(remote, header, value string) int {
		r := httptest.NewRequest(http.MethodGet, "/debug/pprof/goroutine", nil)
		r.RemoteAddr = remote
		if header != "" {
			r.Header.Set(header, value)
		}
		w := httptest.NewRecorder()
		s.api.ServeHTTP(w, r)
		s.spec.check(t, r, reply{t, w.Code, w.Header(), w.Body.Bytes()})
		return w.Code
	}
	for _, remote := range []string{"127.0.0.1:5", "127.8.8.8:5", "[::1]:5", "[::ffff:127.0.0.1]:5"} {
		if got := ask(remote, "", ""); got != http.StatusOK {
			t.Errorf("%s: %d", remote, got)
		}
		for header, value := range map[string]string{"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1", "Via": "1.1 proxy", "Origin": "https://page.example"} {
			if got := ask(remote, header, value); got != http.StatusForbidden {
				t.Errorf("%s, %s: %d", remote, header, got)
			}
		}
	}
	for _, remote := range []string{"192.0.2.1:5", "10.0.0.1:5", "[2001:db8::1]:5", "@", "", "localhost:5"} {
		if got := ask(remote, "X-Forwarded-For", "127.0.0.1"); got != http.StatusForbidden {
			t.Errorf("%q claims to be 127.0.0.1: %d", remote, got)
		}
		if got := ask(remote, "", ""); got != http.StatusForbidden {
			t.Errorf("%q: %d", remote, got)
		}
	}
}

func TestOneCPUProfileAtATime(t *testing.T) {
	s := serve(t, profiled)
	answers := make(chan reply, 2)
	for range 2 {
		go func() { answers <- s.get("/debug/pprof/profile?seconds=2") }()
	}
	(<-answers).problem(http.StatusConflict, codeProfileRunning)
	(<-answers).is(http.StatusOK)
}

// A profile may take longer than other answers.
func TestAProfileOutlastsTheTimeToWrite(t *testing.T) {
	s := serve(t, profiled)
	server := NewServer("", s.api)
	server.WriteTimeout = 300 * time.Millisecond
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	go func() { _ = server.Serve(listener) }() // ends with Close
	defer server.Close()
	s.url = "http://" + listener.Addr().String()
	s.get("/debug/pprof/profile?seconds=1").is(http.StatusOK)
}

func TestStoppingEndsAProfile(t *testing.T) {
	s := serve(t, profiled)
	time.AfterFunc(200*time.Millisecond, s.api.Close)
	begun := time.Now()
	s.get("/debug/pprof/profile?seconds=30").is(http.StatusOK)
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("it went on for %v", took)
	}
}
