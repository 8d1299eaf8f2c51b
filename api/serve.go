package api

import (
	"encoding/json"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// serve wraps a route: limits, headers, and what becomes of errors and panics.
func (s *Server) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		r := &request{Request: hr, received: time.Now(), client: s.clientOf(hr)}
		out := &answer{ResponseWriter: w}
		defer func() {
			if cause := recover(); cause != nil {
				if cause == http.ErrAbortHandler {
					panic(cause)
				}
				s.cfg.Logger.Error("a request made the server panic", "method", hr.Method, "route", rt.path, "panic", cause, "stack", string(debug.Stack()))
				s.fail(out, problem(codeInternal, "this node could not answer; the cause is in its log", "try another node"))
			}
			s.metrics.served(rt, out.status, time.Since(r.received))
		}()
		s.setHeaders(out, hr)
		if err := s.admit(out, r, rt); err != nil {
			s.refuse(out, rt, err)
			return
		}
		defer r.permit.release()
		if err := rt.handle(out, r); err != nil {
			s.refuse(out, rt, err)
		}
	})
}

// admit keeps the limits and refuses parameters that the route does not know.
func (s *Server) admit(w http.ResponseWriter, r *request, rt route) error {
	if err := s.charge(r, 1); err != nil {
		return err
	}
	r.permit = s.busy.take()
	if r.permit == nil {
		return problem(codeOverloaded, "this node answers as many requests as it can", "try again later, or another node")
	}
	if err := checkParams(r.Request, rt.params); err != nil && rt.path != "none" {
		r.permit.release()
		return err
	}
	return nil
}

// charge counts a request, or n more of them, against what the client may send.
func (s *Server) charge(r *request, n int) error {
	if wait := s.limiter.take(r.client, n, r.received); wait > 0 {
		return problem(codeRateLimited, "too many requests from this address", "").after(wait)
	}
	return nil
}

func (s *Server) refuse(w *answer, rt route, err error) {
	p, ok := problemOf(err)
	if !ok {
		s.cfg.Logger.Error("a request failed", "route", rt.path, "error", err)
	}
	s.fail(w, p)
}

// fail sends a problem, unless an answer has begun.
func (s *Server) fail(w *answer, p *Problem) {
	if w.status == 0 {
		writeProblem(w, p)
	}
}

// apiPolicy lets a browser that shows an answer load nothing. Pages set their own.
const apiPolicy = "default-src 'none'; frame-ancestors 'none'"

func (s *Server) setHeaders(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", apiPolicy)
	h.Set("Cache-Control", "no-store")
	if len(s.cfg.CORSOrigins) == 0 {
		return
	}
	h.Add("Vary", "Origin")
	if origin := r.Header.Get("Origin"); origin != "" && s.allowsOrigin(origin) {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Expose-Headers", "Retry-After, Location")
	}
}

func (s *Server) allowsOrigin(origin string) bool {
	return slices.Contains(s.cfg.CORSOrigins, "*") || slices.Contains(s.cfg.CORSOrigins, origin)
}

// preflight answers a browser that asks whether a page of another origin may send a request.
func (s *Server) preflight(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" || !s.allowsOrigin(r.Header.Get("Origin")) {
		return false
	}
	s.setHeaders(w, r)
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST")
	h.Set("Access-Control-Allow-Headers", "Content-Type, Last-Event-ID")
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
}

// answer remembers the status that was sent; 0 means nothing was.
type answer struct {
	http.ResponseWriter
	status int
}

// WriteHeader sends the status.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write sends a part of the body.
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// writeJSON sends v.
func writeJSON(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", mediaJSON)
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // the client is gone: nobody to tell
	return nil
}

// accepts reports whether the Accept header names the media type outright.
func accepts(r *http.Request, media string) bool {
	return strings.Contains(r.Header.Get("Accept"), media)
}
