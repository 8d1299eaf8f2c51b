package node

import (
	"bytes"
	"testing"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"
)

func TestPositionFollowsTheEvents(t *testing.T) {
	var p position
	if p.get().Height != 0 {
		t.Fatal(p.get())
	}
	proposer := cmttypes.ValidatorInfo{Address: []byte("a validator")}
	for _, step := range []struct {
		event any
		want  Position
	}{
		{cmttypes.EventDataRoundState{Height: 7, Step: "RoundStepPropose"}, Position{7, 0, "propose", nil}}, // its beginning was missed
		{cmttypes.EventDataNewRound{Height: 7, Round: 1, Step: "RoundStepNewRound", Proposer: proposer}, Position{7, 1, "new_round", proposer.Address}},
		{cmttypes.EventDataRoundState{Height: 7, Round: 1, Step: "RoundStepPrevoteWait"}, Position{7, 1, "prevote_wait", proposer.Address}},
		{cmttypes.EventDataRoundState{Height: 7, Round: 1, Step: "RoundStepCommit"}, Position{7, 1, "commit", proposer.Address}},
		{cmttypes.EventDataRoundState{Height: 8, Step: "RoundStepNewHeight"}, Position{7, 1, "commit", proposer.Address}},
		{cmttypes.EventDataRoundState{Height: 8, Step: "RoundStepPropose"}, Position{8, 0, "propose", nil}},
	} {
		p.moved(step.event)
		if got := p.get(); got.Height != step.want.Height || got.Round != step.want.Round || got.Step != step.want.Step || !bytes.Equal(got.Proposer, step.want.Proposer) {
			t.Errorf("after %+v: %+v, want %+v", step.event, got, step.want)
		}
	}
}

// With one of four validators out every fourth block takes a second round.
// That is the round that Block tells of it, and whoever follows consensus by
// Status knows each proposer before its block.
func TestRoundsAndProposers(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a network")
	}
	m := startMesh(t, 26240, 3, true, nil)
	n := m.nodes[0]
	if a, b := n.Effective(), m.nodes[1].Effective(); a != b || a.Profile != LAN || !a.Push {
		t.Errorf("two nodes of a network go by\n%+v and\n%+v", a, b)
	}
	late := 0
	for range 6 {
		m.transfer(t, 0)
		m.atOne(t)
		height := n.Status().Height
		for deadline := time.Now().Add(20 * time.Second); n.Status().Consensus.Height <= height; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("the chain is at height %d, consensus is said to be at %+v", height, n.Status().Consensus)
			}
		}
		if next := n.Status().Consensus; next.Height == height+1 {
			want := n.consensus.GetRoundState()
			if want.Height == next.Height && want.Round == next.Round && !bytes.Equal(next.Proposer, want.Validators.Proposer.Address) {
				t.Errorf("the proposer is said to be %X, is %X", next.Proposer, want.Validators.Proposer.Address)
			}
		}
	}
	blocks := n.comet.BlockStore()
	for height := int64(1); height < n.Status().Height; height++ {
		b, err := n.Block(height)
		if err != nil {
			t.Fatal(err)
		}
		if b.Round > 0 {
			late++
		}
		if commit := blocks.LoadBlock(height + 1).LastCommit; commit.Round != b.Round || !bytes.Equal(commit.BlockID.Hash, b.Hash) {
			t.Errorf("block %d is said to be of round %d; it was committed in round %d", height, b.Round, commit.Round)
		}
	}
	if late == 0 {
		t.Error("no block took a second round: the test proves little")
	}
}
