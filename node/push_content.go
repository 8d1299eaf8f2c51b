package node

import (
	"github.com/cometbft/cometbft/consensus"
	cstypes "github.com/cometbft/cometbft/consensus/types"
	"github.com/cometbft/cometbft/p2p"
	cmtcons "github.com/cometbft/cometbft/proto/tendermint/consensus"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cosmos/gogoproto/proto"
)

// turn is when a peer can use a message.
type turn int

const (
	turnNever turn = iota // it is past it, or has not said where it is, as in block sync
	turnLater             // it has yet to come to the height and round
	turnNow
)

// turnAt compares where a peer is with where a message belongs. What a peer
// has said of itself can only be old, never early: it announces a round after
// it has made room for that round's proposal and votes. So a message that goes
// out on turnNow is either accepted or, if the peer has moved on, of no more
// use to it; docs/adr/0003-push-gossip.md has the cases.
func turnAt(height int64, round int32, peer *cstypes.PeerRoundState) turn {
	switch {
	case peer.Height == 0:
		return turnNever
	case peer.Height < height, peer.Height == height && peer.Round < round:
		return turnLater
	case peer.Height == height && peer.Round == round:
		return turnNow
	}
	return turnNever
}

// ownVote is a vote of this validator.
type ownVote struct {
	vote       *cmttypes.Vote
	validators int // at its height; 0: not known
	envelope   p2p.Envelope
}

func newVote(v *cmttypes.Vote, validators int) ownVote {
	return ownVote{v, validators, p2p.Envelope{ChannelID: consensus.VoteChannel, Message: &cmtcons.Vote{Vote: v.ToProto()}}}
}

func (v ownVote) turn(peer *cstypes.PeerRoundState) turn {
	// A peer that has just decided waits in its next height for the last
	// precommits, and goes on at once when it has all of them.
	if peer.Height == v.vote.Height+1 && peer.Step == cstypes.RoundStepNewHeight &&
		v.vote.Type == cmtproto.PrecommitType && peer.LastCommitRound == v.vote.Round {
		return turnNow
	}
	return turnAt(v.vote.Height, v.vote.Round, peer)
}

func (v ownVote) sendTo(peer p2p.Peer, state *consensus.PeerState) {
	if !peer.TrySend(v.envelope) {
		return
	}
	if v.validators > 0 { // else there may be no record yet, and the repair path sends the vote once more
		state.EnsureVoteBitArrays(v.vote.Height, v.validators)
	}
	state.SetHasVote(v.vote)
}

// ownProposal is a proposal of this validator with its whole block.
type ownProposal struct {
	proposal *cmttypes.Proposal
	parts    *cmttypes.PartSet
}

func newProposal(p *cmttypes.Proposal, parts *cmttypes.PartSet) ownProposal {
	return ownProposal{p, parts}
}

func (p ownProposal) turn(peer *cstypes.PeerRoundState) turn {
	return turnAt(p.proposal.Height, p.proposal.Round, peer)
}

// try sends a message of the channel of proposals and parts, which keeps them
// in order.
func (ownProposal) try(peer p2p.Peer, m proto.Message) bool {
	return peer.TrySend(p2p.Envelope{ChannelID: consensus.DataChannel, Message: m})
}

func (p ownProposal) sendTo(peer p2p.Peer, state *consensus.PeerState) {
	if !state.GetRoundState().Proposal {
		if !p.try(peer, &cmtcons.Proposal{Proposal: *p.proposal.ToProto()}) {
			return
		}
		state.SetHasProposal(p.proposal)
	}
	// A peer that knows of a decision for another block collects the parts of
	// that one, and its record is about those.
	known := state.GetRoundState()
	if !known.ProposalBlockPartSetHeader.Equals(p.parts.Header()) {
		return
	}
	for i := range int(p.parts.Total()) {
		if known.ProposalBlockParts.GetIndex(i) {
			continue
		}
		part, err := p.parts.GetPart(i).ToProto()
		if err != nil || !p.try(peer, &cmtcons.BlockPart{Height: p.proposal.Height, Round: p.proposal.Round, Part: *part}) {
			return
		}
		state.SetHasProposalBlockPart(p.proposal.Height, p.proposal.Round, i)
	}
}
