package node

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/cometbft/cometbft/consensus"
	cstypes "github.com/cometbft/cometbft/consensus/types"
	"github.com/cometbft/cometbft/libs/bits"
	"github.com/cometbft/cometbft/p2p"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"

	"blink/app"
	"blink/genesis"
)

// mesh is a network of four validators in this process, on real connections.
type mesh struct {
	net   genesis.Testnet
	homes []Home
	nodes []*running
	nonce uint64
}

// startMesh starts some of the nodes, with keys of config.toml changed.
func startMesh(t *testing.T, port, nodes int, push bool, comet map[string]string) *mesh {
	t.Helper()
	m := makeMesh(t, port, push, comet)
	for range nodes {
		m.start(t)
	}
	m.atOne(t)
	return m
}

// makeMesh makes the homes.
func makeMesh(t *testing.T, port int, push bool, comet map[string]string) *mesh {
	t.Helper()
	net, err := genesis.NewTestnet(genesis.TestnetSpec{
		ChainID: "blink-mesh", Validators: 4, Seed: []byte("another seed for tests"), GenesisTime: time.Now(),
		P2PPort: port, RESTPort: port + 50, Demo: []string{"alice", "bob"},
	})
	if err != nil {
		t.Fatal(err)
	}
	m := &mesh{net: net}
	cfg := DefaultConfig()
	cfg.Gossip.Push = push
	for i, node := range net.Nodes {
		var peers []string
		for j, other := range net.Nodes {
			if j != i {
				peers = append(peers, fmt.Sprintf("%s@127.0.0.1:%d", NodeID(other.NodeKey), port+j))
			}
		}
		home := Home{Dir: filepath.Join(t.TempDir(), node.Name)}
		err := InitHome(home, HomeSpec{
			Profile: LAN, Genesis: net.Genesis, ConsensusKey: node.ConsensusKey, NodeKey: node.NodeKey,
			P2PListen: fmt.Sprintf("127.0.0.1:%d", port+i), Peers: peers, SameHost: true, Config: cfg,
		})
		if err != nil {
			t.Fatal(err)
		}
		editComet(t, home, func(text string) string {
			for key, value := range comet {
				text = regexp.MustCompile(`(?m)^`+key+` = .*`).ReplaceAllString(text, fmt.Sprintf("%s = %q", key, value))
			}
			return text
		})
		m.homes = append(m.homes, home)
	}
	return m
}

// start starts the next node.
func (m *mesh) start(t *testing.T) {
	t.Helper()
	node, err := startNode(t, m.homes[len(m.nodes)], m.net.Genesis)
	if err != nil {
		t.Fatal(err)
	}
	m.nodes = append(m.nodes, node)
}

// transfer makes a transfer final through node i and returns what it took.
func (m *mesh) transfer(t *testing.T, i int) time.Duration {
	t.Helper()
	out := m.nodes[i].final(t, transfer(t, m.net, m.nonce))
	m.nonce++
	return out.TTF
}

// atOne waits until the chain is quiet, and all nodes are at one height and
// state and see each other there.
func (m *mesh) atOne(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		first := m.nodes[0].Status()
		same := func(n *running) bool {
			s := n.Status()
			rs := n.consensus.GetRoundState()
			for _, peer := range m.others(n) {
				if prs := n.peer(peer); prs == nil || prs.Height != first.Height+1 {
					return false
				}
			}
			return n.Ready() == nil && s.Height == first.Height && string(s.AppHash) == string(first.AppHash) &&
				rs.Height == first.Height+1 && rs.Step == cstypes.RoundStepNewRound
		}
		if first.Height > 0 && !slices.ContainsFunc(m.nodes, func(n *running) bool { return !same(n) }) {
			return
		}
		if time.Now().After(deadline) {
			for i, n := range m.nodes {
				rs := n.consensus.GetRoundState()
				t.Logf("node %d: height %d, state %x, ready %v, at %d/%d %s", i, n.Status().Height, n.Status().AppHash, n.Ready(), rs.Height, rs.Round, rs.Step)
				for _, peer := range m.others(n) {
					t.Logf("  peer %+v", n.peer(peer))
				}
			}
			t.Fatal("the nodes are not at one after 30 s")
		}
	}
}

