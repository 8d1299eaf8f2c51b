package history_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"blink/app"
	"blink/coin"
	"blink/crypto"
	"blink/genesis"
	"blink/lab/history"
	"blink/store"
	"blink/tx"
)

const testChain = "history-test-1"

var genesisTime = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func keyOf(name string) crypto.PrivateKey {
	seed := sha256.Sum256([]byte("history test " + name))
	key, err := crypto.PrivateKeyFromBytes(seed[:])
	if err != nil {
		panic(err)
	}
	return key
}

func consensusKeyOf(name string) []byte {
	seed := sha256.Sum256([]byte("history test validator " + name))
	return ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)
}

func sign(body tx.Body, key crypto.PrivateKey) tx.Signed {
	body.Sender = key.Address()
	if body.ChainID == "" {
		body.ChainID = testChain
	}
	s, err := tx.Sign(body, key)
	if err != nil {
		panic(err)
	}
	return s
}

// void is the state before genesis.
type void struct{}

func (void) Get([]byte) []byte                           { return nil }
func (void) Range(_, _ []byte, _ func(_, _ []byte) bool) {}

// world makes random histories with the real state machine: what really happens on a chain must break no rule. It is a
// chain of one process whose nodes are copies.
type world struct {
	r      *rand.Rand
	doc    genesis.Document
	keys   []crypto.PrivateKey
	names  map[crypto.Address]bool // that occur
	state  *store.Overlay
	height int64
	time   time.Time
	clock  time.Duration // of the clients
	stake  bool          // messages other than transfers, too

	operators []crypto.Address

	blocks []history.Block
	states map[int64]history.Chain // accounts and supply, by height
	subs   []history.Submission
}

const outsider = 0 // index in keys of the account whose transactions are not submitted by clients

func newWorld(seed uint64, stake bool) *world {
	w := &world{r: rand.New(rand.NewPCG(seed, 7)), names: map[crypto.Address]bool{}, stake: stake, time: genesisTime, states: map[int64]history.Chain{}}
	for _, name := range []string{"faucet", "alice", "bob", "carol", "dave", "erin", "frank"} {
		w.keys = append(w.keys, keyOf(name))
		w.names[keyOf(name).Address()] = true
	}
	w.doc = genesis.Document{ChainID: testChain, GenesisTime: genesisTime, Params: genesis.TestnetParams()}
	w.doc.Params.UnbondingSeconds, w.doc.Params.UnbondingBlocks = 400, 12 // so that stake comes back within a test
	w.doc.Params.EvidenceMaxAgeSeconds, w.doc.Params.EvidenceMaxAgeBlocks = 250, 9
	w.doc.Params.VotingSeconds = 10
	for i, k := range w.keys[:5] {
		w.doc.Accounts = append(w.doc.Accounts, genesis.Account{Address: k.Address(), Balance: coin.Amount(3+20*i) * coin.Blink / 2})
	}
	savings := keyOf("savings").Address() // that nobody ever touches
	w.names[savings] = true
	w.doc.Accounts = append(w.doc.Accounts, genesis.Account{Address: savings, Balance: coin.Blink})
	for i, k := range w.keys[3:6] {
		w.doc.Validators = append(w.doc.Validators, genesis.Validator{Operator: k.Address(), ConsensusKey: consensusKeyOf(fmt.Sprint(i)),
			SelfBond: 10 * coin.Blink, Moniker: fmt.Sprint("validator ", i), Commission: tx.Commission{Rate: 500, MaxRate: 1000, MaxDailyChange: 100}})
	}
	if err := w.doc.Validate(); err != nil {
		panic(err)
	}
	for _, v := range w.doc.Validators {
		w.operators = append(w.operators, v.Operator)
	}
	w.begin()
	return w
}

func (w *world) begin() {
	w.state = store.NewOverlay(void{})
	app.InitChain(w.state, w.doc)
}

// succeed goes on as a new chain, from the exported state of the old one.
func (w *world) succeed() {
	w.doc = app.Export(w.state, testChain, w.height+1, w.time)
	if err := w.doc.Validate(); err != nil {
		panic(err)
	}
	w.blocks, w.subs = nil, nil
	w.begin()
}

func (w *world) once(n int) bool { return w.r.IntN(n) == 0 }

func (w *world) anyone() crypto.PrivateKey { return w.keys[w.r.IntN(len(w.keys))] }

