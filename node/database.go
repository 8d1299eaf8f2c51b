package node

import (
	"errors"
	"math/rand/v2"
	"path/filepath"
	"sync"

	dbm "github.com/cometbft/cometbft-db"
	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/syndtr/goleveldb/leveldb/opt"
)

// databases opens those of CometBFT in a node that runs, in which the state is
// synced beside what consensus does next (docs/adr/0013-fewer-syncs.md). The state
// may be one height behind the blocks, never two (Handshaker.ReplayBlocks in
// consensus/replay.go): so the next block waits for it.
//
// Where CometBFT's log is not on disk, a block is synced by the application's
// commit, after clients were told of it (docs/adr/0023-told-before-the-sync.md).
type databases struct {
	logOnDisk bool      // it may say that a height is done, which is then to be true after a power cut
	blocks    *journals // nil: each block is synced when it is saved
	state     *lateSync // nil: it syncs each write before it returns
}

// syncBlocks returns when all blocks that were saved are on disk.
func (d *databases) syncBlocks() error {
	if d.blocks == nil {
		return nil
	}
	return d.blocks.sync()
}

// open is a cmtcfg.DBProvider.
func (d *databases) open(c *cmtcfg.DBContext) (dbm.DB, error) {
	db, err := openDatabase(c)
	if err != nil || !onGoLevelDB(c) {
		return db, err
	}
	switch c.ID {
	case "blockstore":
		if !d.logOnDisk {
			d.blocks = &journals{folder: databaseFolder(c)}
		}
		return blockDatabase{db, d}, nil
	case "state":
		d.state = newLateSync(databaseFolder(c))
		return stateDatabase{db, d.state}, nil
	}
	return db, nil
}

// databaseFolder is where goleveldb has a database.
func databaseFolder(c *cmtcfg.DBContext) string {
	return filepath.Join(c.Config.DBDir(), c.ID+".db")
}

// blocks is CometBFT's block store as the application knows it (abci.Blocks).
type blocks struct{ *Node }

// Kept implements abci.Blocks.
func (b blocks) Kept(height int64, hash []byte) bool { return b.signer.keeps(height, hash) }

// Sync implements abci.Blocks.
func (b blocks) Sync() error { return b.databases.syncBlocks() }

// blockDatabase is the block store's. A block, which is written in a batch, waits
// for the state of the height before.
type blockDatabase struct {
	dbm.DB
	all *databases
}

// NewBatch implements dbm.DB.
func (d blockDatabase) NewBatch() dbm.Batch { return blockBatch{d.DB.NewBatch(), d.all} }

// Close implements dbm.DB. A block that was not committed, since this binary does not know its rules, is not synced yet.
func (d blockDatabase) Close() error {
	err := d.all.syncBlocks()
	if d.all.blocks != nil {
		err = errors.Join(err, d.all.blocks.close())
	}
	return errors.Join(err, d.DB.Close())
}

type blockBatch struct {
	dbm.Batch
	all *databases
}

// WriteSync implements dbm.Batch.
func (b blockBatch) WriteSync() error {
	if err := b.all.state.wait(); err != nil {
		return err
	}
	if b.all.blocks != nil {
		return b.Batch.Write()
	}
	return b.Batch.WriteSync()
}

// stateDatabase is that of CometBFT's state. What it writes is durable later.
type stateDatabase struct {
	dbm.DB
	sync *lateSync
}

// SetSync implements dbm.DB. It is how CometBFT stores what a block came to,
// right before the application commits it. That need not be durable at all: the
// application stores the same with its own commit (abci.Application.LastResponse).
func (d stateDatabase) SetSync(key, value []byte) error {
	err := d.Set(key, value)
	d.sync.wrote()
	return err
}

// NewBatch implements dbm.DB.
func (d stateDatabase) NewBatch() dbm.Batch { return stateBatch{d.DB.NewBatch(), d.sync} }

// Close implements dbm.DB.
func (d stateDatabase) Close() error { return errors.Join(d.sync.close(), d.DB.Close()) }

type stateBatch struct {
	dbm.Batch
	sync *lateSync
}

// WriteSync implements dbm.Batch. The state of a height is written so.
func (b stateBatch) WriteSync() error {
	err := b.Write()
	b.sync.wrote()
	b.sync.begin()
	return err
}

// openDatabase is a cmtcfg.DBProvider. It opens what CometBFT would open, so
// that it may be closed while somebody still reads.
func openDatabase(c *cmtcfg.DBContext) (dbm.DB, error) {
	db, err := openBackend(c)
	if err != nil {
		return nil, err
	}
	return &database{DB: db}, nil
}

func onGoLevelDB(c *cmtcfg.DBContext) bool {
	return dbm.BackendType(c.Config.DBBackend) == dbm.GoLevelDBBackend
}

func openBackend(c *cmtcfg.DBContext) (dbm.DB, error) {
	if !onGoLevelDB(c) {
		return cmtcfg.DefaultDBProvider(c)
	}
	return dbm.NewGoLevelDBWithOpts(c.ID, c.Config.DBDir(), &opt.Options{
		// As for the store: of another size in each node, so that they do not write tables at the same moments.
		WriteBuffer:            3*opt.MiB + rand.IntN(3*opt.MiB),
		DisableSeeksCompaction: true,
	})
}

// database answers reads after Close with "not there". CometBFT closes its
// databases in Node.OnStop, but some of its goroutines per peer notice the end
// only after a sleep (queryMaj23Routine in consensus/reactor.go), read a block
// once more, and panic on the error of a closed database: a node that was told
// to stop would end with a stack trace. To them a block that is not there is
// nothing to gossip.
type database struct {
	dbm.DB
	mu     sync.RWMutex // held by readers; Close waits for them
	closed bool
}

// Get implements dbm.DB.
func (d *database) Get(key []byte) ([]byte, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return nil, nil
	}
	return d.DB.Get(key)
}

// Has implements dbm.DB.
func (d *database) Has(key []byte) (bool, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return false, nil
	}
	return d.DB.Has(key)
}

// Close implements dbm.DB.
func (d *database) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil
	}
	d.closed = true
	return d.DB.Close()
}
