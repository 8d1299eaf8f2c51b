package node

import (
	"fmt"
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"

	"blink/abci"
	"blink/tx"
)

// Profile names a set of CometBFT settings that fit a kind of network. It is
// chosen when a home is made; from then on config.toml holds the values and
// an operator may change each of them.
type Profile string

const (
	// LAN is for nodes within a few milliseconds of each other: one machine,
	// one rack, one data centre.
	LAN Profile = "lan"
	// WAN is for nodes up to a few hundred milliseconds apart.
	WAN Profile = "wan"
)

// ParseProfile refuses every name but "lan" and "wan".
func ParseProfile(s string) (Profile, error) {
	switch p := Profile(s); p {
	case LAN, WAN:
		return p, nil
	}
	return "", fmt.Errorf("profile must be %q or %q, was %q", LAN, WAN, s)
}

// timing holds what differs between the profiles. The dead-proposer cost of a
// profile is propose + precommit: a round whose proposer is silent ends in nil
// votes, and nil precommits wait for the precommit timeout.
type timing struct {
	propose, proposeDelta     time.Duration
	prevote, prevoteDelta     time.Duration
	precommit, precommitDelta time.Duration
	commit                    time.Duration
	heartbeat                 time.Duration
	gossip, maj23             time.Duration
}

func (p Profile) timing() timing {
	const ms = time.Millisecond
	if p == WAN {
		return timing{
			propose: 1000 * ms, proposeDelta: 500 * ms,
			prevote: 300 * ms, prevoteDelta: 200 * ms,
			precommit: 300 * ms, precommitDelta: 200 * ms,
			commit:    200 * ms,
			heartbeat: 30 * time.Second,
			gossip:    20 * ms, maj23: 1000 * ms,
		}
	}
	return timing{
		propose: 60 * ms, proposeDelta: 60 * ms,
		prevote: 10 * ms, prevoteDelta: 20 * ms,
		precommit: 10 * ms, precommitDelta: 20 * ms,
		commit:    20 * ms,
		heartbeat: 10 * time.Second,
		gossip:    10 * ms, maj23: 500 * ms,
	}
}

// timingOf reads from a configuration what CometConfig put there.
func timingOf(c *cmtcfg.Config) timing {
	s := c.Consensus
	return timing{
		propose: s.TimeoutPropose, proposeDelta: s.TimeoutProposeDelta,
		prevote: s.TimeoutPrevote, prevoteDelta: s.TimeoutPrevoteDelta,
		precommit: s.TimeoutPrecommit, precommitDelta: s.TimeoutPrecommitDelta,
		commit:    s.TimeoutCommit,
		heartbeat: s.CreateEmptyBlocksInterval,
		gossip:    s.PeerGossipSleepDuration, maj23: s.PeerQueryMaj23SleepDuration,
	}
}

// CometConfig is CometBFT's default configuration with every key set that
// bears on latency, on what is durable, or on what blink does itself. The
// keys are those of config.toml; the reasons are beside them.
func (p Profile) CometConfig() *cmtcfg.Config {
	c, t := cmtcfg.DefaultConfig(), p.timing()

	c.LogLevel = "error" // ours is in blink.toml; this one is not read
	// Consensus publishes its events through this buffer. Without it every
	// step of consensus would wait for the event loop to come round.
	c.EventBusBufferCapacity = 1024

	c.RPC.ListenAddress = "" // the REST API is blink's own
	c.RPC.GRPCListenAddress = ""

	c.P2P.FlushThrottleTimeout = 0 // a vote leaves at once instead of after up to 10 ms
	c.P2P.MaxPacketMsgPayloadSize = 16 << 10
	c.P2P.SendRate = 256 << 20 // bytes/s; the limiter must never be what a full block waits for
	c.P2P.RecvRate = 256 << 20
	c.P2P.AddrBookStrict = false // private addresses are what small networks have
	c.P2P.PexReactor = false     // peers are listed; an open network turns this on
	c.P2P.PersistentPeersMaxDialPeriod = 2 * time.Second
	c.P2P.HandshakeTimeout = 5 * time.Second

	c.Mempool.Type = cmtcfg.MempoolTypeFlood  // "app" never wakes an idle chain
	c.Mempool.Size = 10 * abci.MaxProposalTxs // what waits beyond that only waits, and is checked again after each block
	c.Mempool.MaxTxsBytes = 64 << 20
	c.Mempool.CacheSize = 5 * c.Mempool.Size // hashes; each is two allocations for the collector to look at
	c.Mempool.MaxTxBytes = tx.MaxTxBytes

	c.Consensus.TimeoutPropose = t.propose
	c.Consensus.TimeoutProposeDelta = t.proposeDelta
	c.Consensus.TimeoutPrevote = t.prevote
	c.Consensus.TimeoutPrevoteDelta = t.prevoteDelta
	c.Consensus.TimeoutPrecommit = t.precommit
	c.Consensus.TimeoutPrecommitDelta = t.precommitDelta
	// skip_timeout_commit skips the wait once every precommit is in. The wait
	// remains for when one is late: without it the slowest honest validator
	// would look absent.
	c.Consensus.TimeoutCommit = t.commit
	c.Consensus.SkipTimeoutCommit = true
	c.Consensus.CreateEmptyBlocks = false // an idle chain makes heartbeats only
	c.Consensus.CreateEmptyBlocksInterval = t.heartbeat
	// What this node makes is pushed; polling only repairs, relays, and brings
	// who is behind up to the others: at 50ms no faster than a network under
	// load goes on (docs/adr/0011-quiet-gossip.md). Without push (gossip.push)
	// 2ms is as fast.
	c.Consensus.PeerGossipSleepDuration = t.gossip
	c.Consensus.PeerQueryMaj23SleepDuration = t.maj23
	// Above 0 a validator that signed one of the last N blocks refuses to
	// start. In a quiet chain that is every quick restart, so it is 0:
	// priv_validator_state.json guards against signing twice. Set it to 10
	// for the first start of a key that was moved from another machine.
	c.Consensus.DoubleSignCheckHeight = 0

	c.BlockSync.AdaptiveSync = false // on a validator it can lead to signing twice
	c.TxIndex.Indexer = "null"       // blink's own index is in the block's atomic batch

	c.Instrumentation.Prometheus = true // served by blink's /metrics
	c.Instrumentation.PrometheusListenAddr = ""
	return c
}