// block makes the next block, of up to six transactions.
func (w *world) block() {
	w.height++
	w.time = w.time.Add(time.Duration(1+w.r.IntN(20_000)) * time.Millisecond)
	next := map[crypto.Address]uint64{}
	var inputs []app.Input
	var b history.Block
	begin := w.clock
	for range w.r.IntN(7) {
		signed, code := w.transaction(next)
		w.clock += time.Duration(1 + w.r.IntN(1000))
		v, err := signed.Verify(testChain)
		if err != nil {
			panic(err)
		}
		inputs = append(inputs, app.Input{ID: signed.ID(), Tx: v})
		b.Txs = append(b.Txs, history.BlockTx{Raw: signed.Raw(), Code: code})
	}
	parent := hex.EncodeToString(fmt.Append(nil, "state ", w.height-1))
	b.Height, b.Hash, b.AppHash, b.Time = w.height, hex.EncodeToString(fmt.Append(nil, "block ", w.height)), parent, w.time
	b.Proposer = hex.EncodeToString(fmt.Append(nil, "proposer ", w.height%3))
	fork := w.state.Fork()
	result := app.ApplyBlock(fork, app.Block{Height: w.height, Time: w.time, Txs: inputs})
	fork.Join()
	for i, receipt := range result.Receipts {
		b.Txs[i].Code = receipt.Code.String()
		w.submission(inputs[i], receipt, begin, uint32(i))
	}
	w.blocks = append(w.blocks, b)
	w.clock += 500
	w.note()
}

// submission tells a client what became of a transaction in the block that was just made.
func (w *world) submission(in app.Input, receipt app.Receipt, begin time.Duration, index uint32) {
	if in.Tx.Body().Sender == w.keys[outsider].Address() {
		return
	}
	s := history.Submission{ID: in.ID, Submitted: begin + time.Duration(w.r.IntN(400)), Answered: w.clock + 400 + time.Duration(w.r.IntN(4000)), Node: "node0"}
	switch {
	case !receipt.Settled || w.once(10):
		s.Status = history.Unknown
	case receipt.Code != tx.OK && w.once(2):
		s.Status, s.Code, s.Height, s.Index = history.Rejected, receipt.Code.String(), w.height, index
	default:
		s.Status, s.Code, s.Height, s.Index = history.Final, receipt.Code.String(), w.height, index
	}
	if w.once(2) {
		s.Raw = in.Tx.Raw()
	}
	w.subs = append(w.subs, s)
}

// lost adds transactions that are in no block.
func (w *world) lost() {
	for i, s := range []history.Submission{
		{Status: history.Expired}, {Status: history.Rejected, Code: "nonce_too_low"}, {Status: history.Rejected, Code: "bad_signature"}, {Status: history.Unknown},
	} {
		signed := sign(tx.Body{Nonce: 1 << 40, Fee: coin.Amount(i), ValidUntil: 1, Msgs: []tx.Msg{tx.Unjail{}}}, w.keys[1])
		s.ID, s.Raw, s.Node, s.Answered = signed.ID(), signed.Raw(), "node1", w.clock
		w.subs = append(w.subs, s)
	}
}

// note keeps what nodes report of the present state.
func (w *world) note() {
	var c history.Chain
	for address := range w.names {
		a := app.AccountOf(w.state, address)
		c.Accounts = append(c.Accounts, history.Account{Address: address, Balance: a.Balance, Nonce: a.Nonce})
	}
	slices.SortFunc(c.Accounts, func(a, b history.Account) int { return slices.Compare(a.Address[:], b.Address[:]) })
	s := app.SupplyOf(w.state)
	c.Supply = &history.Supply{Issued: s.Issued, Burned: s.Burned, Balances: s.Balances, Bonded: s.Bonded,
		Unbonding: s.Unbonding, Fees: s.Fees, Rewards: s.Rewards, Deposits: s.Deposits}
	w.states[w.height] = c
}

// history is what clients and four nodes say: node2 is a block behind, node3 has pruned the first two.
func (w *world) history() history.History {
	h := history.History{Genesis: w.doc, Submissions: w.subs, Outside: []history.Outside{{Address: w.keys[outsider].Address(), Why: "faucet"}}}
	for i := range 4 {
		first, last := w.doc.FirstHeight(), w.height
		if i == 2 {
			last--
		}
		if i == 3 {
			first += 2
		}
		c := w.states[w.height-1]
		c.Node, c.First, c.Last, c.StateAt = fmt.Sprint("node", i), first, last, w.height-1
		c.AppHash = hex.EncodeToString(fmt.Append(nil, "state ", last))
		c.Blocks = w.blocks[first-w.doc.FirstHeight() : last-w.doc.FirstHeight()+1]
		h.Chains = append(h.Chains, c)
	}
	return clone(h)
}

// clone shares nothing with h that a doctor may write to.
func clone(h history.History) history.History {
	h.Outside, h.Submissions, h.Chains = slices.Clone(h.Outside), slices.Clone(h.Submissions), slices.Clone(h.Chains)
	for i := range h.Chains {
		c := &h.Chains[i]
		c.Accounts, c.Blocks = slices.Clone(c.Accounts), slices.Clone(c.Blocks)
		if c.Supply != nil {
			supply := *c.Supply
			c.Supply = &supply
		}
		for j := range c.Blocks {
			c.Blocks[j].Txs = slices.Clone(c.Blocks[j].Txs)
		}
	}
	return h
}
