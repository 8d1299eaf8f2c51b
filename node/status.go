package node

import (
	"errors"
	"fmt"
	"time"

	"github.com/cometbft/cometbft/p2p"

	"blink/app"
	"blink/store"

	cmtstore "github.com/cometbft/cometbft/store"
)

// ErrNoBlock: this node does not have the block.
var ErrNoBlock = errors.New("no such block")

// Status is the condition of a node.
type Status struct {
	ChainID    string
	NodeID     string
	Moniker    string
	Version    string
	Height     int64     // the newest block whose results can be served
	AppHash    []byte    // after that block
	BlockTime  time.Time // of that block
	CatchingUp bool
	Consensus  Position // of the past while CatchingUp
	Peers      []Peer

	Validator        bool // in the set that votes
	ConsensusAddress []byte
	VotingPower      int64
	MempoolTxs       int
	MempoolBytes     int64
}

// Peer is a connected node.
type Peer struct {
	ID, Moniker, Address string
	Outbound             bool
}

// Block is a committed block.
type Block struct {
	Height   int64
	Time     time.Time
	Hash     []byte
	AppHash  []byte // the state before this block
	Proposer []byte // consensus address
	Round    int32  // of the commit that finalised this very block; not of the last commit that the block holds
	Txs      [][]byte
}

// begin notes the block that the node starts with, unless the start already
// replayed a newer one.
func (m *Monitor) begin(s *store.Store, blocks *cmtstore.BlockStore) {
	b := &lastBlock{height: s.Height(), appHash: s.Root()}
	if meta := blocks.LoadBlockMeta(b.height); meta != nil {
		b.time = meta.Header.Time
	}
	m.last.Store(b)
}

// Status describes the node at this moment. It never waits for consensus.
func (n *Node) Status() Status {
	last := n.o.Monitor.last.Load()
	s := Status{
		ChainID:          n.o.Genesis.ChainID,
		NodeID:           string(n.comet.NodeInfo().ID()),
		Moniker:          n.config.Moniker,
		Version:          n.o.Version,
		Height:           last.height,
		AppHash:          last.appHash,
		BlockTime:        last.time,
		CatchingUp:       n.comet.ConsensusReactor().WaitSync(),
		Consensus:        n.position.get(),
		ConsensusAddress: n.address[:],
		MempoolTxs:       n.comet.Mempool().Size(),
		MempoolBytes:     n.comet.Mempool().SizeBytes(),
	}
	for _, p := range n.comet.Switch().Peers().Copy() {
		peer := Peer{ID: string(p.ID()), Outbound: p.IsOutbound()}
		if addr := p.SocketAddr(); addr != nil {
			peer.Address = addr.DialString()
		}
		if info, ok := p.NodeInfo().(p2p.DefaultNodeInfo); ok {
			peer.Moniker = info.Moniker
		}
		s.Peers = append(s.Peers, peer)
	}
	if v, ok := app.ValidatorByConsensusAddress(n.o.Store.Latest(), n.address); ok && v.Status == app.Active {
		s.Validator, s.VotingPower = true, v.Power
	}
	return s
}

// Block reads a block whose results can be served, or ErrNoBlock.
func (n *Node) Block(height int64) (Block, error) {
	blocks := n.comet.BlockStore()
	if height < 1 || height > n.o.Monitor.last.Load().height || height < blocks.Base() {
		return Block{}, fmt.Errorf("%w: height %d", ErrNoBlock, height)
	}
	block := blocks.LoadBlock(height)
	if block == nil {
		return Block{}, fmt.Errorf("%w: height %d", ErrNoBlock, height)
	}
	b := Block{
		Height:   height,
		Time:     block.Time,
		Hash:     block.Hash(),
		AppHash:  block.AppHash,
		Proposer: block.ProposerAddress,
		Txs:      block.Txs.ToSliceOfBytes(),
	}
	// The commit in the next block is the same for all; until there is one,
	// this node's own will do.
	if commit := blocks.LoadBlockCommit(height); commit != nil {
		b.Round = commit.Round
	} else if commit := blocks.LoadSeenCommit(height); commit != nil {
		b.Round = commit.Round
	}
	return b, nil
}
