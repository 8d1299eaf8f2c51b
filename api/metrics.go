package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"blink/finality"
)

// ttfBuckets are in seconds, 1 ms to 30 s, close enough to tell 10 ms from 15 ms.
var ttfBuckets = []float64{
	.001, .002, .003, .005, .0075, .01, .0125, .015, .02, .025, .03, .04, .05, .075, .1, .15, .2, .3, .5, .75, 1, 1.5, 2, 3, 5, 7.5, 10, 15, 20, 30,
}

// metrics is what this package adds to /metrics. It observes the tracker.
type metrics struct {
	registerer prometheus.Registerer
	collectors []prometheus.Collector
	ttf        prometheus.Histogram
	stages     *prometheus.HistogramVec
	outcomes   *prometheus.CounterVec
	requests   *prometheus.HistogramVec
	faucet     prometheus.Counter
}

func newMetrics(registerer prometheus.Registerer, h *hub) (*metrics, error) {
	m := &metrics{
		registerer: registerer,
		ttf: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "blink_ttf_seconds", Buckets: ttfBuckets,
			Help: "Time to finality of transactions submitted to this node, from arrival to a result that can be served."}),
		stages: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "blink_ttf_stage_seconds", Buckets: ttfBuckets,
			Help: "Time that each stage on the way to finality took after the one before it."}, []string{"stage"}),
		outcomes: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "blink_tx_outcomes_total",
			Help: "Transactions submitted to this node, by how they ended: final, failed (final without effect), rejected, expired, unknown."}, []string{"outcome"}),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "blink_http_request_seconds", Buckets: ttfBuckets,
			Help: "Time to answer an API request, waiting for finality included."}, []string{"method", "route", "status"}),
		faucet: prometheus.NewCounter(prometheus.CounterOpts{Name: "blink_faucet_payments_total", Help: "Payments that the faucet has sent."}),
	}
	for _, outcome := range []string{"final", "failed", "rejected", "expired", "unknown"} {
		m.outcomes.WithLabelValues(outcome)
	}
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
	}
	counter := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, value)
	}
	all := []prometheus.Collector{m.ttf, m.stages, m.outcomes, m.requests, m.faucet,
		gauge("blink_event_streams", "Open event streams.", func() float64 { return float64(h.streaming()) }),
		counter("blink_event_streams_dropped_total", "Event streams that were dropped because the client read too slowly.", func() float64 { return float64(h.dropped.Load()) }),
		counter("blink_events_lost_total", "Blocks and outcomes that became no events because too many came at once.", func() float64 { return float64(h.lost.Load()) }),
	}
	for _, c := range all {
		if err := registerer.Register(c); err != nil {
			m.unregister()
			return nil, err
		}
		m.collectors = append(m.collectors, c)
	}
	return m, nil
}

func (m *metrics) unregister() {
	for _, c := range m.collectors {
		m.registerer.Unregister(c)
	}
}

// Block implements finality.Observer.
func (m *metrics) Block(finality.BlockSeen) {}

// Settled implements finality.Observer.
func (m *metrics) Settled(o finality.Outcome) {
	outcome := o.Status.String()
	if o.Status == finality.Final && o.Code != 0 {
		outcome = "failed"
	}
	m.outcomes.WithLabelValues(outcome).Inc()
	if o.Status != finality.Final {
		return
	}
	m.ttf.Observe(o.TTF.Seconds())
	var previous time.Duration
	for _, stage := range finality.StageOrder()[1:] {
		if since, ok := o.Stages.Since(stage); ok {
			m.stages.WithLabelValues(stage.String()).Observe((since - previous).Seconds())
			previous = since
		}
	}
}

// served notes an answer. Routes are templates and methods are the routes' own, so that clients cannot invent labels.
func (m *metrics) served(rt route, status int, took time.Duration) {
	m.requests.WithLabelValues(rt.method, rt.path, strconv.Itoa(status)).Observe(took.Seconds())
}

// getMetrics answers in Prometheus's text format.
func (s *Server) getMetrics(w http.ResponseWriter, r *request) error {
	promhttp.HandlerFor(s.cfg.Gatherer, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError}).ServeHTTP(w, r.Request)
	return nil
}
