package node

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/privval"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	"pgregory.net/rapid"
)

// signerHome is a folder with a consensus key.
type signerHome struct{ key, state, journal string }

func newSignerHome(t testing.TB) signerHome {
	dir, err := os.MkdirTemp(t.TempDir(), "signer")
	if err != nil {
		t.Fatal(err)
	}
	h := signerHome{filepath.Join(dir, "key.json"), filepath.Join(dir, "state.json"), filepath.Join(dir, "sign_journal")}
	privval.NewFilePV(ed25519.GenPrivKeyFromSecret([]byte("signer")), h.key, h.state).Save()
	return h
}

func (h signerHome) open(t testing.TB) *signer {
	t.Helper()
	s, err := openSigner(h.key, h.state, h.journal)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.journal.close() })
	return s
}

// run opens the signer as a node does whose last block is at height done, with its log in memory.
func (h signerHome) run(t testing.TB, done int64) *signer {
	t.Helper()
	return h.runWith(t, filepath.Dir(h.key), done)
}

// runWith is run with its journal.memory.
func (h signerHome) runWith(t testing.TB, memory string, done int64) *signer {
	t.Helper()
	s, home := h.open(t), filepath.Dir(h.key)
	s.logFile = filepath.Join(home, "cs.wal", "wal")
	var err error
	if s.wal, err = openWAL(memory, s.logFile, filepath.Join(home, "wal_memory")); err != nil {
		t.Fatal(err)
	}
	if err := s.prepare(done, done+1); err != nil {
		t.Fatal(err)
	}
	return s
}

// crash ends the process: only what is in the files is left, and the link to the log in memory.
func (s *signer) crash() { _ = s.journal.close() }

// standard opens the same key as CometBFT does.
func (h signerHome) standard() *privval.FilePV { return privval.LoadFilePV(h.key, h.state) }

func vote(kind cmtproto.SignedMsgType, height int64, round int32, block byte, at int64) *cmtproto.Vote {
	v := &cmtproto.Vote{Type: kind, Height: height, Round: round, Timestamp: time.Unix(at, 0).UTC()}
	if block > 0 {
		v.BlockID = blockID(block)
	}
	return v
}

func proposal(height int64, round int32, block byte, at int64) *cmtproto.Proposal {
	return &cmtproto.Proposal{Type: cmtproto.ProposalType, Height: height, Round: round, PolRound: -1, BlockID: blockID(block), Timestamp: time.Unix(at, 0).UTC()}
}

func blockID(block byte) cmtproto.BlockID {
	hash := bytes.Repeat([]byte{block}, 32)
	return cmtproto.BlockID{Hash: hash, PartSetHeader: cmtproto.PartSetHeader{Total: 1, Hash: hash}}
}

func precommit(height int64, block byte) *cmtproto.Vote {
	return vote(cmtproto.PrecommitType, height, 0, block, 1000+height)
}

const signerChain = "signer-test"

