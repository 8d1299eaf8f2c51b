package node

import (
	"github.com/cometbft/cometbft/blocksync"
	"github.com/cometbft/cometbft/consensus"
	"github.com/cometbft/cometbft/mempool"
	cmtnode "github.com/cometbft/cometbft/node"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/proxy"
	"github.com/cometbft/cometbft/state"
	"github.com/cometbft/cometbft/statesync"
	"github.com/go-kit/kit/metrics"
)

// told is what consensus calls when it has counted something, on its own
// goroutine and with its lock held.
type told struct {
	partAdded func() // a block part
	voteAdded func() // a vote of the present round
	stepEnds  func() // a step is about to be left
}

// hook makes consensus call t, by way of three of its metrics. CometBFT lets a
// node choose those, and updates them on the goroutine of consensus: a counter
// right after a block part was added (addProposalBlockPart in
// consensus/state.go), a gauge right after a vote was counted (addVote), and a
// histogram before each change of step (updateRoundStep). The event bus tells
// of the same later, from another goroutine, and drops what is not fetched.
//
// Every metric goes on as it is; without Prometheus it goes nowhere.
func (t told) hook(provider cmtnode.MetricsProvider) cmtnode.MetricsProvider {
	return func(chainID string) (*consensus.Metrics, *p2p.Metrics, *mempool.Metrics, *state.Metrics, *proxy.Metrics, *blocksync.Metrics, *statesync.Metrics) {
		c, peers, pool, blocks, app, blockSync, stateSync := provider(chainID)
		c.BlockGossipPartsReceived = hookedCounter{c.BlockGossipPartsReceived, t.partAdded}
		c.RoundVotingPowerPercent = hookedGauge{c.RoundVotingPowerPercent, t.voteAdded}
		c.StepDurationSeconds = hookedHistogram{c.StepDurationSeconds, t.stepEnds}
		return c, peers, pool, blocks, app, blockSync, stateSync
	}
}

// hookedCounter calls tell at each Add.
type hookedCounter struct {
	metrics.Counter
	tell func()
}

func (c hookedCounter) With(labels ...string) metrics.Counter {
	return hookedCounter{c.Counter.With(labels...), c.tell}
}

func (c hookedCounter) Add(delta float64) {
	c.tell()
	c.Counter.Add(delta)
}

// hookedGauge calls tell at each Add; Set is how a new round resets it.
type hookedGauge struct {
	metrics.Gauge
	tell func()
}

func (g hookedGauge) With(labels ...string) metrics.Gauge {
	return hookedGauge{g.Gauge.With(labels...), g.tell}
}

func (g hookedGauge) Add(delta float64) {
	g.tell()
	g.Gauge.Add(delta)
}

// hookedHistogram calls tell at each Observe.
type hookedHistogram struct {
	metrics.Histogram
	tell func()
}

func (h hookedHistogram) With(labels ...string) metrics.Histogram {
	return hookedHistogram{h.Histogram.With(labels...), h.tell}
}

func (h hookedHistogram) Observe(value float64) {
	h.tell()
	h.Histogram.Observe(value)
}
