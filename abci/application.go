package abci

import (
	"context"
	"sync"
	"time"

	abcitypes "github.com/cometbft/cometbft/abci/types"

	"blink/app"
	"blink/crypto"
	"blink/genesis"
	"blink/store"
	"blink/tx"
)

// Config is what an Application is made of.
type Config struct {
	Store    *store.Store // opened by the caller, who also closes it, after CometBFT has stopped
	Genesis  genesis.Document
	Observer Observer // may be nil

	// CacheTxs and CacheBytes bound the memory of verified transactions.
	// Defaults: 10 000 transactions, 128 MiB of their bytes.
	CacheTxs   int
	CacheBytes int
}

// CommittedTx is one transaction of a committed block.
type CommittedTx struct {
	ID      tx.ID
	Index   uint32
	Code    tx.Code
	Settled bool // see app.Receipt

	sender crypto.Address // zero if the bytes did not verify
}

// An Observer learns what the application did. It is called on the path of
// consensus, and Admitted on that of the mempool at the same time: it must
// return at once and must not call the Application back.
type Observer interface {
	// Admitted: a new transaction, from a client or from a peer, may enter the
	// mempool. It is not in it yet, so no block can hold it before this.
	Admitted(id tx.ID, at time.Time)
	// Executed: the block of a height has been executed; nothing is stored yet.
	Executed(height int64, at time.Time)
	// Committed: the block is in CometBFT's block store with the commit that
	// finalised it, and its results can be served: they are in ours, or who reads
	// there waits for them. It must not read there itself.
	Committed(height int64, blockTime time.Time, appHash []byte, txs []CommittedTx)
	// Dropped: a transaction that had been admitted left the mempool without
	// having entered a block, because the last block made it inadmissible.
	Dropped(id tx.ID, code tx.Code)
}

// Blocks is CometBFT's block store, as far as a commit depends on it.
type Blocks interface {
	// Kept says whether a power cut would leave the node the block of a height, by its hash, even now that the block store
	// may not be on disk.
	Kept(height int64, hash []byte) bool
	// Sync returns when all blocks that were saved are on disk.
	Sync() error
}

// Application implements CometBFT's Application.
type Application struct {
	abcitypes.BaseApplication // no snapshots and no vote extensions

	store    *store.Store
	doc      genesis.Document
	genesis  [32]byte // hash of doc
	observer Observer
	blocks   Blocks
	verified *memory
	queue    *queue
	origin   *origin // until the first block is committed

	staged block // the block between FinalizeBlock and Commit; consensus connection only

	mu    sync.Mutex // guards check
	check checkState
}

var _ abcitypes.Application = (*Application)(nil)

// origin is what the genesis document makes: nobody modifies it.
type origin struct {
	state      *store.Overlay // over the empty store
	validators []app.ValidatorUpdate
}

// block is what Commit needs to know of what FinalizeBlock staged.
type block struct {
	height  int64
	hash    []byte
	time    time.Time
	appHash []byte
	txs     []CommittedTx
}

// New returns the application on top of an open store. It refuses a store that
// belongs to another genesis with a *GenesisMismatch, one whose next block this
// binary cannot execute with an *UpgradeNeeded, and for an empty store a
// genesis that no chain can start from.
func New(c Config) (*Application, error) {
	if c.Observer == nil {
		c.Observer = deaf{}
	}
	if c.CacheTxs == 0 {
		c.CacheTxs = 10_000
	}
	if c.CacheBytes == 0 {
		c.CacheBytes = 128 << 20
	}
	hash := c.Genesis.Hash()
	if err := checkIdentity(c.Store, hash); err != nil {
		return nil, err
	}
	a := &Application{
		store:    c.Store,
		doc:      c.Genesis,
		genesis:  hash,
		observer: c.Observer,
		blocks:   synced{},
		verified: newMemory(c.CacheTxs, c.CacheBytes),
	}
	a.queue = newQueue(c.Genesis.ChainID, func(v ...tx.Result) { a.verified.put(v...) })
	if c.Store.Height() == 0 {
		if err := app.CheckGenesis(c.Genesis); err != nil {
			return nil, err
		}
		a.origin = newOrigin(c.Store, c.Genesis)
		a.check = newCheckState(a.origin.state, time.Now())
	} else {
		a.check = newCheckState(c.Store.Latest(), time.Now())
	}
	if err := a.checkVersion(); err != nil {
		return nil, err
	}
	return a, nil
}

func newOrigin(s *store.Store, doc genesis.Document) *origin {
	o := &origin{state: store.NewOverlay(s.Latest())}
	o.validators = app.InitChain(o.state, doc)
	o.state.Changes(func(_, _ []byte) bool { return true }) // sorts them: from here on reading writes nothing
	return o
}

// SetBlocks says what Commit is to wait for, unless CometBFT syncs each block
// before it is executed. Call it before CometBFT starts.
func (a *Application) SetBlocks(b Blocks) { a.blocks = b }

// state is the state that the next block builds on.
func (a *Application) state() store.Reader {
	if a.store.Height() == 0 {
		return a.origin.state
	}
	return a.store.Latest()
}

// Info tells CometBFT how far the store has come; CometBFT replays what is
// missing. The store may lag behind the block store but never lead. The version
// is that of the rules in force, not the newest that this binary knows: two
// nodes of one chain agree on it whatever they run.
func (a *Application) Info(context.Context, *abcitypes.RequestInfo) (*abcitypes.ResponseInfo, error) {
	res := &abcitypes.ResponseInfo{Data: "blink", AppVersion: app.AppVersionOf(a.state()), LastBlockHeight: a.store.Height()}
	if res.LastBlockHeight > 0 {
		res.LastBlockAppHash = a.store.Root()
	}
	return res, nil
}

// Query refuses: state is read over the REST API.
func (a *Application) Query(context.Context, *abcitypes.RequestQuery) (*abcitypes.ResponseQuery, error) {
	return &abcitypes.ResponseQuery{Code: 1, Log: "use the REST API of blink"}, nil
}

// deaf is the observer of an application that nobody watches.
type deaf struct{}

func (deaf) Admitted(tx.ID, time.Time)                         {}
func (deaf) Executed(int64, time.Time)                         {}
func (deaf) Committed(int64, time.Time, []byte, []CommittedTx) {}
func (deaf) Dropped(tx.ID, tx.Code)                            {}

// synced are blocks that CometBFT syncs by itself.
type synced struct{}

func (synced) Kept(int64, []byte) bool { return false }
func (synced) Sync() error             { return nil }