// CometBFT's file signer is the model: the same requests, in any order and
// with restarts between, get the same signatures, times and refusals.
func TestTheSignerFollowsCometBFT(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ours, theirs := newSignerHome(t), newSignerHome(t)
		s, model := ours.open(t), theirs.standard()
		for range rapid.IntRange(1, 40).Draw(rt, "requests") {
			height, round := rapid.Int64Range(1, 3).Draw(rt, "height"), rapid.Int32Range(0, 2).Draw(rt, "round")
			block, at := rapid.ByteRange(0, 2).Draw(rt, "block"), rapid.Int64Range(1, 3).Draw(rt, "time")
			switch kind := rapid.SampledFrom([]string{"proposal", "prevote", "precommit", "restart", "crash", "CometBFT"}).Draw(rt, "what"); kind {
			case "proposal":
				a, b := proposal(height, round, block, at), proposal(height, round, block, at)
				compare(rt, s.SignProposal(signerChain, a), model.SignProposal(signerChain, b), a.Signature, b.Signature, a.Timestamp, b.Timestamp)
			case "prevote", "precommit":
				typ := cmtproto.PrevoteType
				if kind == "precommit" {
					typ = cmtproto.PrecommitType
				}
				a, b := vote(typ, height, round, block, at), vote(typ, height, round, block, at)
				compare(rt, s.SignVote(signerChain, a), model.SignVote(signerChain, b), a.Signature, b.Signature, a.Timestamp, b.Timestamp)
				if a.Signature != nil && !bytes.Equal(a.ExtensionSignature, b.ExtensionSignature) {
					rt.Fatal("another signature of the extension")
				}
			case "restart":
				if err := s.close(); err != nil {
					rt.Fatal(err)
				}
				s, model = ours.open(t), theirs.standard()
			case "crash": // only what is in the files is left
				s.crash()
				s = ours.open(t)
				if err := s.prepare(s.journal.last.height-1, s.journal.last.height); err != nil { // it is where it was
					rt.Fatal(err)
				}
			case "CometBFT": // takes over the stopped node, and gives it back
				if err := s.close(); err != nil {
					rt.Fatal(err)
				}
				v, w := vote(cmtproto.PrevoteType, height, round, block, at), vote(cmtproto.PrevoteType, height, round, block, at)
				compare(rt, ours.standard().SignVote(signerChain, v), model.SignVote(signerChain, w), v.Signature, w.Signature, v.Timestamp, w.Timestamp)
				s = ours.open(t)
			}
		}
		s.crash()
	})
}

func compare(t *rapid.T, err, want error, sig, wantSig []byte, at, wantAt time.Time) {
	t.Helper()
	if (err == nil) != (want == nil) {
		t.Fatalf("error %v, CometBFT %v", err, want)
	}
	if err == nil && (!bytes.Equal(sig, wantSig) || !at.Equal(wantAt)) {
		t.Fatalf("signature %x at %v, CometBFT %x at %v", sig, at, wantSig, wantAt)
	}
}

