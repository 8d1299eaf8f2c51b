package node

import (
	"sync"

	dbm "github.com/cometbft/cometbft-db"
	cmtcfg "github.com/cometbft/cometbft/config"
)

// openDatabase is a cmtcfg.DBProvider. It opens what CometBFT would open, so
// that it may be closed while somebody still reads.
func openDatabase(c *cmtcfg.DBContext) (dbm.DB, error) {
	db, err := cmtcfg.DefaultDBProvider(c)
	if err != nil {
		return nil, err
	}
	return &database{DB: db}, nil
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
