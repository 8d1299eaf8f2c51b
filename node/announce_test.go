package node

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/cometbft/cometbft/p2p"
	cmtcons "github.com/cometbft/cometbft/proto/tendermint/consensus"
)

// heard is a peer that remembers what it was sent.
type heard struct {
	p2p.Peer
	full bool

	mu   sync.Mutex
	said []string
}

func (h *heard) TrySend(e p2p.Envelope) bool { return !h.full && h.Send(e) }

func (h *heard) Send(e p2p.Envelope) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch m := e.Message.(type) {
	case *cmtcons.NewRoundStep:
		h.said = append(h.said, fmt.Sprintf("step %d/%d/%d", m.Height, m.Round, m.Step))
	case *cmtcons.HasVote:
		h.said = append(h.said, fmt.Sprintf("vote %d/%d/%d", m.Height, m.Round, m.Index))
	case *cmtcons.NewValidBlock:
		h.said = append(h.said, fmt.Sprintf("valid %d/%d", m.Height, m.Round))
	}
	return true
}

func (*heard) IsRunning() bool { return true }

func (h *heard) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.said)
}

// audience is a switch with one peer.
type audience struct {
	p2p.Switcher
	p2p.IPeerSet
	peer *heard
}

func (a audience) Peers() p2p.IPeerSet         { return a }
func (a audience) ForEach(tell func(p2p.Peer)) { tell(a.peer) }

func announceTo(full bool) (*announcer, *heard) {
	peer := &heard{full: full}
	return &announcer{Switcher: audience{peer: peer}, delay: announceHold}, peer
}

func (a *announcer) tell(messages ...string) {
	for _, m := range messages {
		var kind string
		var height int64
		var round int32
		var n int
		_, _ = fmt.Sscanf(m, "%s %d/%d/%d", &kind, &height, &round, &n)
		switch kind {
		case "step":
			a.BroadcastAsync(p2p.Envelope{Message: &cmtcons.NewRoundStep{Height: height, Round: round, Step: uint32(n)}})
		case "vote":
			a.TryBroadcast(p2p.Envelope{Message: &cmtcons.HasVote{Height: height, Round: round, Index: int32(n)}})
		case "valid":
			a.BroadcastAsync(p2p.Envelope{Message: &cmtcons.NewValidBlock{Height: height, Round: round}})
		}
	}
}

func wantSaid(t *testing.T, peer *heard, want ...string) {
	t.Helper()
	if got := peer.all(); !slices.Equal(got, want) {
		t.Fatalf("the peer was told %q, want %q", got, want)
	}
}

// On a quick network a peer hears of each height once.
func TestAQuickHeightIsAnnouncedOnce(t *testing.T) {
	a, peer := announceTo(false)
	for height := range int64(3) {
		a.tell(fmt.Sprintf("step %d/0/1", height+1), fmt.Sprintf("step %d/0/3", height+1), fmt.Sprintf("vote %d/0/0", height+1),
			fmt.Sprintf("valid %d/0", height+1), fmt.Sprintf("vote %d/0/1", height+1), fmt.Sprintf("step %d/0/8", height+1))
	}
	a.tell("step 4/0/1", "vote 3/0/2") // the last one is of a height that is over
	wantSaid(t, peer, "step 1/0/1", "step 2/0/1", "step 3/0/1", "step 4/0/1")
	time.Sleep(3 * announceHold)
	wantSaid(t, peer, "step 1/0/1", "step 2/0/1", "step 3/0/1", "step 4/0/1")
}

// On a slow one it hears of everything a little later, and of the last step only.
func TestASlowHeightIsAnnouncedWhole(t *testing.T) {
	a, peer := announceTo(false)
	a.tell("step 1/0/1", "vote 1/0/0", "step 1/0/4", "step 1/0/3", "valid 1/0", "vote 1/0/1")
	wantSaid(t, peer, "step 1/0/1")
	time.Sleep(3 * announceHold)
	wantSaid(t, peer, "step 1/0/1", "vote 1/0/0", "step 1/0/4", "valid 1/0", "vote 1/0/1")
	a.tell("vote 1/0/2", "step 1/1/3", "vote 1/0/3", "step 1/0/5") // a new round leaves the votes of the old one
	time.Sleep(3 * announceHold)
	wantSaid(t, peer, "step 1/0/1", "vote 1/0/0", "step 1/0/4", "valid 1/0", "vote 1/0/1", "step 1/1/3", "vote 1/0/2", "vote 1/0/3")
}

// A flood of votes is not kept for ever, and a peer without room gets what it
// is told all the same.
func TestAnnouncementsAreBounded(t *testing.T) {
	a, peer := announceTo(true)
	a.tell("step 1/0/1")
	for n := range announceBacklog + 1 {
		a.tell(fmt.Sprintf("vote 1/0/%d", n))
	}
	a.mu.Lock()
	if len(a.held) > announceBacklog {
		t.Fatalf("%d messages are held", len(a.held))
	}
	a.mu.Unlock()
	for deadline := time.Now().Add(5 * time.Second); len(peer.all()) < announceBacklog+2; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the peer was told %d of %d", len(peer.all()), announceBacklog+2)
		}
	}
}
