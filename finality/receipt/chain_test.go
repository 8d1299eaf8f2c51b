package receipt_test

import (
	stded25519 "crypto/ed25519"
	"encoding/json"
	"testing"
	"time"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/crypto/tmhash"
	cmtversion "github.com/cometbft/cometbft/proto/tendermint/version"
	"github.com/cometbft/cometbft/types"
	"github.com/cometbft/cometbft/version"

	"blink/coin"
	"blink/finality/receipt"
	"blink/genesis"
	"blink/tx"
)

// chain makes blocks that validators have signed, out of what CometBFT's types are made of.
type chain struct {
	t    testing.TB
	net  genesis.Testnet
	keys map[string]stded25519.PrivateKey // by consensus address
}

// start is the time of the genesis: fixed, so that a receipt made today can be verified next year.
var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// newChain has four validators in its genesis and keys for eight.
func newChain(t testing.TB) *chain {
	t.Helper()
	net, err := genesis.NewTestnet(genesis.TestnetSpec{
		ChainID: "blink-test", Validators: 4, Observers: 4, Seed: []byte("a seed for tests"), GenesisTime: start,
		P2PPort: 22000, RESTPort: 22100, Demo: []string{"alice", "bob"},
	})
	must(t, err)
	c := &chain{t: t, net: net, keys: map[string]stded25519.PrivateKey{}}
	for _, n := range net.Nodes {
		key := ed25519.PubKey(n.ConsensusKey.Public().(stded25519.PublicKey))
		c.keys[string(key.Address())] = n.ConsensusKey
	}
	return c
}

// set is the validators with these indices, each with the power it has in genesis.
func (c *chain) set(nodes ...int) *types.ValidatorSet {
	var list []*types.Validator
	for _, i := range nodes {
		key := ed25519.PubKey(c.net.Nodes[i].ConsensusKey.Public().(stded25519.PublicKey))
		list = append(list, types.NewValidator(key, int64(genesis.TestnetSelfBond/coin.Blink)))
	}
	return types.NewValidatorSet(list)
}

// transfer is alice's, signed.
func (c *chain) transfer(nonce uint64) tx.Signed {
	c.t.Helper()
	alice, bob := c.net.Demo[0].Key, c.net.Demo[1].Key
	signed, err := tx.Sign(tx.Body{
		ChainID: c.net.Genesis.ChainID, Sender: alice.Address(), Nonce: nonce, Fee: 1000,
		ValidUntil: start.Add(time.Minute).Unix(), Msgs: []tx.Msg{tx.Transfer{To: bob.Address(), Amount: 7}},
	}, alice)
	must(c.t, err)
	return signed
}

// source is a block of n transactions at a height and the one after it, by these validators. The code of each
// transaction is its index. The receipt asked for is of the last one.
func (c *chain) source(height int64, n int, now, next *types.ValidatorSet) receipt.Source {
	c.t.Helper()
	var txs types.Txs
	var results []*abcitypes.ExecTxResult
	for i := range n {
		txs = append(txs, types.Tx(c.transfer(uint64(i)).Raw()))
		results = append(results, &abcitypes.ExecTxResult{Code: uint32(i)})
	}
	head := c.header(height, now, next)
	head.DataHash = txs.Hash()
	commit := c.sign(head, now)
	after := c.header(height+1, next, next)
	after.LastBlockID = commit.BlockID
	after.LastResultsHash = types.NewResults(results).Hash()
	return receipt.Source{
		Header: head, Commit: commit, Validators: now, Txs: txs, Index: n - 1,
		Next: &receipt.Next{Header: after, Commit: c.sign(after, next), Validators: next, Results: results},
	}
}

func (c *chain) header(height int64, now, next *types.ValidatorSet) *types.Header {
	hash := func(of string) []byte { return tmhash.Sum([]byte(of)) }
	return &types.Header{
		Version: cmtversion.Consensus{Block: version.BlockProtocol, App: 1}, ChainID: c.net.Genesis.ChainID, Height: height,
		Time:           start.Add(time.Duration(height) * time.Second),
		LastBlockID:    types.BlockID{Hash: hash("last"), PartSetHeader: types.PartSetHeader{Total: 1, Hash: hash("last parts")}},
		LastCommitHash: hash("last commit"), DataHash: hash(""), ValidatorsHash: now.Hash(), NextValidatorsHash: next.Hash(),
		ConsensusHash: hash("params"), AppHash: hash("state"), LastResultsHash: hash("results"), EvidenceHash: hash(""),
		ProposerAddress: now.Validators[0].Address,
	}
}

// sign gives the commit of a header with the signatures of all validators but those that are away.
func (c *chain) sign(head *types.Header, set *types.ValidatorSet, away ...int) *types.Commit {
	commit := &types.Commit{Height: head.Height, Round: 1, Signatures: make([]types.CommitSig, set.Size()), BlockID: types.BlockID{
		Hash: head.Hash(), PartSetHeader: types.PartSetHeader{Total: 1, Hash: tmhash.Sum([]byte("parts"))}}}
	for i, v := range set.Validators {
		commit.Signatures[i] = types.CommitSig{BlockIDFlag: types.BlockIDFlagCommit, ValidatorAddress: v.Address,
			Timestamp: head.Time.Add(time.Duration(i+1) * time.Millisecond)}
	}
	for _, i := range away {
		commit.Signatures[i] = types.NewCommitSigAbsent()
	}
	for i, v := range set.Validators {
		if s := &commit.Signatures[i]; s.BlockIDFlag == types.BlockIDFlagCommit {
			s.Signature = stded25519.Sign(c.keys[string(v.Address)], commit.VoteSignBytes(head.ChainID, int32(i)))
		}
	}
	return commit
}

// receipt is that of a block at height 10 by the validators of genesis.
func (c *chain) receipt(txs int) []byte {
	c.t.Helper()
	return c.make(c.source(10, txs, c.set(0, 1, 2, 3), c.set(0, 1, 2, 3)))
}

func (c *chain) make(s receipt.Source) []byte {
	c.t.Helper()
	raw, err := receipt.New(s)
	must(c.t, err)
	return raw
}

func (c *chain) trust() receipt.Trust {
	c.t.Helper()
	trust, err := receipt.FromGenesis(c.net.Genesis)
	must(c.t, err)
	return trust
}

// object is JSON to be changed by a test.
type object = map[string]any

// edit changes a receipt and writes it again.
func edit(t testing.TB, raw []byte, change func(object)) []byte {
	t.Helper()
	var o object
	must(t, json.Unmarshal(raw, &o))
	change(o)
	out, err := json.Marshal(o)
	must(t, err)
	return out
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
