package node

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	"pgregory.net/rapid"
)

func signs(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refuses(t *testing.T, err error, why string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), why) {
		t.Fatalf("error %v, want one that says %q", err, why)
	}
}

// A proposal in the first round of a height leaves without a write. All the same only one is made.
func TestAFirstProposalHasNoRecord(t *testing.T) {
	h := newSignerHome(t)
	s := h.run(t, 6)
	signs(t, s.SignVote(signerChain, precommit(7, 1)))
	before := images(t, h.journal)
	p, again := proposal(8, 0, 1, 1), proposal(8, 0, 1, 1)
	signs(t, s.SignProposal(signerChain, p))
	signs(t, s.SignProposal(signerChain, again))
	if !bytes.Equal(p.Signature, again.Signature) {
		t.Fatal("the same proposal has two signatures")
	}
	refuses(t, s.SignProposal(signerChain, proposal(8, 0, 2, 1)), "conflicting")
	refuses(t, s.SignVote(signerChain, precommit(7, 2)), "regression")
	if after := images(t, h.journal); !bytes.Equal(before[0], after[0]) || !bytes.Equal(before[1], after[1]) {
		t.Fatal("the proposal has a record")
	}
	signs(t, s.SignVote(signerChain, vote(cmtproto.PrevoteType, 8, 0, 1, 1)))
	refuses(t, s.SignProposal(signerChain, proposal(8, 0, 1, 1)), "regression")
	signs(t, s.SignProposal(signerChain, proposal(8, 1, 2, 1)))
	if s.journal.last.step != stepPropose {
		t.Fatal("a proposal in a later round has no record")
	}
}

// After a crash nobody knows whether there was such a proposal: the process that follows makes none, and goes on otherwise.
func TestAfterACrashTheFirstProposalIsLeftOut(t *testing.T) {
	for _, proposed := range []bool{false, true} {
		h := newSignerHome(t)
		s := h.run(t, 6)
		signs(t, s.SignVote(signerChain, precommit(7, 1)))
		if proposed {
			signs(t, s.SignProposal(signerChain, proposal(8, 0, 1, 1)))
		}
		s.crash()
		s = h.run(t, 7)
		refuses(t, s.SignProposal(signerChain, proposal(8, 0, 1, 1)), "may have proposed at height 8")
		signs(t, s.close()) // nor does the one after that
		refuses(t, h.standard().SignProposal(signerChain, proposal(8, 0, 1, 1)), "")
		s = h.run(t, 7)
		refuses(t, s.SignProposal(signerChain, proposal(8, 0, 1, 1)), "may have proposed at height 8")
		signs(t, s.SignVote(signerChain, vote(cmtproto.PrevoteType, 8, 0, 0, 1)))
		signs(t, s.SignProposal(signerChain, proposal(8, 1, 2, 1)))
		signs(t, s.SignVote(signerChain, vote(cmtproto.PrecommitType, 8, 1, 2, 1)))
		signs(t, s.SignProposal(signerChain, proposal(9, 0, 3, 1)))
	}
}

// A process that crashed within a height had not proposed at the next one.
func TestACrashWithinAHeightLeavesNothingOut(t *testing.T) {
	h := newSignerHome(t)
	s := h.run(t, 6)
	signs(t, s.SignVote(signerChain, precommit(7, 1)))
	s.crash()
	s = h.run(t, 6)
	signs(t, s.SignProposal(signerChain, proposal(8, 0, 1, 1)))
}

// A process that follows a crash, and ends before it begins, leaves it to the next one.
func TestAStartThatFailsAfterACrashForgetsNothing(t *testing.T) {
	h := newSignerHome(t)
	s := h.run(t, 6)
	signs(t, s.SignVote(signerChain, precommit(7, 1)))
	signs(t, s.SignProposal(signerChain, proposal(8, 0, 1, 1)))
	s.crash()
	signs(t, h.open(t).close())
	s = h.run(t, 7)
	refuses(t, s.SignProposal(signerChain, proposal(8, 0, 2, 1)), "may have proposed at height 8")
}

// A process that ends in good order says what it proposed, to blink and to CometBFT.
func TestAStopRecordsTheProposal(t *testing.T) {
	h := newSignerHome(t)
	s := h.run(t, 6)
	signs(t, s.SignVote(signerChain, precommit(7, 1)))
	p := proposal(8, 0, 1, 1)
	signs(t, s.SignProposal(signerChain, p))
	signs(t, s.close())
	refuses(t, h.standard().SignProposal(signerChain, proposal(8, 0, 2, 1)), "conflicting")
	s = h.run(t, 7)
	refuses(t, s.SignProposal(signerChain, proposal(8, 0, 2, 1)), "conflicting")
	again := proposal(8, 0, 1, 1)
	signs(t, s.SignProposal(signerChain, again))
	if !bytes.Equal(p.Signature, again.Signature) {
		t.Fatal("the same proposal has two signatures")
	}
}

// Whatever is asked for, and whenever it crashes or stops, a key signs one thing at a place. The model remembers all.
func TestNoPlaceIsSignedTwice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h, height := newSignerHome(t), int64(1)
		s := h.run(t, 0)
		given := map[string]byte{} // by place, the block
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			round, block := rapid.Int32Range(0, 1).Draw(rt, "round"), rapid.ByteRange(1, 2).Draw(rt, "block")
			what := rapid.SampledFrom([]string{"proposal", "prevote", "precommit", "next height", "restart", "crash"}).Draw(rt, "what")
			var err error
			switch what {
			case "proposal":
				err = s.SignProposal(signerChain, proposal(height, round, block, 1))
			case "prevote":
				err = s.SignVote(signerChain, vote(cmtproto.PrevoteType, height, round, block, 1))
			case "precommit":
				err = s.SignVote(signerChain, vote(cmtproto.PrecommitType, height, round, block, 1))
			case "next height":
				height++ // its block is stored
				continue
			case "restart":
				if err := s.close(); err != nil {
					rt.Fatal(err)
				}
				s = h.run(t, height-1)
				continue
			case "crash":
				s.crash()
				s = h.run(t, height-1)
				continue
			}
			place := fmt.Sprint(what, height, round)
			if other, signed := given[place]; err == nil && signed && other != block {
				rt.Fatalf("%s at height %d, round %d: two blocks", what, height, round)
			}
			if err == nil {
				given[place] = block
			}
		}
		s.crash()
	})
}
