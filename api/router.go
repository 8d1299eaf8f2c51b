package api

import (
	"net/http"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode"

	"github.com/gorilla/mux"
)

// handler answers a request or says why it cannot; the error becomes a problem document in one place.
type handler func(w http.ResponseWriter, r *request) error

// request is an HTTP request with what the way here has found out.
type request struct {
	*http.Request
	received time.Time // when the request reached this node
	client   string    // the address by which limits are kept
	permit   *permit
}

// route is one method and path of the API. params are the query parameters it takes; all others are refused.
type route struct {
	method, path string
	params       []string
	handle       handler
}

func get(path string, h handler, params ...string) route {
	return route{http.MethodGet, path, params, h}
}

func post(path string, h handler, params ...string) route {
	return route{http.MethodPost, path, params, h}
}

// routes lists the whole API. Each resource declares its own, beside its handlers.
func (s *Server) routes() []route {
	return slices.Concat(
		s.txRoutes(),
		s.accountRoutes(),
		s.validatorRoutes(),
		s.proposalRoutes(),
		s.blockRoutes(),
		s.chainRoutes(),
		s.statusRoutes(),
		s.finalityRoutes(),
		s.eventRoutes(),
		s.faucetRoutes(),
		s.profilingRoutes(),
		s.pageRoutes(),
	)
}

// newRouter makes the router. Paths are matched as they were sent: nothing is cleaned or redirected.
func (s *Server) newRouter() *mux.Router {
	router := mux.NewRouter().SkipClean(true).UseEncodedPath()
	methods := map[string][]string{}
	for _, rt := range s.routes() {
		m := []string{rt.method}
		if rt.method == http.MethodGet {
			m = append(m, http.MethodHead)
		}
		router.Handle(rt.path, s.serve(rt)).Methods(m...)
		methods[rt.path] = append(methods[rt.path], m...)
	}
	router.NotFoundHandler = s.serve(route{path: "none", params: nil, handle: func(http.ResponseWriter, *request) error {
		return problem(codeNotFound, "no such path", "GET /openapi.yaml lists what there is")
	}})
	router.MethodNotAllowedHandler = s.serve(route{path: "none", handle: func(w http.ResponseWriter, r *request) error {
		allowed := s.allowed(r.Request)
		w.Header().Set("Allow", allowed)
		return problem(codeMethodNotAllowed, "this path takes "+allowed+", not "+printable(r.Method), "")
	}})
	return router
}

// allowed lists the methods of the path, for the Allow header.
func (s *Server) allowed(r *http.Request) string {
	var methods []string
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		probe := *r
		probe.Method = m
		var match mux.RouteMatch
		if s.router.Match(&probe, &match) && match.MatchErr == nil {
			methods = append(methods, m)
		}
	}
	return strings.Join(methods, ", ")
}

// printable keeps what a client sent, quoted in an answer, short and free of what controls a terminal.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
	if len(s) > 100 {
		s = s[:100] + "…"
	}
	return strings.ToValidUTF8(s, "?")
}

// checkParams refuses query parameters that the route does not take, or that come twice.
func checkParams(r *http.Request, known []string) error {
	if r.URL.RawQuery == "" {
		return nil
	}
	values, err := parseQuery(r)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if !slices.Contains(known, name) {
			hint := "this path takes no parameters"
			if len(known) > 0 {
				hint = "this path takes " + strings.Join(known, ", ")
			}
			return problem(codeUnknownParameter, "unknown query parameter "+printable(name), hint).at(printable(name))
		}
		if len(values[name]) > 1 {
			return problem(codeInvalidParameter, name+" must be given once, was given more often", "").at(name)
		}
	}
	return nil
}
