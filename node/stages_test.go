package node

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cometbft/cometbft/consensus"
	cstypes "github.com/cometbft/cometbft/consensus/types"
	"github.com/cometbft/cometbft/privval"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"

	"blink/finality"
)

// noted keeps the order in which stages are marked.
type noted []string

func (n *noted) Proposed(height int64, _ time.Time) { *n = append(*n, fmt.Sprint("proposed ", height)) }
func (n *noted) Prevoted(height int64, _ time.Time) { *n = append(*n, fmt.Sprint("prevoted ", height)) }
func (n *noted) Precommitted(height int64, _ time.Time) {
	*n = append(*n, fmt.Sprint("precommitted ", height))
}

// stageScene is a consensus of four validators whose state a test sets as
// CometBFT would.
type stageScene struct {
	t     *testing.T
	s     stages
	marks noted
	set   *cmttypes.ValidatorSet
	keys  []cmttypes.PrivValidator
	block cmttypes.BlockID
	parts *cmttypes.PartSet
}

func newStageScene(t *testing.T) *stageScene {
	c := &stageScene{t: t}
	c.set, c.keys = cmttypes.RandValidatorSet(4, 10)
	c.parts = cmttypes.NewPartSetFromData(make([]byte, 10), cmttypes.BlockPartSizeBytes)
	c.block = cmttypes.BlockID{Hash: make([]byte, 32), PartSetHeader: c.parts.Header()}
	c.s = stages{consensus: &consensus.State{}, marks: &c.marks}
	c.enter(7)
	return c
}

func (c *stageScene) state() *cstypes.RoundState { return &c.s.consensus.RoundState }

// enter begins a height.
func (c *stageScene) enter(height int64) {
	*c.state() = cstypes.RoundState{Height: height, Validators: c.set, Votes: cstypes.NewHeightVoteSet("blink-test", height, c.set)}
	c.state().Votes.SetRound(1)
}

// round begins a round without a proposal.
func (c *stageScene) round(round int32) {
	c.s.stepEnds()
	c.state().Round, c.state().ProposalBlockParts = round, nil
	c.state().Votes.SetRound(round + 1)
}

// receive is told the block's only part.
func (c *stageScene) receive() {
	rs := c.state()
	if rs.ProposalBlockParts == nil {
		rs.ProposalBlockParts = cmttypes.NewPartSetFromHeader(c.parts.Header())
	}
	if _, err := rs.ProposalBlockParts.AddPart(c.parts.GetPart(0)); err != nil {
		c.t.Fatal(err)
	}
	c.s.partAdded()
}

// vote counts votes of validators for a block, and tells of those in the round.
func (c *stageScene) vote(kind cmtproto.SignedMsgType, round int32, id cmttypes.BlockID, validators ...int) {
	c.t.Helper()
	for _, i := range validators {
		key, err := c.keys[i].GetPubKey()
		if err != nil {
			c.t.Fatal(err)
		}
		index, _ := c.set.GetByAddress(key.Address())
		vote, err := cmttypes.MakeVote(c.keys[i], "blink-test", index, c.state().Height, round, kind, id, time.Now())
		if err != nil {
			c.t.Fatal(err)
		}
		vote.ExtensionSignature = nil // which validators of this chain do not add
		if added, err := c.state().Votes.AddVote(vote, "peer", false); !added || err != nil {
			c.t.Fatal(added, err)
		}
		if round == c.state().Round {
			c.s.voteAdded()
		}
	}
}

// notes checks what has been marked since the last time.
func (c *stageScene) notes(want ...string) {
	c.t.Helper()
	if !slices.Equal(c.marks, want) {
		c.t.Errorf("marked: %s; want: %s", strings.Join(c.marks, ", "), strings.Join(want, ", "))
	}
	c.marks = nil
}

var nobody = cmttypes.BlockID{} // a vote for nil

func TestStagesOfARound(t *testing.T) {
	c := newStageScene(t)
	c.s.stepEnds()
	c.notes()
	c.receive()
	c.notes("proposed 7")
	c.s.partAdded() // a duplicate
	c.vote(cmtproto.PrevoteType, 0, c.block, 0, 1)
	c.notes()
	c.vote(cmtproto.PrevoteType, 0, c.block, 2)
	c.notes("prevoted 7")
	c.s.stepEnds()
	c.vote(cmtproto.PrevoteType, 0, c.block, 3)
	c.vote(cmtproto.PrecommitType, 0, c.block, 0, 3)
	c.notes()
	c.vote(cmtproto.PrecommitType, 0, c.block, 1)
	c.notes("precommitted 7")
	c.vote(cmtproto.PrecommitType, 0, c.block, 2)
	c.s.stepEnds()
	c.notes()

	// The number of the new height comes before its votes.
	old := c.state().Votes
	c.state().Height = 8
	c.s.stepEnds()
	c.notes()
	c.state().Votes = nil
	c.s.stepEnds()
	c.state().Votes = old
	c.enter(8)
	c.receive()
	c.vote(cmtproto.PrevoteType, 0, c.block, 1, 2, 3)
	c.vote(cmtproto.PrecommitType, 0, c.block, 1, 2, 3)
	c.notes("proposed 8", "prevoted 8", "precommitted 8")
}

