package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"blink/app"
)

// ErrConsensusStopped: consensus has ended itself and cannot be resumed within
// this process.
var ErrConsensusStopped = errors.New("consensus has stopped")

// watchConsensus ends the node when consensus has ended. After a panic in
// consensus CometBFT leaves the process up, with its peers connected; a
// supervisor would never restart it. A network that merely lacks a quorum has
// not ended: its nodes stay up, and Ready says why they wait.
func (n *Node) watchConsensus(ctx context.Context) {
	ended := make(chan struct{})
	go func() { // Wait returns for a consensus that never began only when the process ends
		n.consensus.Wait()
		close(ended)
	}()
	select {
	case <-ctx.Done():
		return
	case <-ended:
	}
	if n.stopping.Load() || ctx.Err() != nil {
		return
	}
	why := "unknown reason"
	if logged := n.log.failure.Load(); logged != nil {
		why = *logged
	}
	err := fmt.Errorf("%w at height %d: %s; restart the node, and if that does not help keep its home for an inquiry",
		ErrConsensusStopped, n.o.Monitor.last.Load().height+1, why)
	n.fault.Store(&err)
	n.o.Logger.Error("consensus has stopped", "err", err)
	if n.o.Config.Watchdog.Exit {
		go n.Stop() // which waits for this goroutine
	}
}

// heartbeat says how long a node may be without a block.
type heartbeat struct {
	interval time.Duration
	allowed  int // intervals
}

func (h heartbeat) patience() time.Duration { return h.interval * time.Duration(h.allowed) }

// Ready returns nil when the node is caught up and the network makes blocks,
// or else why not.
func (n *Node) Ready() error {
	if err := n.fault.Load(); err != nil {
		return *err
	}
	switch {
	case n.stopping.Load():
		return fmt.Errorf("%w: it is stopping", ErrNotReady)
	case n.comet.ConsensusReactor().WaitSync():
		return fmt.Errorf("%w: it is catching up, at height %d", ErrNotReady, n.o.Monitor.last.Load().height)
	case !n.consensus.IsRunning():
		return fmt.Errorf("%w: consensus is not running", ErrNotReady)
	}
	last := n.o.Monitor.last.Load()
	if !last.at.IsZero() {
		if idle := time.Since(last.at); idle > n.heartbeat.patience() {
			return fmt.Errorf("%w: no block for %s, although one is due every %s: more than 1/3 of the voting power may be out",
				ErrNotReady, idle.Round(time.Second), n.heartbeat.interval)
		}
		return nil
	}
	return n.quorumInSight()
}

// quorumInSight judges a node that has not made a block since its start, as in
// a quiet network that was restarted: it needs enough peers for a quorum. By
// number: who has which power is not known of peers.
func (n *Node) quorumInSight() error {
	if waited := time.Since(n.o.Monitor.started); waited > n.heartbeat.patience() {
		return fmt.Errorf("%w: no block in the %s since its start", ErrNotReady, waited.Round(time.Second))
	}
	validators, own := 0, 0
	for _, v := range app.Validators(n.o.Store.Latest()) {
		if v.Status == app.Active {
			validators++
		}
		if v.ConsensusAddress == n.address {
			own = 1
		}
	}
	if seen := n.comet.Switch().Peers().Size() + own; 3*seen <= 2*validators {
		return fmt.Errorf("%w: it sees %d of %d validators at most, and needs more than 2/3", ErrNotReady, seen, validators)
	}
	return nil
}