func (m *mesh) others(n *running) []*running {
	return slices.DeleteFunc(slices.Clone(m.nodes), func(o *running) bool { return o == n })
}

// peer is what n knows of another node, nil when they are not connected.
func (r *running) peer(other *running) *cstypes.PeerRoundState {
	peer := r.comet.Switch().Peers().Get(other.comet.NodeInfo().ID())
	if peer == nil {
		return nil
	}
	return peer.Get(cmttypes.PeerStateKey).(*consensus.PeerState).GetRoundState()
}

// With the repair path all but off, a chain lives on what is pushed. If one
// message of a height went amiss, it would take the repair interval.
func TestPushAloneIsEnough(t *testing.T) {
	m := startMesh(t, 26200, 4, true, map[string]string{"peer_gossip_sleep_duration": "3s"})
	var ttf []time.Duration
	for i := range 12 {
		ttf = append(ttf, m.transfer(t, i%4))
	}
	slices.Sort(ttf)
	if ttf[len(ttf)/2] > time.Second {
		t.Fatalf("half of the transfers took over a second: %v", ttf)
	}
	m.atOne(t)
}

// What a node has noted as sent is what the peer has. Were it not, the repair
// path would withhold it for ever.
func TestWhatIsNotedWasDelivered(t *testing.T) {
	// timeout_commit is long, so that no precommit can be late.
	m := startMesh(t, 26210, 4, true, map[string]string{"timeout_commit": "1s"})
	for i := range 12 {
		m.transfer(t, i%4)
		if i%3 != 0 {
			continue
		}
		m.atOne(t)
		for a, node := range m.nodes {
			for b, other := range m.nodes {
				if a == b {
					continue
				}
				noted := node.peer(other) // first: the peer's votes can only become more
				has := other.consensus.GetRoundState()
				for what, missing := range map[string]*bits.BitArray{
					"last commit": noted.LastCommit.Sub(has.LastCommit.BitArray()),
					"prevotes":    noted.Prevotes.Sub(has.Votes.Prevotes(has.Round).BitArray()),
					"precommits":  noted.Precommits.Sub(has.Votes.Precommits(has.Round).BitArray()),
				} {
					if missing != nil && !missing.IsEmpty() {
						t.Errorf("node %d notes for node %d %s that it does not have: %s", a, b, what, missing)
					}
				}
			}
		}
	}
}

// A validator that comes late catches up and takes part, with push and without.
// (What a restart does is tested with processes, by cmd/blinkd.)
func TestPushChangesNothingElse(t *testing.T) {
	for i, push := range []bool{false, true} {
		t.Run(fmt.Sprintf("push=%v", push), func(t *testing.T) {
			m := startMesh(t, 26220+10*i, 3, push, nil)
			for i := range 6 {
				m.transfer(t, i%3)
			}
			m.start(t) // while the others go on
			for i := range 6 {
				m.transfer(t, i%3)
			}
			m.atOne(t)
			m.transfer(t, 3)
			m.atOne(t)
			bob := app.AccountOf(m.nodes[3].Store().Latest(), m.net.Demo[1].Key.Address())
			if want := m.net.Demo[1].Balance + 13*7; bob.Balance != want {
				t.Fatalf("bob has %d, want %d", bob.Balance, want)
			}
		})
	}
}

func TestTurn(t *testing.T) {
	vote := func(kind cmtproto.SignedMsgType) content {
		return newVote(&cmttypes.Vote{Type: kind, Height: 7, Round: 1}, 4)
	}
	precommit, prevote := vote(cmtproto.PrecommitType), vote(cmtproto.PrevoteType)
	proposal := newProposal(&cmttypes.Proposal{Height: 7, Round: 1}, nil)
	at := func(height int64, round int32) *cstypes.PeerRoundState {
		return &cstypes.PeerRoundState{Height: height, Round: round, Step: cstypes.RoundStepPropose}
	}
	decided := &cstypes.PeerRoundState{Height: 8, Step: cstypes.RoundStepNewHeight, LastCommitRound: 1}
	elsewhere := &cstypes.PeerRoundState{Height: 8, Step: cstypes.RoundStepNewHeight, LastCommitRound: 0}
	for _, c := range []struct {
		content content
		peer    *cstypes.PeerRoundState
		want    turn
	}{
		{prevote, at(0, -1), turnNever}, // it is syncing: its reactor would drop the vote
		{prevote, at(6, 3), turnLater},
		{prevote, at(7, 0), turnLater},
		{prevote, at(7, 1), turnNow},
		{prevote, at(7, 2), turnNever},
		{prevote, at(8, 1), turnNever},
		{prevote, decided, turnNever},
		{precommit, at(7, 1), turnNow},
		{precommit, at(8, 0), turnNever},
		{precommit, decided, turnNow},
		{precommit, elsewhere, turnNever},
		{proposal, at(7, 0), turnLater},
		{proposal, at(7, 1), turnNow},
		{proposal, decided, turnNever},
	} {
		if got := c.content.turn(c.peer); got != c.want {
			t.Errorf("%T for a peer at %d/%d %s: turn %d, want %d", c.content, c.peer.Height, c.peer.Round, c.peer.Step, got, c.want)
		}
	}
}

