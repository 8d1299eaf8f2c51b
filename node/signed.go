package node

import (
	"cmp"
	"time"

	"github.com/cometbft/cometbft/libs/protoio"
	"github.com/cometbft/cometbft/privval"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
)

// step orders what a validator signs within a round (privval/file.go).
type step int8

const (
	stepPropose   step = 1
	stepPrevote   step = 2
	stepPrecommit step = 3
)

// signed is one signature and the place in consensus that it was given for.
type signed struct {
	height    int64
	round     int32
	step      step
	signature []byte
	bytes     []byte // that were signed: the canonical vote or proposal, length-prefixed; nil if nothing was, or nobody knows what
}

func signedFrom(s *privval.FilePVLastSignState) signed {
	return signed{s.Height, s.Round, step(s.Step), s.Signature, s.SignBytes}
}

// to fills CometBFT's form of it, but for the path of the file.
func (s signed) to(state *privval.FilePVLastSignState) {
	state.Height, state.Round, state.Step = s.height, s.round, int8(s.step)
	state.Signature, state.SignBytes = s.signature, s.bytes
}

// compare orders places in consensus.
func (s signed) compare(t signed) int {
	return cmp.Or(cmp.Compare(s.height, t.height), cmp.Compare(s.round, t.round), cmp.Compare(s.step, t.step))
}

func (s signed) before(t signed) bool { return s.compare(t) < 0 }

func (s signed) at(t signed) bool { return s.compare(t) == 0 }

// vote is what was signed, if that was a vote.
func (s signed) vote() (v cmtproto.CanonicalVote, err error) {
	err = protoio.UnmarshalDelimited(s.bytes, &v)
	return v, err
}

// withoutVoteTime splits the signed bytes of a vote into its time and the rest.
func withoutVoteTime(signBytes []byte) (time.Time, []byte, error) {
	v, err := signed{bytes: signBytes}.vote()
	if err != nil {
		return time.Time{}, nil, err
	}
	when := v.Timestamp
	v.Timestamp = time.Time{}
	rest, err := v.Marshal()
	return when, rest, err
}

// withoutProposalTime does the same for a proposal.
func withoutProposalTime(signBytes []byte) (time.Time, []byte, error) {
	var p cmtproto.CanonicalProposal
	if err := protoio.UnmarshalDelimited(signBytes, &p); err != nil {
		return time.Time{}, nil, err
	}
	when := p.Timestamp
	p.Timestamp = time.Time{}
	rest, err := p.Marshal()
	return when, rest, err
}
