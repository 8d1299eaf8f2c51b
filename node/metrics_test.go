package node

import (
	"reflect"
	"strings"
	"testing"

	cmtcfg "github.com/cometbft/cometbft/config"
	cmtnode "github.com/cometbft/cometbft/node"
	"github.com/prometheus/client_golang/prometheus"
)

// quickly makes CometBFT's metrics with a registry of their own.
func quickly(t *testing.T) (made []any, gather prometheus.Gatherer) {
	registry := prometheus.NewRegistry()
	before := prometheus.DefaultRegisterer
	prometheus.DefaultRegisterer = registry
	defer func() { prometheus.DefaultRegisterer = before }()
	config := cmtcfg.DefaultInstrumentationConfig()
	config.Prometheus = true
	rounds, peers, pool, blocks, app, blockSync, stateSync := quickMetrics(config)("a-chain")
	return []any{rounds, peers, pool, blocks, app, blockSync, stateSync}, registry
}

// TestEveryMetricIsQuick: after an update of CometBFT none is left behind because it is named otherwise.
func TestEveryMetricIsQuick(t *testing.T) {
	made, _ := quickly(t)
	n := 0
	for _, its := range made {
		fields := reflect.ValueOf(its).Elem()
		for i := range fields.NumField() {
			field := fields.Type().Field(i)
			if !field.IsExported() {
				continue
			}
			n++
			if kind := fields.Field(i).Elem().Type().String(); !strings.HasPrefix(kind, "node.quick") {
				t.Errorf("%s.%s is a %s", fields.Type(), field.Name, kind)
			}
		}
	}
	if n < 60 {
		t.Errorf("%d metrics, CometBFT v0.40.0 has more", n)
	}
}

// TestQuickMetricsTellTheSame as go-kit's: the same calls, the same page.
func TestQuickMetricsTellTheSame(t *testing.T) {
	made, registry := quickly(t)
	use := func(its any) {
		fields := reflect.ValueOf(its).Elem()
		for i := range fields.NumField() {
			field := fields.Type().Field(i)
			if !field.IsExported() {
				continue
			}
			var labels []reflect.Value
			if names := field.Tag.Get("metrics_labels"); names != "" {
				for _, name := range strings.Split(names, ",") {
					labels = append(labels, reflect.ValueOf(strings.TrimSpace(name)), reflect.ValueOf("of "+field.Name))
				}
			}
			for range 2 {
				metric := fields.Field(i).MethodByName("With").Call(labels)[0]
				for _, method := range []string{"Set", "Add", "Observe"} {
					if m := metric.MethodByName(method); m.IsValid() {
						m.Call([]reflect.Value{reflect.ValueOf(float64(i) + 1)})
					}
				}
			}
		}
	}
	for _, its := range made {
		use(its)
	}
	got := page(t, registry)

	stock := prometheus.NewRegistry()
	before := prometheus.DefaultRegisterer
	prometheus.DefaultRegisterer = stock
	defer func() { prometheus.DefaultRegisterer = before }()
	config := cmtcfg.DefaultInstrumentationConfig()
	config.Prometheus = true
	rounds, peers, pool, blocks, app, blockSync, stateSync := cmtnode.DefaultMetricsProvider(config)("a-chain")
	for _, its := range []any{rounds, peers, pool, blocks, app, blockSync, stateSync} {
		use(its)
	}
	if want := page(t, stock); got != want {
		t.Errorf("quick metrics show\n%s\nCometBFT's\n%s", got, want)
	}
}

// page is what is gathered, as text.
func page(t *testing.T, g prometheus.Gatherer) string {
	t.Helper()
	families, err := g.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range families {
		for _, m := range f.Metric { // when a series was made is all that may differ
			if m.Counter != nil {
				m.Counter.CreatedTimestamp = nil
			}
			if m.Histogram != nil {
				m.Histogram.CreatedTimestamp = nil
			}
		}
		b.WriteString(f.String() + "\n")
	}
	return b.String()
}
