package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	"github.com/prometheus/client_golang/prometheus"

	"blink/abci"
	"blink/coin"
	"blink/crypto"
	"blink/finality"
	"blink/genesis"
	"blink/store"
	"blink/tx"
)

// chain is a chain of one process: blink's real application, store and tracker, and in the place of consensus a method
// that makes a block of what waits. It is the server's Node.
type chain struct {
	t       testing.TB
	net     genesis.Testnet
	store   *store.Store
	app     *abci.Application
	tracker *finality.Tracker

	mu       sync.Mutex
	held     bool // make no block on submission
	err      error
	unready  error
	waiting  [][]byte
	evidence []abcitypes.Misbehavior // of the next block
	blocks   []Block
	lastTime time.Time
}

func newChain(t testing.TB) *chain { return newChainFrom(t, 0) }

// newChainFrom is the same with an initial height.
func newChainFrom(t testing.TB, initial int64) *chain {
	t.Helper()
	network, err := genesis.NewTestnet(genesis.TestnetSpec{
		ChainID: "blink-test", Validators: 1, Seed: []byte("a seed for tests"), GenesisTime: time.Now().UTC(),
		P2PPort: 22000, RESTPort: 22100, Demo: []string{"alice", "bob"}, Faucet: true,
	})
	must(t, err)
	network.Genesis.InitialHeight = initial
	network.Genesis.Validators[0].Moniker = `<img src=x onerror=alert(1)>`
	c := &chain{t: t, net: network, tracker: finality.NewTracker(finality.Options{})}
	c.store, err = store.Open(store.Options{Dir: t.TempDir()})
	must(t, err)
	t.Cleanup(func() { c.store.Close() })
	c.app, err = abci.New(abci.Config{Store: c.store, Genesis: network.Genesis, Observer: c})
	must(t, err)
	params := abci.ConsensusParams(network.Genesis.Params)
	_, err = c.app.InitChain(context.Background(), &abcitypes.RequestInitChain{
		Time: network.Genesis.GenesisTime, ChainId: network.Genesis.ChainID, ConsensusParams: &params, InitialHeight: network.Genesis.FirstHeight(),
		AppStateBytes: network.Genesis.Encode(),
	})
	must(t, err)
	return c
}

// Admitted, Executed, Committed and Dropped implement abci.Observer.
func (c *chain) Admitted(id tx.ID, at time.Time)     { c.tracker.Checked(id, at) }
func (c *chain) Executed(height int64, at time.Time) { c.tracker.Executed(height, at) }
func (c *chain) Committed(height int64, at time.Time, _ []byte, txs []abci.CommittedTx) {
	var list []finality.CommittedTx
	for _, t := range txs {
		list = append(list, finality.CommittedTx{ID: t.ID, Code: t.Code, Settled: t.Settled})
	}
	c.tracker.Committed(height, at, list, time.Now())
}
func (c *chain) Dropped(id tx.ID, code tx.Code) { c.tracker.Rejected(id, code, time.Now()) }

// block makes the next block of what waits; after is how much later than now its time is.
func (c *chain) block(after time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.makeBlock(after)
}

func (c *chain) makeBlock(after time.Duration) {
	height := max(c.store.Height()+1, c.net.Genesis.FirstHeight())
	now := time.Now().UTC().Add(after)
	if !now.After(c.lastTime) {
		now = c.lastTime.Add(time.Millisecond)
	}
	c.lastTime = now
	proposer := make([]byte, 20)
	c.tracker.Proposed(height, time.Now())
	c.blocks = append(c.blocks, Block{Height: height, Time: now, Hash: make([]byte, 32), AppHash: c.store.Root(), Proposer: proposer, Txs: c.waiting})
	_, err := c.app.FinalizeBlock(context.Background(), &abcitypes.RequestFinalizeBlock{Height: height, Time: now, Txs: c.waiting, Misbehavior: c.evidence, ProposerAddress: proposer})
	must(c.t, err)
	c.waiting, c.evidence = nil, nil
	_, err = c.app.Commit(context.Background(), &abcitypes.RequestCommit{})
	must(c.t, err)
}

func (c *chain) hold(held bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = held
}

// fails lets Submit answer err, and Ready unready.
func (c *chain) fails(err, unready error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err, c.unready = err, unready
}

func (c *chain) Submit(ctx context.Context, txs ...tx.Signed) []error {
	errs := c.app.Verify(txs...)
	for i, t := range txs {
		if errs[i] == nil {
			errs[i] = c.admit(ctx, t)
		}
	}
	return errs
}

func (c *chain) admit(ctx context.Context, t tx.Signed) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return c.err
	}
	if c.app.Waiting(t.ID()) {
		return ErrAlreadyKnown
	}
	res, err := c.app.CheckTx(ctx, &abcitypes.RequestCheckTx{Tx: t.Raw(), Type: abcitypes.CheckTxType_New})
	must(c.t, err)
	if refusal := abci.RefusalOf(res); refusal != nil {
		return refusal
	}
	c.waiting = append(c.waiting, t.Raw())
	if !c.held {
		c.makeBlock(0)
	}
	return nil
}

// time is that of the last block, or of the clock if it is later.
func (c *chain) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.After(c.lastTime) {
		return now
	}
	return c.lastTime
}

