package node

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/cometbft/cometbft/mempool"
	cmtnode "github.com/cometbft/cometbft/node"
	"github.com/cometbft/cometbft/p2p"
	protomem "github.com/cometbft/cometbft/proto/tendermint/mempool"

	"blink/tx"
)

// txGossip stands in for CometBFT's mempool reactor, which goes on within it:
// the messages, their bounds and who gets what are CometBFT's. Two things
// differ (docs/adr/0012-transaction-gossip.md). What comes in is verified in
// batches, off the connection's goroutine (intake). What goes out to a peer is
// gathered into few messages (outbox), and what came from a peer is relayed only
// if it still waits after a while: in a full mesh everybody has it by then.
type txGossip struct {
	*mempool.Reactor
	intake  *intake
	waiting func(tx.ID) bool // in the mempool
	foreign *foreign
}

// replaceMempoolReactor puts the gossip of transactions into a node.
func (n *Node) replaceMempoolReactor(comet *cmtnode.Node) {
	stock, ok := comet.Switch().Reactor("MEMPOOL")
	if !ok {
		return
	}
	inner, ok := stock.(*mempool.Reactor)
	if !ok { // mempool.type = "nop", or one of which nothing is known here
		return
	}
	g := &txGossip{Reactor: inner, waiting: n.o.App.Waiting, foreign: newForeign()}
	g.intake = newIntake(n.o.App.Know, inner.Receive)
	n.txGossip = g
	cmtnode.CustomReactors(map[string]p2p.Reactor{"MEMPOOL": g})(comet)
}

// Receive implements p2p.Reactor.
func (g *txGossip) Receive(e p2p.Envelope) {
	m, ok := e.Message.(*protomem.Txs)
	if !ok || g.WaitSync() {
		g.Reactor.Receive(e)
		return
	}
	for _, raw := range m.Txs {
		g.foreign.add(sha256.Sum256(raw))
	}
	g.intake.put(e)
}

// AddPeer implements p2p.Reactor. CometBFT's own routine offers to the outbox
// what it would send to the peer.
func (g *txGossip) AddPeer(peer p2p.Peer) {
	out := &outbox{Peer: peer, gossip: g, wake: make(chan struct{}, 1)}
	go out.run()
	g.Reactor.AddPeer(out)
}

const (
	// relayAfter is how long a transaction that came from a peer may wait for a
	// block before it is sent on.
	relayAfter = 100 * time.Millisecond
	// gatherFor is the least time between two messages to a peer. The first after
	// a pause leaves at once.
	gatherFor = 2 * time.Millisecond
	// outboxBytes bounds what waits for a peer; beyond it CometBFT's routine waits.
	outboxBytes = 1 << 20
	// messageBytes bounds a message of several transactions. A peer drops the
	// connection over one above its mempool.max_tx_bytes, which is 64 kB.
	messageBytes = 16 << 10
)

// outbox is a peer to which transactions are sent in batches.
type outbox struct {
	p2p.Peer
	gossip *txGossip
	wake   chan struct{} // holds one value while something is due or is to be relayed

	mu    sync.Mutex
	own   [][]byte // due now
	relay []relayed
	bytes int // of both
}

// relayed is a transaction that came from another peer.
type relayed struct {
	raw []byte
	due time.Time
}

// Send implements p2p.Peer. False makes CometBFT's routine try again later.
func (o *outbox) Send(e p2p.Envelope) bool {
	m, ok := e.Message.(*protomem.Txs)
	if !ok {
		return o.Peer.Send(e)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.bytes > outboxBytes {
		return false
	}
	for _, raw := range m.Txs {
		o.bytes += len(raw)
		if o.gossip.foreign.has(sha256.Sum256(raw)) {
			o.relay = append(o.relay, relayed{raw, time.Now().Add(relayAfter)})
		} else {
			o.own = append(o.own, raw)
		}
	}
	select {
	case o.wake <- struct{}{}:
	default:
	}
	return true
}

// run sends until the peer is gone.
func (o *outbox) run() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-o.wake:
		case <-timer.C:
		case <-o.Quit():
			return
		}
		for batch := o.take(); len(batch) > 0; batch = o.take() {
			for !o.Peer.Send(p2p.Envelope{ChannelID: mempool.MempoolChannel, Message: &protomem.Txs{Txs: batch}}) {
				if !o.IsRunning() {
					return
				}
				time.Sleep(gatherFor) // its queue was full for 10 s
			}
			time.Sleep(gatherFor)
		}
		if next, ok := o.next(); ok {
			timer.Reset(time.Until(next))
		}
	}
}

// take returns a message's worth of what is due.
func (o *outbox) take() (batch [][]byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now, size := time.Now(), 0
	for len(o.relay) > 0 && !o.relay[0].due.After(now) {
		r := o.relay[0]
		o.relay = o.relay[1:]
		if o.gossip.waiting(sha256.Sum256(r.raw)) {
			o.own = append(o.own, r.raw)
		} else {
			o.bytes -= len(r.raw)
		}
	}
	for len(o.own) > 0 && (size == 0 || size+len(o.own[0])+8 <= messageBytes) {
		batch = append(batch, o.own[0])
		size += len(o.own[0]) + 8
		o.bytes -= len(o.own[0])
		o.own = o.own[1:]
	}
	return batch
}

// next is when the next transaction is to be relayed.
func (o *outbox) next() (time.Time, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.relay) == 0 {
		return time.Time{}, false
	}
	return o.relay[0].due, true
}

// foreign remembers what came from peers, in two generations.
type foreign struct {
	mu         sync.Mutex
	young, old map[tx.ID]struct{}
}

// foreignIDs is how many ids a generation holds: four times what the mempool does.
const foreignIDs = 20_000

func newForeign() *foreign { return &foreign{young: make(map[tx.ID]struct{})} }

func (f *foreign) add(id tx.ID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.young) >= foreignIDs {
		f.old, f.young = f.young, make(map[tx.ID]struct{})
	}
	f.young[id] = struct{}{}
}

func (f *foreign) has(id tx.ID) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, young := f.young[id]
	_, old := f.old[id]
	return young || old
}

// run verifies what comes in until ctx ends.
func (g *txGossip) run(ctx context.Context) { g.intake.run(ctx) }
