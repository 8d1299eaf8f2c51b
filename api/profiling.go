package api

import (
	"context"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"strconv"
	"sync"
)

// maxProfileSeconds bounds how long one profile may take: it holds a connection, and the node pays for it meanwhile.
const maxProfileSeconds = 60

// profilingRoutes are Go's profiles under the paths that its tools expect. They are always there, so that who asks learns
// how to switch them on.
func (s *Server) profilingRoutes() []route {
	named := func(name string) http.HandlerFunc { return pprof.Handler(name).ServeHTTP }
	var cpu, trace sync.Mutex // the runtime has one of each
	return []route{
		get("/debug/pprof/profile", s.profile(pprof.Profile, &cpu), "seconds"),
		get("/debug/pprof/trace", s.profile(pprof.Trace, &trace), "seconds"),
		get("/debug/pprof/mutex", s.profile(named("mutex"), nil), "seconds"),
		get("/debug/pprof/block", s.profile(named("block"), nil), "seconds"),
		get("/debug/pprof/heap", s.profile(named("heap"), nil), "debug"),
		get("/debug/pprof/goroutine", s.profile(named("goroutine"), nil), "debug"),
	}
}

// profile lets take answer who may ask, while nobody else holds one, unless that is nil.
func (s *Server) profile(take http.HandlerFunc, one *sync.Mutex) handler {
	return func(w http.ResponseWriter, r *request) error {
		if err := s.mayProfile(r.Request); err != nil {
			return err
		}
		if err := checkSeconds(r.Request); err != nil {
			return err
		}
		if r.Method == http.MethodHead { // may ask, and has: nothing is taken
			return nil
		}
		if one != nil {
			if !one.TryLock() {
				return problem(codeProfileRunning, "somebody else takes such a profile of this node now, and there can be only one at a time", "wait until it is done")
			}
			defer one.Unlock()
		}
		r.permit.release()
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(s.closing, cancel)()
		take(w, r.WithContext(ctx))
		return nil
	}
}

// mayProfile refuses everybody while profiling is off, and else all but programs on this machine that ask directly.
// A header can only take that away: one that a proxy sets says that the question comes from elsewhere.
func (s *Server) mayProfile(r *http.Request) error {
	if !s.cfg.Profiling {
		return problem(codeProfilingDisabled, "profiling is off at this node",
			"set api.profiling = true in its config/blink.toml, or start it with --api.profiling=true")
	}
	h := r.Header
	forwarded := h.Get("Forwarded") != "" || h.Get("X-Forwarded-For") != "" || h.Get("Via") != ""
	if !isLoopback(r.RemoteAddr) || forwarded || h.Get("Origin") != "" {
		return problem(codeLoopbackOnly, "profiles are for programs on the node's own machine, without a proxy between", "ask on that machine, or through ssh -L")
	}
	return nil
}

func isLoopback(remote string) bool {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

func checkSeconds(r *http.Request) error {
	text := r.URL.Query().Get("seconds")
	if n, err := strconv.Atoi(text); text != "" && (err != nil || n < 1 || n > maxProfileSeconds) {
		return problem(codeInvalidParameter, "seconds must be a whole number from 1 to "+strconv.Itoa(maxProfileSeconds)+", was "+strconv.Quote(printable(text)), "").at("seconds")
	}
	return nil
}
