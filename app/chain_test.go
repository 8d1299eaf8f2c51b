package app

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	comet "github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/types"

	"blink/coin"
	"blink/crypto"
	"blink/genesis"
	"blink/store"
	"blink/tx"
)

const testChain = "blink-test-1"

var genesisTime = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// person is an account whose keys follow from its name; a validator's name is its operator's.
type person struct {
	name      string
	key       crypto.PrivateKey
	address   crypto.Address
	consensus [32]byte
}

func newPerson(name string) person {
	seed := sha256.Sum256([]byte("blink test person " + name))
	key, err := crypto.PrivateKeyFromBytes(seed[:])
	if err != nil {
		panic(err)
	}
	return person{name, key, key.Address(), consensusKeyOf(name)}
}

func consensusKeyOf(name string) [32]byte {
	seed := sha256.Sum256([]byte("blink test validator " + name))
	return [32]byte(ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey))
}

// chain runs blocks as a node does: on a real store, with the validator set that CometBFT itself would have. Every block
// is audited in full.
type chain struct {
	t      failer
	store  *store.Store   // nil: in memory
	memory *store.Overlay // when store is nil
	height int64
	time   time.Time
	sets   []*types.ValidatorSet // by height; [0] is not used

	auditEvery int64 // audit the blocks whose height it divides; 0: every block
}

// failer is what testing.TB and rapid.T share.
type failer interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// void is the state before genesis.
type void struct{}

func (void) Get([]byte) []byte                           { return nil }
func (void) Range(_, _ []byte, _ func(_, _ []byte) bool) {}

func newChain(t testing.TB, doc genesis.Document) *chain {
	t.Helper()
	s, err := store.Open(store.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	c := &chain{t: t, store: s}
	c.begin(doc)
	return c
}

// newMemoryChain keeps the state in an overlay, for tests of many blocks.
func newMemoryChain(t failer, doc genesis.Document) *chain {
	t.Helper()
	c := &chain{t: t, memory: store.NewOverlay(void{})}
	c.begin(doc)
	return c
}

func (c *chain) state() store.Reader {
	if c.store == nil {
		return c.memory
	}
	return c.store.Latest()
}

func (c *chain) overlay() *store.Overlay {
	if c.store == nil {
		return c.memory.Fork()
	}
	return store.NewOverlay(c.store.Latest())
}

func (c *chain) begin(doc genesis.Document) {
	t := c.t
	t.Helper()
	if err := doc.Validate(); err != nil {
		t.Fatal(err)
	}
	c.time = doc.GenesisTime
	o := c.overlay()
	updates := InitChain(o, doc)
	if err := Audit(o); err != nil {
		t.Fatal(err)
	}
	set := types.NewValidatorSet(nil)
	if err := set.UpdateWithChangeSet(cometValidators(updates)); err != nil {
		t.Fatal(err)
	}
	c.sets = []*types.ValidatorSet{nil, set, set.Copy()}
	c.commit(o, 0)
}

// commit saves an overlay. An empty one must not change the root of the state.
func (c *chain) commit(o *store.Overlay, height int64) {
	c.t.Helper()
	if height == 0 { // the store begins at 1: genesis and an empty first block share a version
		height = 1
		c.height = 1
		c.time = c.time.Add(time.Second)
		if r := ApplyBlock(o, Block{Height: 1, Time: c.time}); len(r.Updates) != 0 {
			c.t.Fatal("an empty first block has updates")
		}
		c.sets = append(c.sets, c.sets[2].Copy())
	}
	if c.store == nil {
		o.Join()
		return
	}
	if _, err := c.store.Stage(height, o, nil); err != nil {
		c.t.Fatal(err)
	}
	before, quiet := slices.Clone(c.store.Root()), o.Len() == 0
	if err := c.store.Commit(); err != nil {
		c.t.Fatal(err)
	}
	if quiet && !slices.Equal(before, c.store.Root()) {
		c.t.Fatalf("height %d: nothing was written and the root changed", height)
	}
}

// next runs the next block on top of the last one. It fills in height, time and the votes of all but the absent.
func (c *chain) next(after time.Duration, txs []Input, absent map[[20]byte]bool, evidence []Evidence) (result Result, changes int) {
	c.t.Helper()
	c.height++
	c.time = c.time.Add(after)
	b := Block{Height: c.height, Time: c.time, Txs: txs, Evidence: evidence}
	for _, v := range c.sets[c.height-1].Validators {
		address := [20]byte(v.Address)
		b.LastCommit = append(b.LastCommit, Vote{Address: address, Power: v.VotingPower, Absent: absent[address]})
	}
	o := c.overlay()
	result = ApplyBlock(o, b)
	if c.auditEvery == 0 || c.height%c.auditEvery == 0 {
		if err := Audit(o); err != nil {
			c.t.Fatalf("height %d: %v", c.height, err)
		}
	}
	set := c.sets[c.height+1].Copy()
	if err := set.UpdateWithChangeSet(cometValidators(result.Updates)); err != nil {
		c.t.Fatalf("height %d: CometBFT refuses the updates %v: %v", c.height, result.Updates, err)
	}
	c.sets = append(c.sets, set)
	changes = o.Len()
	c.commit(o, c.height)
	return result, changes
}

// evidenceOf makes evidence of a double sign at a height, with the power that CometBFT knows of.
func (c *chain) evidenceOf(p person, height int64) Evidence {
	address := consensusAddress(p.consensus)
	e := Evidence{Address: address, Height: height, Time: c.time, Type: DuplicateVote, TotalPower: c.sets[height].TotalVotingPower()}
	if _, v := c.sets[height].GetByAddress(address[:]); v != nil {
		e.Power = v.VotingPower
	}
	return e
}

func cometValidators(updates []ValidatorUpdate) []*types.Validator {
	out := make([]*types.Validator, len(updates))
	for i, u := range updates {
		out[i] = types.NewValidator(comet.PubKey(u.Key[:]), u.Power)
	}
	return out
}

// signed makes a verified transaction of a body, with all that can be filled in filled in.
func signed(t failer, p person, b tx.Body) tx.Verified {
	t.Helper()
	b.ChainID, b.Sender = testChain, p.address
	s, err := tx.Sign(b, p.key)
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.Verify(testChain)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// testParams are short: stake returns after 60 s and 6 blocks, 4 of the last 10 busy blocks may be missed, and
// no money is issued.
func testParams() genesis.Params {
	p := genesis.DefaultParams()
	p.UnbondingSeconds, p.UnbondingBlocks = 200, 6
	p.EvidenceMaxAgeSeconds, p.EvidenceMaxAgeBlocks = 60, 4
	p.DowntimeWindowBlocks, p.DowntimeMaxMissed = 10, 4
	p.JailSeconds = 60
	p.Inflation = 0
	return p
}

func testGenesis(params genesis.Params, accounts, validators []string, balance, bond coin.Amount) genesis.Document {
	doc := genesis.Document{ChainID: testChain, GenesisTime: genesisTime, Params: params}
	for _, name := range accounts {
		doc.Accounts = append(doc.Accounts, genesis.Account{Address: newPerson(name).address, Balance: balance})
	}
	for _, name := range validators {
		p := newPerson(name)
		doc.Validators = append(doc.Validators, genesis.Validator{Operator: p.address, ConsensusKey: p.consensus[:], SelfBond: bond, Moniker: name})
	}
	return doc
}

// names makes n names: a0, a1, ...
func names(prefix string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint(prefix, i)
	}
	return out
}
