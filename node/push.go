package node

import (
	"bytes"
	"context"
	"time"

	"github.com/cometbft/cometbft/consensus"
	cstypes "github.com/cometbft/cometbft/consensus/types"
	"github.com/cometbft/cometbft/p2p"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
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
// did not deliver (docs/adr/0003-push-gossip.md, 0011-quiet-gossip.md).
//
// Nothing here waits for a peer: what a peer cannot use yet is left to another
// goroutine, and what finds its queue full to the repair path.
type push struct {
	consensus *consensus.State // nil while it is being made
	peers     p2p.IPeerSet
	address   []byte // of this validator
	queue     chan message

	proposed place    // the last round of which the proposal was sent
	voted    [2]place // those of which counted has sent the prevote and the precommit
}

func newPush() *push { return &push{queue: make(chan message, pushBacklog)} }

// partAdded is called when a block part has been added. An own proposal is
// complete then, before this validator has checked it and signed a prevote:
// CometBFT's gossip does not learn of it until that is over. It runs on the
// goroutine of consensus, which holds its lock.
func (p *push) partAdded() {
	if p.consensus == nil {
		return
	}
	rs := &p.consensus.RoundState
	now := place{rs.Height, rs.Round}
	if p.proposed == now || rs.Proposal == nil || rs.ProposalBlockParts == nil || !rs.ProposalBlockParts.IsComplete() {
		return
	}
	// A proposal with a proof-of-lock round needs prevotes of that round, too:
	// that is for the repair path. So is a block decided already.
	own := bytes.Equal(rs.Validators.GetProposer().Address, p.address)
	if own && rs.Proposal.POLRound < 0 && rs.ProposalBlockParts.HasHeader(rs.Proposal.BlockID.PartSetHeader) {
		p.proposed = now
		p.send(newProposal(rs.Proposal, rs.ProposalBlockParts))
	}
}

// signed is called when this validator has signed a vote, on the goroutine of
// consensus. Its record is on disk, with all that led to it; consensus itself
// counts the vote only when it has logged and verified it, and has finished
// what it is at: a precommit that completes a majority would wait for the block
// to be executed, and the others for the precommit.
func (p *push) signed(v *cmtproto.Vote) {
	if p.consensus == nil {
		return
	}
	own := *v
	own.ExtensionSignature = nil // peers refuse one where extensions are off
	vote, err := cmttypes.VoteFromProto(&own)
	if err != nil { // consensus finds that out, too
		return
	}
	p.send(newVote(vote, p.consensus.RoundState.Validators.Size()))
}

// counted does for a remote signer what signed does for ours: it is called when
// a vote of the present round has been counted, and sends own ones.
func (p *push) counted() {
	if p.consensus == nil {
		return
	}
	rs := &p.consensus.RoundState
	if rs.Votes == nil || rs.Votes.Height() != rs.Height || !rs.Validators.HasAddress(p.address) {
		return // between two heights, or no validator: a vote set panics when it is asked for a stranger's vote
	}
	now := place{rs.Height, rs.Round}
	for i, votes := range []*cmttypes.VoteSet{rs.Votes.Prevotes(rs.Round), rs.Votes.Precommits(rs.Round)} {
		if votes == nil || p.voted[i] == now {
			continue
		}
		if own := votes.GetByAddress(p.address); own != nil {
			p.voted[i] = now
			p.send(newVote(own, rs.Validators.Size()))
		}
	}
}

// send sends to the peers that can use it, and leaves the others to run.
func (p *push) send(c content) {
	m := message{content: c, peers: p.peers.Copy(), until: time.Now().Add(pushPatience)}
	if m.send(); len(m.peers) == 0 {
		return
	}
	select {
	case p.queue <- m:
	default:
	}
}

// run sends what waits for a peer until ctx ends.
func (p *push) run(ctx context.Context) {
	var waiting []message
	retry := time.NewTimer(0)
	for {
		select {
		case m := <-p.queue:
			waiting = append(waiting, m)
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
