package node

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/cometbft/cometbft/p2p"
	cmtcons "github.com/cometbft/cometbft/proto/tendermint/consensus"
)

const (
	// announceHold is how long an announcement that only repairs is held back,
	// at least, or two polls of the gossip that it serves. On a quick network
	// its height is over by then and it is never sent.
	announceHold = 20 * time.Millisecond
	// announceBacklog bounds what is held back: two votes of 500 validators.
	announceBacklog = 1000
)

// announcer is the switch through which CometBFT's consensus reactor tells all
// peers where this node is: a message to each peer for each vote counted and
// each step begun, some fifty per block among four validators and most of what
// a block costs them. All of it but a new height or round serves CometBFT's
// gossip alone, which polls to repair what a push did not deliver. So that is
// held back for a while, and dropped once the height is over
// (docs/adr/0011-quiet-gossip.md).
//
// Its methods may be called by many goroutines; none waits for a peer.
type announcer struct {
	p2p.Switcher
	delay time.Duration // announceHold or more

	mu    sync.Mutex
	at    place // newest that peers were told of
	held  []p2p.Envelope
	timer *time.Timer // runs while something is held
}

// place is a round of a height.
type place struct {
	height int64
	round  int32
}

func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.height, q.height), cmp.Compare(p.round, q.round))
}

// TryBroadcast implements p2p.Switcher. The consensus reactor announces votes
// by it.
func (a *announcer) TryBroadcast(e p2p.Envelope) { a.announce(e) }

// BroadcastAsync implements p2p.Switcher. The consensus reactor announces steps
// and valid blocks by it, each from a goroutine of its own: they may come in
// any order.
func (a *announcer) BroadcastAsync(e p2p.Envelope) { a.announce(e) }

func (a *announcer) announce(e p2p.Envelope) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch m := e.Message.(type) {
	case *cmtcons.NewRoundStep:
		a.step(e, m)
	case *cmtcons.HasVote:
		// A vote of another round of this height counts as well.
		if m.Height >= a.at.height {
			a.hold(e)
		}
	case *cmtcons.NewValidBlock:
		if m.Height >= a.at.height {
			a.hold(e)
		}
	default:
		a.send(e)
	}
}

// step sends a new height or round at once, since pushes wait for it, and a
// further step of the same round in a while: the last one says it all.
func (a *announcer) step(e p2p.Envelope, m *cmtcons.NewRoundStep) {
	switch now := (place{m.Height, m.Round}); now.compare(a.at) {
	case 1:
		if now.height > a.at.height {
			a.held = slices.DeleteFunc(a.held, func(e p2p.Envelope) bool { return heightOf(e) < now.height })
		}
		a.at = now
		a.held = slices.DeleteFunc(a.held, isStep)
		a.send(e)
	case 0:
		for _, other := range a.held {
			if old, ok := other.Message.(*cmtcons.NewRoundStep); ok && old.Step > m.Step {
				return
			}
		}
		a.held = slices.DeleteFunc(a.held, isStep)
		a.hold(e)
	}
	// An older one has lost its race against a newer one: peers would ignore it.
}

func isStep(e p2p.Envelope) bool {
	_, ok := e.Message.(*cmtcons.NewRoundStep)
	return ok
}

func heightOf(e p2p.Envelope) int64 {
	switch m := e.Message.(type) {
	case *cmtcons.NewRoundStep:
		return m.Height
	case *cmtcons.HasVote:
		return m.Height
	case *cmtcons.NewValidBlock:
		return m.Height
	}
	return 0
}

// hold keeps a message until the timer rings or it is dropped.
func (a *announcer) hold(e p2p.Envelope) {
	if a.held = append(a.held, e); len(a.held) > announceBacklog {
		a.sendHeld()
		return
	}
	if len(a.held) > 1 {
		return // the timer runs, or has rung and waits for the lock
	}
	if a.timer == nil {
		a.timer = time.AfterFunc(a.delay, a.ring)
	} else {
		a.timer.Reset(a.delay)
	}
}

func (a *announcer) ring() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sendHeld()
}

func (a *announcer) sendHeld() {
	for _, e := range a.held {
		a.send(e)
	}
	clear(a.held)
	a.held = a.held[:0]
}

// send gives a message to every peer. One whose queue is full gets it from a
// goroutine that waits for room, as CometBFT would have it.
func (a *announcer) send(e p2p.Envelope) {
	a.Peers().ForEach(func(peer p2p.Peer) {
		if !peer.TrySend(e) && peer.IsRunning() {
			go peer.Send(e)
		}
	})
}
