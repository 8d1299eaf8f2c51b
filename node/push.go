package node

import (
	"bytes"
	"context"
	"sync/atomic"
	"time"

	"github.com/cometbft/cometbft/consensus"
	cstypes "github.com/cometbft/cometbft/consensus/types"
	"github.com/cometbft/cometbft/p2p"
	cmttypes "github.com/cometbft/cometbft/types"
)

const (
	// pushPatience is how long a message waits for a peer that has yet to
	// reach its height and round: a few blocks. CometBFT's own gossip serves
	// who is slower.
	pushPatience = 100 * time.Millisecond
	// pushRetry is how often a waiting message looks at its peers. Nothing
	// wakes up when no message waits.
	pushRetry = time.Millisecond
	// pushBacklog is how many messages may wait; a height makes three.
	pushBacklog = 64
)

// push sends what this validator makes (its votes, and its proposals with
// their block parts) to all peers at the moment it exists. CometBFT's gossip
// would find it at its next poll; it stays on, seldom, and repairs what a push
// did not deliver (docs/adr/0003-push-gossip.md).
//
// Nothing here waits for a peer or for consensus, and consensus does not wait
// for it: when a queue is full, the message is left to the repair path.
type push struct {
	consensus *consensus.State // its fields may be read within ProcessProposal only
	peers     p2p.IPeerSet
	address   []byte // of this validator
	queue     chan message
	set       atomic.Pointer[validatorSet] // of the newest proposal
}

// validatorSet is how many validators a height has.
type validatorSet struct {
	height int64
	size   int
}

func newPush() *push { return &push{queue: make(chan message, pushBacklog)} }

// proposed is called on the goroutine of consensus, which holds its lock, when
// a proposal is complete and valid but this validator has not signed a prevote
// yet. Later, in signing, the lock is held for as long as the disk needs, and
// CometBFT's gossip does not learn of the proposal until that is over.
func (p *push) proposed() {
	rs := &p.consensus.RoundState
	p.set.Store(&validatorSet{rs.Height, rs.Validators.Size()})
	// A proposal with a proof-of-lock round needs prevotes of that round, too:
	// that is for the repair path. So is a block decided already.
	own := bytes.Equal(rs.Validators.GetProposer().Address, p.address)
	if own && rs.Proposal != nil && rs.Proposal.POLRound < 0 && rs.ProposalBlockParts.HasHeader(rs.Proposal.BlockID.PartSetHeader) {
		p.offer(newProposal(rs.Proposal, rs.ProposalBlockParts))
	}
}

// voted is told of every vote that consensus has counted. Its own are in the
// write-ahead log by then, synced.
func (p *push) voted(vote *cmttypes.Vote) {
	if bytes.Equal(vote.ValidatorAddress, p.address) {
		validators := 0
		if set := p.set.Load(); set != nil && set.height == vote.Height {
			validators = set.size
		}
		p.offer(newVote(vote, validators))
	}
}

func (p *push) offer(c content) {
	select {
	case p.queue <- message{content: c, until: time.Now().Add(pushPatience)}:
	default:
	}
}

// run sends messages until ctx ends.
func (p *push) run(ctx context.Context) {
	var waiting []message
	retry := time.NewTimer(0)
	for {
		select {
		case m := <-p.queue:
			m.peers = p.peers.Copy()
			if m.send(); len(m.peers) > 0 {
				waiting = append(waiting, m)
			}
		case <-retry.C:
			waiting = resend(waiting, time.Now())
		case <-ctx.Done():
			return
		}
		if len(waiting) > 0 {
			retry.Reset(pushRetry)
		}
	}
}

// resend returns the messages that still wait for a peer.
func resend(waiting []message, now time.Time) []message {
	kept := waiting[:0]
	for _, m := range waiting {
		if m.send(); len(m.peers) > 0 && now.Before(m.until) {
			kept = append(kept, m)
		}
	}
	clear(waiting[len(kept):])
	return kept[max(0, len(kept)-pushBacklog):]
}

// message is on its way to the peers that have not had it.
type message struct {
	content
	peers []p2p.Peer
	until time.Time
}

// content is what is sent, once to each peer.
type content interface {
	// turn says whether a peer in this round state can use the content.
	turn(*cstypes.PeerRoundState) turn
	// sendTo sends it and notes in the peer's record what was sent, so that
	// the repair path does not send it again. What the peer's queue has no
	// room for is neither sent nor noted.
	sendTo(p2p.Peer, *consensus.PeerState)
}

// send serves the peers whose turn it is and forgets those it will never be.
func (m *message) send() {
	later := m.peers[:0]
	for _, peer := range m.peers {
		state, ok := peer.Get(cmttypes.PeerStateKey).(*consensus.PeerState)
		if !ok || !peer.IsRunning() {
			continue
		}
		switch m.turn(state.GetRoundState()) {
		case turnNow:
			m.sendTo(peer, state)
		case turnLater:
			later = append(later, peer)
		}
	}
	m.peers = later
}
