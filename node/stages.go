package node

import (
	"time"

	"github.com/cometbft/cometbft/consensus"
	cstypes "github.com/cometbft/cometbft/consensus/types"
	cmttypes "github.com/cometbft/cometbft/types"
)

// stageMarks takes the times of the steps of consensus: finality.Tracker. It is
// called on the path of consensus and must return at once. A later call for
// the same height and stage wins.
type stageMarks interface {
	Proposed(height int64, at time.Time)
	Prevoted(height int64, at time.Time)
	Precommitted(height int64, at time.Time)
}

// stages notes when this node held the block of a height, and when the votes
// of more than 2/3 of the power for it. It is called by consensus itself
// (stages_hook.go), at the moment that a block part or a vote has been counted
// and before anything is signed, written or executed because of it. So no time
// is missing or late however busy the machine is, and it makes no difference
// whether this node validates.
//
// All methods are called on the goroutine of consensus, or on the one that is
// about to start it, with the lock of consensus held: that is why RoundState
// may be read here.
type stages struct {
	consensus *consensus.State // nil while it is being made
	marks     stageMarks

	height   int64             // that the rest is about
	held     *cmttypes.PartSet // complete, and noted
	prevoted int32             // last round of which the prevotes are noted; -1: none
	decided  bool              // the precommits are noted
}

// current returns the state of consensus when there is one to note times of.
// Between two heights CometBFT has the votes of the old one under the number
// of the new one (updateToState in consensus/state.go).
func (s *stages) current() *cstypes.RoundState {
	if s.consensus == nil {
		return nil
	}
	rs := &s.consensus.RoundState
	if rs.Votes == nil || rs.Votes.Height() != rs.Height {
		return nil
	}
	if s.height != rs.Height {
		s.height, s.held, s.prevoted, s.decided = rs.Height, nil, -1, false
	}
	return rs
}

// partAdded is called when a block part has been added to what this node holds
// of a block: the proposed one, or the decided one if that is another.
func (s *stages) partAdded() {
	rs := s.current()
	if rs == nil || rs.ProposalBlockParts == nil || rs.ProposalBlockParts == s.held || !rs.ProposalBlockParts.IsComplete() {
		return
	}
	s.held = rs.ProposalBlockParts
	s.marks.Proposed(rs.Height, time.Now())
}

// voteAdded is called when a vote of the present round has been counted.
func (s *stages) voteAdded() {
	if rs := s.current(); rs != nil {
		s.count(rs, rs.Round)
	}
}

// stepEnds is called when consensus is about to leave a step. Votes of other
// rounds are not announced one by one, but when they decide a block, or skip
// to their round, a step ends because of it.
func (s *stages) stepEnds() {
	rs := s.current()
	if rs == nil || s.decided {
		return
	}
	for round := range rs.Votes.Round() + 1 {
		s.count(rs, round)
	}
}

// count notes what the votes of a round have come to. Precommits can come
// before the prevotes that led to them; then the prevotes do not matter any
// more.
func (s *stages) count(rs *cstypes.RoundState, round int32) {
	if s.decided {
		return
	}
	s.decided = forBlock(rs.Votes.Precommits(round))
	if s.prevoted < round && (s.decided || forBlock(rs.Votes.Prevotes(round))) {
		s.prevoted = round
		s.marks.Prevoted(rs.Height, time.Now())
	}
	if s.decided {
		s.marks.Precommitted(rs.Height, time.Now())
	}
}

// forBlock says whether more than 2/3 of the power voted for one block.
func forBlock(votes *cmttypes.VoteSet) bool {
	id, ok := votes.TwoThirdsMajority()
	return ok && !id.IsZero()
}
