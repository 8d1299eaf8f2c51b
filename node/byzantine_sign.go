//go:build byzantine

package node

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/cometbft/cometbft/consensus"
	"github.com/cometbft/cometbft/p2p"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"
	cmttime "github.com/cometbft/cometbft/types/time"
)

// secondVotePatience is how long a second vote waits for a peer that has yet
// to come to its height and round.
const secondVotePatience = time.Second

// errSilent is why consensus gets no signature. It takes that as a signer that
// is out of reach, logs it and goes on.
var errSilent = errors.New("byzantine.silent: this validator signs nothing at this height")

// byzantineSigner signs like the signer that it wraps, but nothing at some
// heights, and at others a second vote for another block, which goes to the
// peers past the record of what was signed. Its votes may have the time of a
// wrong clock; its proposals cannot, since consensus keeps the time that it
// gave them, and nothing depends on it.
type byzantineSigner struct {
	*signer
	node     *Node
	misdeeds misdeeds

	clockSkew time.Duration
}

// SignVote implements types.PrivValidator.
func (s *byzantineSigner) SignVote(chainID string, vote *cmtproto.Vote) error {
	if s.misdeeds.silent.include(vote.Height) {
		return errSilent
	}
	if s.clockSkew != 0 { // what was signed before keeps its time: signer sees to that
		vote.Timestamp = skewedTime(cmttime.Now(), s.clockSkew, &s.node.consensus.RoundState)
	}
	if err := s.signer.SignVote(chainID, vote); err != nil {
		return err
	}
	twice := s.misdeeds.doublePrevote
	if vote.Type == cmtproto.PrecommitType {
		twice = s.misdeeds.doublePrecommit
	}
	if !twice.include(vote.Height) {
		return nil
	}
	second, err := s.contradict(chainID, *vote)
	if err != nil {
		return err
	}
	s.node.running.Go(func() { s.node.sendSecondVote(second) })
	return nil
}

// SignProposal implements types.PrivValidator.
func (s *byzantineSigner) SignProposal(chainID string, proposal *cmtproto.Proposal) error {
	if s.misdeeds.silent.include(proposal.Height) {
		return errSilent
	}
	return s.signer.SignProposal(chainID, proposal)
}

// contradict signs the vote again, with the same height, round and step but
// for a block that nobody has: two votes that no honest validator signs both.
func (s *byzantineSigner) contradict(chainID string, vote cmtproto.Vote) (*cmttypes.Vote, error) {
	hash := sha256.Sum256(fmt.Appendf(nil, "another block than %X", vote.BlockID.Hash))
	vote.BlockID = cmtproto.BlockID{Hash: hash[:], PartSetHeader: cmtproto.PartSetHeader{Total: 1, Hash: hash[:]}}
	vote.ExtensionSignature = nil // peers refuse one where extensions are off
	var err error
	if vote.Signature, err = s.standard.Key.PrivKey.Sign(cmttypes.VoteSignBytes(chainID, &vote)); err != nil {
		return nil, err
	}
	return cmttypes.VoteFromProto(&vote)
}

func stepOf(kind cmtproto.SignedMsgType) string {
	if kind == cmtproto.PrecommitType {
		return "precommit"
	}
	return "prevote"
}

// sendSecondVote sends a vote to every peer while the peer can use it. Who has
// both votes, this one and that of consensus, has evidence.
func (n *Node) sendSecondVote(vote *cmttypes.Vote) {
	m := message{content: secondVote{newVote(vote, 0)}, peers: n.comet.Switch().Peers().Copy()}
	n.o.Logger.Warn("byzantine: signed twice", "height", vote.Height, "round", vote.Round, "step", stepOf(vote.Type))
	for until := time.Now().Add(secondVotePatience); !n.stopping.Load() && time.Now().Before(until); time.Sleep(pushRetry) {
		if m.send(); len(m.peers) == 0 {
			return
		}
	}
}

// secondVote is sent like any vote, but not noted as sent: the first one has
// to go out as well.
type secondVote struct{ ownVote }

func (v secondVote) sendTo(peer p2p.Peer, _ *consensus.PeerState) { peer.TrySend(v.envelope) }