func (c *chain) Status() Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	var consensus Consensus
	if height := c.store.Height(); height > 0 {
		consensus = Consensus{Height: height + 1, Step: "new_round", Proposer: make([]byte, 20)}
	}
	return Status{
		Consensus: consensus,
		ChainID:   c.net.Genesis.ChainID, NodeID: "ab12", Moniker: "node0", Version: "test", AppVersion: abci.AppVersion, Height: c.store.Height(), AppHash: c.store.Root(),
		BlockTime: c.lastTime, Peers: []Peer{{ID: "cd34", Moniker: "node1", Address: "127.0.0.1:22001"}},
		Validator: ValidatorStatus{Active: true, Address: make([]byte, 20), Power: 1},
	}
}

func (c *chain) Block(height int64) (Block, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := height - c.net.Genesis.FirstHeight()
	if i < 0 || i >= int64(len(c.blocks)) {
		return Block{}, ErrNotFound
	}
	return c.blocks[i], nil
}

func (c *chain) Ready() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.unready
}
func (c *chain) Pending(id tx.ID) bool                { return c.app.Waiting(id) }
func (c *chain) PendingNonce(a crypto.Address) uint64 { return c.app.PendingNonce(a) }

func (c *chain) alice() crypto.PrivateKey { return c.net.Demo[0].Key }
func (c *chain) bob() crypto.PrivateKey   { return c.net.Demo[1].Key }

// transfer signs a transfer from alice to bob.
func (c *chain) transfer(nonce uint64, amount coin.Amount) tx.Signed {
	return c.sign(nonce, tx.Transfer{To: c.bob().Address(), Amount: amount})
}

// sign signs messages of alice's.
func (c *chain) sign(nonce uint64, msgs ...tx.Msg) tx.Signed {
	c.t.Helper()
	return c.signAs(c.alice(), nonce, msgs...)
}

func (c *chain) signAs(key crypto.PrivateKey, nonce uint64, msgs ...tx.Msg) tx.Signed {
	c.t.Helper()
	signed, err := tx.Sign(tx.Body{ChainID: c.net.Genesis.ChainID, Sender: key.Address(), Nonce: nonce, Fee: 1000,
		ValidUntil: c.time().Add(time.Minute).Unix(), Msgs: msgs}, key)
	must(c.t, err)
	return signed
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// served is a chain behind a real HTTP server. Every answer is checked against openapi.yaml.
type served struct {
	*chain
	api  *Server
	http *http.Server
	url  string
	log  *bytes.Buffer
	spec *spec
}

// serve starts a server with the first block made. change may adapt the configuration.
func serve(t testing.TB, change func(*Config)) *served {
	t.Helper()
	s := start(t, change)
	s.block(0)
	return s
}

// start starts a server at height 0.
func start(t testing.TB, change func(*Config)) *served {
	t.Helper()
	return startOn(newChain(t), change)
}

// startOn starts a server on a chain.
func startOn(c *chain, change func(*Config)) *served {
	t := c.t
	t.Helper()
	s := &served{chain: c, log: &bytes.Buffer{}, spec: loadSpec(t)}
	registry := prometheus.NewRegistry()
	cfg := Config{
		Node: c, Store: c.store, Tracker: c.tracker, Genesis: c.net.Genesis, Registerer: registry, Gatherer: registry,
		Faucet: Faucet{Key: &c.net.Nodes[0].Faucet, Journal: filepath.Join(t.TempDir(), "faucet.json")},
		Logger: slog.New(slog.NewTextHandler(s.log, nil)),
	}
	if change != nil {
		change(&cfg)
	}
	var err error
	s.api, err = New(cfg)
	must(t, err)
	s.http = NewServer("", s.api)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	s.url = "http://" + listener.Addr().String()
	go func() { _ = s.http.Serve(listener) }() // ends with Close
	t.Cleanup(func() { s.api.Close(); s.http.Close() })
	return s
}

// reply is an answer, read whole.
type reply struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

// do sends a request and checks the answer against the specification.
func (s *served) do(method, path, contentType string, body []byte, headers ...string) reply {
	s.t.Helper()
	req, err := http.NewRequest(method, s.url+path, bytes.NewReader(body))
	must(s.t, err)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	must(s.t, err)
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	must(s.t, err)
	r := reply{s.t, res.StatusCode, res.Header, answer}
	s.spec.check(s.t, req, r)
	return r
}

func (s *served) get(path string, headers ...string) reply {
	s.t.Helper()
	return s.do(http.MethodGet, path, "", nil, headers...)
}

func (s *served) post(path string, v any) reply {
	s.t.Helper()
	body, err := json.Marshal(v)
	must(s.t, err)
	return s.do(http.MethodPost, path, mediaJSON, body)
}

func (s *served) submit(path string, t tx.Signed) reply {
	s.t.Helper()
	return s.do(http.MethodPost, path, mediaBytes, t.Raw())
}

// is fails unless the status is as wanted, and decodes the body.
func (r reply) is(status int) map[string]any {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	var v map[string]any
	if strings.Contains(r.header.Get("Content-Type"), "json") {
		must(r.t, json.Unmarshal(r.body, &v))
	}
	return v
}

// problem fails unless the answer is a problem with the given status and code.
func (r reply) problem(status int, code string) map[string]any {
	r.t.Helper()
	v := r.is(status)
	if got := r.header.Get("Content-Type"); got != "application/problem+json" {
		r.t.Fatalf("content type %q", got)
	}
	if v["code"] != code {
		r.t.Fatalf("code %v, want %s: %s", v["code"], code, r.body)
	}
	return v
}
