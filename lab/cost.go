package lab

import (
	"fmt"
	"runtime"
	"time"
)

// startMeter begins to measure what the load costs this process; the function that it returns ends that.
func (l *Load) startMeter() (stop func() ClientCost) {
	cpu, begun := cpuTime(), l.start.Add(-l.cfg.Warmup)
	return func() ClientCost {
		spent, took := cpuTime()-cpu, max(time.Since(begun), time.Millisecond)
		during := int(l.during.Load())
		c := ClientCost{
			CPUShare: spent.Seconds() / took.Seconds(), SignedAhead: len(l.ahead), SignedDuring: during,
			SignPerS: float64(runtime.GOMAXPROCS(0)) / l.limits.signFast.Seconds(), MaxSendPerS: l.limits.maxSend,
		}
		if n := l.tally.launchedTotal(); n > 0 {
			sending := max(spent-time.Duration(during)*l.limits.signFast, 0)
			c.CPUPerTx = float64(sending.Nanoseconds()) / 1000 / float64(n)
		}
		return c
	}
}

func (t *tally) launchedTotal() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.warmup + t.all.launched
}

// Bounds beyond which a report warns that it may show the client more than the network.
const (
	maxLateness = 2.0 // ms, p99 of the send delay
	maxCPUShare = 0.5 // of all cores
)

// warnings say why the figures may say more of the client than of the network.
func (l *Load) warnings(r Report) []string {
	var w []string
	if p := r.SendDelay.P99; p != nil && *p > maxLateness {
		w = append(w, fmt.Sprintf("the client sent late: p99 %.1f ms, above %.0f ms; its delay is part of every figure: use a less busy machine, or a lower rate", *p, maxLateness))
	}
	if rate := highestRate(l.cfg.Plan); l.cfg.Closed == 0 && rate > r.Client.MaxSendPerS {
		w = append(w, fmt.Sprintf("%.4g/s is more than the %.4g/s that this client can send: use several clients", rate, r.Client.MaxSendPerS))
	}
	if cores := float64(runtime.GOMAXPROCS(0)); r.Client.CPUShare > maxCPUShare*cores {
		w = append(w, fmt.Sprintf("the client used %.0f %% of this machine's %.0f cores: with nodes on the same machine it slows them down", 100*r.Client.CPUShare/cores, cores))
	}
	if r.Client.SignedDuring > r.Sent/20 && l.cfg.Closed == 0 {
		w = append(w, fmt.Sprintf("%d transactions were signed while the load ran: that CPU time was not the network's", r.Client.SignedDuring))
	}
	return w
}