// A round that ends in nothing leaves no stage but that of its proposal, and
// the next one counts again.
func TestStagesOfLaterRounds(t *testing.T) {
	c := newStageScene(t)
	c.receive()
	c.vote(cmtproto.PrevoteType, 0, nobody, 0, 1, 2)
	c.vote(cmtproto.PrecommitType, 0, nobody, 0, 1, 2)
	c.notes("proposed 7")
	c.round(1)
	c.receive()
	c.vote(cmtproto.PrevoteType, 1, c.block, 0, 1, 2)
	c.vote(cmtproto.PrecommitType, 1, nobody, 0, 1)
	c.notes("proposed 7", "prevoted 7")
	c.round(2)
	c.notes()
	c.receive()
	c.vote(cmtproto.PrevoteType, 2, c.block, 0, 1, 2)
	c.vote(cmtproto.PrecommitType, 2, c.block, 0, 1, 2)
	c.notes("proposed 7", "prevoted 7", "precommitted 7")
}

// A node that is behind gets the votes first, and the block last.
func TestStagesOfANodeThatIsBehind(t *testing.T) {
	c := newStageScene(t)
	c.vote(cmtproto.PrecommitType, 0, c.block, 0, 1, 2)
	c.notes("prevoted 7", "precommitted 7")
	c.vote(cmtproto.PrevoteType, 0, c.block, 0, 1, 2)
	c.notes()
	c.receive()
	c.notes("proposed 7")
}

// The votes that decide may be of a round that this node has left, or has yet
// to come to; then the end of its step tells.
func TestStagesOfOtherRounds(t *testing.T) {
	c := newStageScene(t)
	c.receive()
	c.vote(cmtproto.PrevoteType, 0, c.block, 0, 1, 2)
	c.vote(cmtproto.PrecommitType, 0, c.block, 0, 1)
	c.round(1)
	c.notes("proposed 7", "prevoted 7")
	c.vote(cmtproto.PrecommitType, 0, c.block, 2)
	c.notes()
	c.s.stepEnds()
	c.notes("precommitted 7")

	c = newStageScene(t)
	c.receive()
	c.vote(cmtproto.PrevoteType, 1, c.block, 0, 1, 2)
	c.s.stepEnds()
	c.notes("proposed 7", "prevoted 7")
	c.vote(cmtproto.PrecommitType, 1, c.block, 0, 1, 2)
	c.s.stepEnds()
	c.notes("precommitted 7")
}

func TestStagesOfAConsensusInTheMaking(t *testing.T) {
	var s stages
	s.partAdded()
	s.voteAdded()
	s.stepEnds()
}

// inOrder fails unless a transaction has every stage, none before the last.
func inOrder(t *testing.T, out finality.Outcome) {
	t.Helper()
	last := time.Duration(0)
	for _, stage := range finality.StageOrder() {
		at, seen := out.Stages.Since(stage)
		if !seen || at < last {
			t.Errorf("height %d: stage %s is at %s (seen: %v) after %s", out.Height, stage, at, seen, last)
		}
		last = at
	}
}

// With one of four validators out there are second rounds, and with the event
// bus of one node stopped there are no events at all there. Every transaction
// has all stages all the same, at a validator and at a node that is none.
func TestEveryTransactionHasAllStages(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a network")
	}
	m := startMesh(t, 26250, 3, true, nil)
	privval.GenFilePV(m.homes[3].ConsensusKeyFile(), m.homes[3].ConsensusStateFile()).Save()
	m.start(t)
	m.atOne(t)
	if err := m.nodes[1].comet.EventBus().Stop(); err != nil {
		t.Fatal(err)
	}
	if m.nodes[3].Status().Validator {
		t.Fatal("node 3 is a validator")
	}
	rounds := map[int32]int{}
	for i := range 15 {
		n := m.nodes[[]int{0, 1, 3}[i%3]]
		out := n.final(t, transfer(t, m.net, m.nonce))
		m.nonce++
		inOrder(t, out)
		block, err := n.Block(out.Height)
		if err != nil {
			t.Fatal(err)
		}
		rounds[block.Round]++
	}
	if rounds[0] == 0 || len(rounds) < 2 {
		t.Errorf("blocks by round: %v: the test proves little", rounds)
	}
}
