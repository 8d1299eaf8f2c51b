package abci

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	cmted25519 "github.com/cometbft/cometbft/crypto/ed25519"

	"blink/coin"
	"blink/crypto"
	"blink/genesis"
	"blink/store"
	"blink/tx"
)

var (
	ctx = context.Background()
	// start is that of chains: ahead of the clock, so that it is blocks that make transactions expire, however slow the machine is.
	start = time.Now().Add(20 * time.Minute).UTC().Truncate(time.Second)
)

// chain is an application on a real store, driven as CometBFT drives it.
type chain struct {
	*Application
	t     testing.TB
	dir   string
	net   genesis.Testnet
	store *store.Store
	heard heard
}

// heard records what the observer was told.
type heard struct {
	executed  []int64
	committed []int64
	codes     []tx.Code
	dropped   []tx.Code
	admitted  atomic.Int64 // by any goroutine
}

func (h *heard) Admitted(tx.ID, time.Time)          { h.admitted.Add(1) }
func (h *heard) Executed(height int64, _ time.Time) { h.executed = append(h.executed, height) }
func (h *heard) Committed(height int64, _ time.Time, _ []byte, txs []CommittedTx) {
	h.committed = append(h.committed, height)
	for _, t := range txs {
		h.codes = append(h.codes, t.Code)
	}
}
func (h *heard) Dropped(_ tx.ID, code tx.Code) { h.dropped = append(h.dropped, code) }

// newChain is a chain of one validator, at height 0, with InitChain done.
func newChain(t testing.TB) *chain {
	t.Helper()
	return newChainFrom(t, 0)
}

// newChainFrom is the same with an initial height.
func newChainFrom(t testing.TB, initial int64) *chain {
	t.Helper()
	net, err := genesis.NewTestnet(genesis.TestnetSpec{
		ChainID: "blink-test", Validators: 1, Seed: []byte("a seed for tests"), GenesisTime: start,
		P2PPort: 1000, RESTPort: 2000, Demo: []string{"alice", "bob"},
	})
	if err != nil {
		t.Fatal(err)
	}
	net.Genesis.InitialHeight = initial
	c := &chain{t: t, dir: t.TempDir(), net: net}
	c.open()
	c.initChain()
	return c
}

func (c *chain) open() {
	c.t.Helper()
	s, err := store.Open(store.Options{Dir: c.dir})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { s.Close() })
	c.store = s
	if c.Application, err = New(Config{Store: s, Genesis: c.net.Genesis, Observer: &c.heard}); err != nil {
		c.t.Fatal(err)
	}
}

// reopen is a crash and a restart.
func (c *chain) reopen() {
	c.t.Helper()
	if err := c.store.Close(); err != nil {
		c.t.Fatal(err)
	}
	c.open()
}

func (c *chain) initChain() *abcitypes.ResponseInitChain {
	c.t.Helper()
	params := ConsensusParams(c.net.Genesis.Params)
	res, err := c.InitChain(ctx, &abcitypes.RequestInitChain{
		Time: start, ChainId: c.net.Genesis.ChainID, ConsensusParams: &params,
		InitialHeight: c.net.Genesis.FirstHeight(), AppStateBytes: c.net.Genesis.Encode(),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return res
}

// finalize executes the next block.
func (c *chain) finalize(raws ...[]byte) *abcitypes.ResponseFinalizeBlock {
	c.t.Helper()
	height := c.nextHeight()
	res, err := c.FinalizeBlock(ctx, &abcitypes.RequestFinalizeBlock{
		Height: height, Time: start.Add(time.Duration(height) * time.Second), Txs: raws,
		ProposerAddress: cmted25519.PrivKey(c.net.Nodes[0].ConsensusKey).PubKey().Address(),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return res
}

func (c *chain) commit() {
	c.t.Helper()
	if _, err := c.Commit(ctx, &abcitypes.RequestCommit{}); err != nil {
		c.t.Fatal(err)
	}
}

// block executes and commits the next block and returns the codes.
func (c *chain) block(raws ...[]byte) []tx.Code {
	c.t.Helper()
	res := c.finalize(raws...)
	c.commit()
	codes := make([]tx.Code, len(res.TxResults))
	for i, r := range res.TxResults {
		codes[i] = tx.Code(r.Code)
	}
	return codes
}

// checkTx is the mempool asking for the first time, recheck asking again.
func (c *chain) checkTx(raw []byte) *tx.Refusal { return c.ask(raw, abcitypes.CheckTxType_New) }
func (c *chain) recheck(raw []byte) *tx.Refusal { return c.ask(raw, abcitypes.CheckTxType_Recheck) }

func (c *chain) ask(raw []byte, kind abcitypes.CheckTxType) *tx.Refusal {
	c.t.Helper()
	res, err := c.CheckTx(ctx, &abcitypes.RequestCheckTx{Tx: raw, Type: kind})
	if err != nil {
		c.t.Fatal(err)
	}
	return RefusalOf(res)
}

func (c *chain) alice() crypto.PrivateKey { return c.net.Demo[0].Key }
func (c *chain) bob() crypto.PrivateKey   { return c.net.Demo[1].Key }

// transfer is a signed transfer.
func (c *chain) transfer(from crypto.PrivateKey, nonce uint64, to crypto.Address, amount coin.Amount) []byte {
	c.t.Helper()
	return c.sign(from, tx.Body{
		ChainID: c.net.Genesis.ChainID, Sender: from.Address(), Nonce: nonce, Fee: 1000,
		ValidUntil: start.Add(time.Minute * 30).Unix(), Msgs: []tx.Msg{tx.Transfer{To: to, Amount: amount}},
	})
}

func (c *chain) sign(from crypto.PrivateKey, body tx.Body) []byte {
	c.t.Helper()
	signed, err := tx.Sign(body, from)
	if err != nil {
		c.t.Fatal(err)
	}
	return signed.Raw()
}

func wantCode(t *testing.T, got *tx.Refusal, want tx.Code) {
	t.Helper()
	switch {
	case got == nil && want != tx.OK:
		t.Fatalf("was admitted, want %s", want)
	case got != nil && got.Code != want:
		t.Fatalf("was refused with %v, want %s", got, want)
	}
}