func TestWhileANodeRunsTheStandardFileSignsNothing(t *testing.T) {
	h := newSignerHome(t)
	s := h.open(t)
	if err := s.SignVote(signerChain, precommit(7, 1)); err != nil {
		t.Fatal(err)
	}
	if err := h.standard().SignVote(signerChain, precommit(8, 1)); err == nil {
		t.Fatal("CometBFT signs with a state file that is in use")
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	if got := h.standard().LastSignState; got.Height != 7 || got.Step != int8(stepPrecommit) || got.Signature == nil {
		t.Fatalf("the state file of a stopped node says %+v", got)
	}
	if err := s.SignVote(signerChain, precommit(8, 1)); err == nil {
		t.Fatal("a closed signer signs")
	}
}

// On a disk without room the signer ends with an error, not a panic, and the state file keeps saying that the record has
// the truth. A state file that is a folder stands for the disk: it cannot be replaced either.
func TestAStateFileThatCannotBeWrittenIsAnError(t *testing.T) {
	h := newSignerHome(t)
	s := h.open(t)
	if err := s.SignVote(signerChain, precommit(7, 1)); err != nil {
		t.Fatal(err)
	}
	s.stateFile = filepath.Join(t.TempDir(), "folder")
	if err := os.MkdirAll(filepath.Join(s.stateFile, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.close(); err == nil {
		t.Fatal("the state file was not written, and close says nothing")
	}
	if got := h.standard().LastSignState.Height; got != inUse {
		t.Fatalf("the state file says height %d", got)
	}
	if err := h.open(t).SignVote(signerChain, precommit(7, 2)); err == nil {
		t.Fatal("the next start has forgotten what was signed")
	}
}

func TestALostJournalIsRefused(t *testing.T) {
	h := newSignerHome(t)
	_ = h.open(t) // and a crash
	if err := os.RemoveAll(h.journal); err != nil {
		t.Fatal(err)
	}
	if _, err := openSigner(h.key, h.state, h.journal); !errors.Is(err, errJournalLost) {
		t.Fatalf("error %v", err)
	}
	if err := os.Mkdir(h.journal, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, damaged := range [][]byte{nil, []byte("short"), make([]byte, journalChunk)} {
		for n := range 2 {
			if err := os.WriteFile(journalFile(h.journal, n), damaged, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := openSigner(h.key, h.state, h.journal); err == nil {
			t.Fatalf("a journal of %d empty bytes is taken", len(damaged))
		}
	}
}

func TestASignerThatCannotRecordSignsNothingMore(t *testing.T) {
	s := newSignerHome(t).open(t)
	_ = s.journal.close()
	for height := int64(1); height <= 2; height++ {
		v := precommit(height, 1)
		if err := s.SignVote(signerChain, v); err == nil || v.Signature != nil {
			t.Fatalf("height %d: error %v, signature %x", height, err, v.Signature)
		}
	}
}

// After Close a goroutine of CometBFT's that is late finds nothing.
func TestADatabaseMayBeReadAfterItIsClosed(t *testing.T) {
	net := testnet(t)
	n := mustStart(t, makeHome(t, net), net.Genesis)
	for n.comet.BlockStore().Height() == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	blocks := n.comet.BlockStore()
	if blocks.LoadBlockMeta(1) == nil {
		t.Fatal("a running node has no first block")
	}
	n.Stop()
	if blocks.LoadBlockMeta(1) != nil {
		t.Fatal("a closed database still answers")
	}
}

// voteSigner is what the benchmark compares.
type voteSigner interface {
	SignVote(chainID string, vote *cmtproto.Vote) error
}

func BenchmarkSignVote(b *testing.B) {
	for name, open := range map[string]func(signerHome) voteSigner{
		"blink":    func(h signerHome) voteSigner { return h.open(b) },
		"CometBFT": func(h signerHome) voteSigner { return h.standard() },
	} {
		b.Run(name, func(b *testing.B) {
			s, height := open(newSignerHome(b)), int64(0)
			for b.Loop() {
				height++
				if err := s.SignVote(signerChain, precommit(height, 1)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The journal has a block once it has this node's precommit for it, with what led to it: not with another signature, nor
// with a record that came from CometBFT's state file, nor with the log elsewhere.
func TestTheJournalKeepsABlock(t *testing.T) {
	h := newSignerHome(t)
	s := h.run(t, 6)
	hash := func(block byte) []byte { return blockID(block).Hash }
	keeps := func(want bool, height int64, block byte) {
		t.Helper()
		if got := s.keeps(height, hash(block)); got != want {
			t.Fatalf("keeps block %d of height %d: %v", block, height, got)
		}
	}
	keeps(false, 7, 1)
	signs(t, s.SignProposal(signerChain, proposal(7, 0, 1, 1)))
	signs(t, s.SignVote(signerChain, vote(cmtproto.PrevoteType, 7, 0, 1, 1)))
	keeps(false, 7, 1)
	signs(t, s.SignVote(signerChain, precommit(7, 1)))
	keeps(true, 7, 1)
	keeps(false, 7, 2)
	keeps(false, 8, 1)
	signs(t, s.SignVote(signerChain, vote(cmtproto.PrecommitType, 7, 1, 0, 1))) // for no block
	keeps(false, 7, 1)
	signs(t, s.SignVote(signerChain, vote(cmtproto.PrecommitType, 7, 2, 1, 1)))
	keeps(true, 7, 1)
	signs(t, s.SignVote(signerChain, vote(cmtproto.PrevoteType, 8, 0, 1, 1)))
	keeps(false, 7, 1)
	signs(t, s.SignVote(signerChain, precommit(8, 1)))
	signs(t, s.close())

	standard := h.standard() // CometBFT goes on, and has its log where it wants
	signs(t, standard.SignVote(signerChain, precommit(9, 1)))
	s = h.run(t, 8)
	keeps(false, 9, 1)
	signs(t, s.SignVote(signerChain, precommit(9, 1)))
	keeps(false, 9, 1) // the same signature again; nothing was written
	signs(t, s.close())

	s = h.runWith(t, "off", 9)
	signs(t, s.SignVote(signerChain, precommit(10, 1)))
	keeps(false, 10, 1)
}
