package node

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/cometbft/cometbft/blocksync"
	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/consensus"
	"github.com/cometbft/cometbft/mempool"
	cmtnode "github.com/cometbft/cometbft/node"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/proxy"
	"github.com/cometbft/cometbft/state"
	"github.com/cometbft/cometbft/statesync"
	"github.com/go-kit/kit/metrics"
	"github.com/prometheus/client_golang/prometheus"
)

// quickMetrics gives CometBFT its own metrics without most of what they cost. go-kit's wrappers, which it uses, make a map of
// the labels at each call, hash it and look the metric up: some hundred times per block, and several times per
// transaction. These look it up once. Names, labels and values are the same.
func quickMetrics(c *cmtcfg.InstrumentationConfig) cmtnode.MetricsProvider {
	provider := cmtnode.DefaultMetricsProvider(c)
	return func(chainID string) (
		rounds *consensus.Metrics, peers *p2p.Metrics, pool *mempool.Metrics, blocks *state.Metrics, app *proxy.Metrics,
		blockSync *blocksync.Metrics, stateSync *statesync.Metrics,
	) {
		made := registered(func() { rounds, peers, pool, blocks, app, blockSync, stateSync = provider(chainID) })
		for subsystem, its := range map[string]any{
			consensus.MetricsSubsystem: rounds, p2p.MetricsSubsystem: peers, mempool.MetricsSubsystem: pool,
			state.MetricsSubsystem: blocks, proxy.MetricsSubsystem: app, blocksync.MetricsSubsystem: blockSync,
			statesync.MetricsSubsystem: stateSync,
		} {
			quicken(its, c.Namespace+"_"+subsystem, []string{"chain_id", chainID}, made)
		}
		return
	}
}

// quicken replaces the metrics in a struct of CometBFT's by quick ones on what was registered for them. Its generator of
// metrics (scripts/metricsgen) names each after its field, or by a tag. What is not found stays as it is.
func quicken(its any, prefix string, labels []string, made map[string]prometheus.Collector) {
	fields := reflect.ValueOf(its).Elem()
	for i := range fields.NumField() {
		field := fields.Type().Field(i)
		name := field.Tag.Get("metrics_name")
		if name == "" {
			name = strings.ToLower(capitals.ReplaceAllString(field.Name, "${1}_${2}"))
		}
		var quick any
		switch v := made[prefix+"_"+name].(type) {
		case *prometheus.CounterVec:
			quick = quickCounter{newQuick[prometheus.Counter](v, labels)}
		case *prometheus.GaugeVec:
			quick = quickGauge{newQuick[prometheus.Gauge](v, labels)}
		case *prometheus.HistogramVec:
			quick = quickHistogram{newQuick[prometheus.Observer](v, labels)}
		default:
			continue
		}
		fields.Field(i).Set(reflect.ValueOf(quick))
	}
}

var capitals = regexp.MustCompile("([a-z0-9])([A-Z])")

// registered gives what is registered with Prometheus while f runs, by name.
func registered(f func()) map[string]prometheus.Collector {
	r := recorder{prometheus.DefaultRegisterer, make(map[string]prometheus.Collector)}
	prometheus.DefaultRegisterer = r
	defer func() { prometheus.DefaultRegisterer = r.Registerer }()
	f()
	return r.made
}

type recorder struct {
	prometheus.Registerer
	made map[string]prometheus.Collector
}

// MustRegister implements prometheus.Registerer.
func (r recorder) MustRegister(collectors ...prometheus.Collector) {
	r.Registerer.MustRegister(collectors...)
	for _, c := range collectors {
		descs := make(chan *prometheus.Desc, 1) // a vector has one
		c.Describe(descs)
		var name string
		if _, err := fmt.Sscanf((<-descs).String(), "Desc{fqName: %q", &name); err == nil {
			r.made[name] = c
		}
	}
}

// vector is one of Prometheus's vectors of metrics.
type vector[M any] interface {
	GetMetricWith(prometheus.Labels) (M, error)
}

// quick is a metric of a vector with some labels, or with all.
type quick[M any] struct {
	vector   vector[M]
	labels   []string // names and values
	metric   M        // if these are all labels
	children sync.Map // of labelKey to *quick[M]: as many as the vector has metrics
}

// labelKey is up to three more labels, names and values; CometBFT gives two at most.
type labelKey [6]string

func newQuick[M any](v vector[M], labels []string) *quick[M] {
	q := &quick[M]{vector: v, labels: labels}
	all := make(prometheus.Labels)
	for i := 0; i+1 < len(labels); i += 2 {
		all[labels[i]] = labels[i+1]
	}
	q.metric, _ = v.GetMetricWith(all) // an error: labels are missing, which With will add
	return q
}

func (q *quick[M]) with(labels []string) *quick[M] {
	var key labelKey
	fits := copy(key[:], labels) == len(labels)
	if fits {
		if child, ok := q.children.Load(key); ok {
			return child.(*quick[M])
		}
	}
	child := newQuick(q.vector, slices.Concat(q.labels, labels))
	if fits {
		q.children.Store(key, child) // two at once are on the same metric
	}
	return child
}

type quickCounter struct{ *quick[prometheus.Counter] }

func (c quickCounter) With(labels ...string) metrics.Counter { return quickCounter{c.with(labels)} }
func (c quickCounter) Add(delta float64)                     { c.metric.Add(delta) }

type quickGauge struct{ *quick[prometheus.Gauge] }

func (g quickGauge) With(labels ...string) metrics.Gauge { return quickGauge{g.with(labels)} }
func (g quickGauge) Set(value float64)                   { g.metric.Set(value) }
func (g quickGauge) Add(delta float64)                   { g.metric.Add(delta) }

type quickHistogram struct{ *quick[prometheus.Observer] }

func (h quickHistogram) With(labels ...string) metrics.Histogram {
	return quickHistogram{h.with(labels)}
}
func (h quickHistogram) Observe(value float64) { h.metric.Observe(value) }
