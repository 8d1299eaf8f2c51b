package api

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/mux"
)

// Server answers the API's requests. Make it with New, serve it with NewServer or any http.Server, and Close it.
type Server struct {
	cfg     Config
	router  *mux.Router
	metrics *metrics
	limiter *limiter
	busy    permits
	events  *hub
	faucet  *faucet // nil when there is none
	genesis []byte  // encoded

	// closing ends when Close is called: streams and waiting requests then answer and end.
	closing context.Context
	close   context.CancelFunc
	workers sync.WaitGroup
}

// New makes a server from cfg and starts to follow the tracker.
func New(cfg Config) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("api configuration: %w", err)
	}
	cfg.setDefaults()
	s := &Server{
		cfg:     cfg,
		limiter: newLimiter(cfg.Limits.RequestsPerSecond, cfg.Limits.Burst),
		busy:    newPermits(cfg.Limits.MaxInFlight),
	}
	s.genesis = cfg.Genesis.Encode()
	s.closing, s.close = context.WithCancel(context.Background())
	s.events = newHub(cfg.Store, cfg.Tracker, cfg.Limits.MaxStreams)
	var err error
	if s.metrics, err = newMetrics(cfg.Registerer, s.events); err != nil {
		return nil, fmt.Errorf("api metrics: %w", err)
	}
	if cfg.Faucet.Key != nil {
		if s.faucet, err = openFaucet(cfg.Faucet); err != nil {
			s.metrics.unregister()
			return nil, fmt.Errorf("faucet: %w", err)
		}
	}
	s.router = s.newRouter()
	cfg.Tracker.Observe(s.metrics)
	cfg.Tracker.Observe(s.events)
	s.workers.Go(func() { s.events.run(s.closing) })
	return s, nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.preflight(w, r) {
		s.router.ServeHTTP(w, r)
	}
}

// Close ends all event streams and waiting requests, each with its answer. It does not wait for those.
func (s *Server) Close() {
	s.close()
	s.workers.Wait()
	s.metrics.unregister()
}

// writeTimeout is from the end of a request's header to the end of its answer; event streams move it on as they write.
const writeTimeout = 90 * time.Second

// NewServer gives the http.Server for s, with the timeouts that keep slow clients from holding on to it. Its Shutdown
// closes s.
func NewServer(address string, s *Server) *http.Server {
	h := &http.Server{
		Addr:              address,
		Handler:           s,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    16 << 10,
	}
	h.RegisterOnShutdown(s.Close)
	return h
}