// slowPeer takes so many messages and no more.
type slowPeer struct {
	p2p.Peer
	state *consensus.PeerState
	room  int
}

func (p *slowPeer) IsRunning() bool { return true }
func (p *slowPeer) Get(string) any  { return p.state }
func (p *slowPeer) TrySend(p2p.Envelope) bool {
	p.room--
	return p.room >= 0
}

func newSlowPeer(room int) *slowPeer {
	p := &slowPeer{room: room}
	p.state = consensus.NewPeerState(p)
	p.state.ApplyNewRoundStepMessage(&consensus.NewRoundStepMessage{Height: 7, Step: cstypes.RoundStepPropose})
	return p
}

// A peer with a full queue is left to the repair path, with nothing noted that
// it was not given.
func TestASlowPeerIsNotNoted(t *testing.T) {
	vote := newVote(&cmttypes.Vote{Type: cmtproto.PrevoteType, Height: 7, ValidatorIndex: 2}, 4)
	parts := cmttypes.NewPartSetFromData(make([]byte, 3*cmttypes.BlockPartSizeBytes), cmttypes.BlockPartSizeBytes)
	proposal := newProposal(&cmttypes.Proposal{Height: 7, POLRound: -1, BlockID: cmttypes.BlockID{PartSetHeader: parts.Header()}}, parts)
	noted := func(room int) string {
		peer := newSlowPeer(room)
		for _, c := range []content{vote, proposal} {
			m := message{content: c, peers: []p2p.Peer{peer}}
			if m.send(); len(m.peers) != 0 {
				t.Fatal("the push goes on about a slow peer")
			}
		}
		prs := peer.state.GetRoundState()
		return fmt.Sprint(prs.Prevotes.GetIndex(2), prs.Proposal, prs.ProposalBlockParts)
	}
	for room, want := range []string{
		"false false nil-BitArray", "true false nil-BitArray", "true true BA{3:___}", "true true BA{3:x__}", "true true BA{3:xx_}", "true true BA{3:xxx}",
	} {
		if got := noted(room); got != want {
			t.Errorf("with room for %d messages %s is noted, want %s", room, got, want)
		}
	}
}

// A peer that collects the parts of another block, because it knows that one
// to be decided, must not be noted as having parts of it.
func TestPartsOfAnotherBlockAreNotNoted(t *testing.T) {
	parts := cmttypes.NewPartSetFromData(make([]byte, 10), cmttypes.BlockPartSizeBytes)
	other := cmttypes.NewPartSetFromData([]byte("another block"), cmttypes.BlockPartSizeBytes)
	peer := newSlowPeer(100)
	peer.state.ApplyNewValidBlockMessage(&consensus.NewValidBlockMessage{
		Height: 7, BlockPartSetHeader: other.Header(), BlockParts: bits.NewBitArray(1), IsCommit: true,
	})
	newProposal(&cmttypes.Proposal{Height: 7, POLRound: -1, BlockID: cmttypes.BlockID{PartSetHeader: parts.Header()}}, parts).sendTo(peer, peer.state)
	if prs := peer.state.GetRoundState(); !prs.Proposal || !prs.ProposalBlockParts.IsEmpty() {
		t.Fatalf("noted: proposal %v, parts %v", prs.Proposal, prs.ProposalBlockParts)
	}
}
