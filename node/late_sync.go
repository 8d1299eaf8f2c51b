package node

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
)

// lateSync makes what was written to a goleveldb database durable while its
// writer goes on, who waits only where it has to be durable
// (docs/adr/0013-fewer-syncs.md). Writes that come while the disk is
// busy share the next sync.
//
// goleveldb appends each write to a journal, a file of the database's folder with
// a name that ends in .log, before the write returns. A journal that is full is
// followed by another one and removed once what it holds is in a table, which is
// synced. So to sync all journals that are there is to sync all that was written.
type lateSync struct {
	sync func() error // all journals

	mu      sync.Mutex
	done    *sync.Cond // synced has grown, or failed is set
	written uint64     // writes so far
	synced  uint64     // the first so many are durable
	running bool
	failed  error // what a failed sync left on the disk is not known: nothing is durable any more
}

func newLateSync(folder string) *lateSync {
	l := &lateSync{sync: func() error { return syncJournals(folder) }}
	l.done = sync.NewCond(&l.mu)
	return l
}

// wrote notes that a write has returned.
func (l *lateSync) wrote() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.written++
}

// begin begins to make durable what was written.
func (l *lateSync) begin() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.running && l.synced < l.written {
		l.running = true
		go l.run()
	}
}

// run syncs until all is durable.
func (l *lateSync) run() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.synced < l.written && l.failed == nil {
		written := l.written
		l.mu.Unlock()
		err := l.sync()
		l.mu.Lock()
		if l.failed = err; err == nil {
			l.synced = written
		}
		l.done.Broadcast()
	}
	l.running = false
}

// wait returns when all that was written before is durable. A nil *lateSync is
// that of a database that syncs by itself.
func (l *lateSync) wait() error {
	if l == nil {
		return nil
	}
	l.begin()
	l.mu.Lock()
	defer l.mu.Unlock()
	for written := l.written; l.synced < written && l.failed == nil; {
		l.done.Wait()
	}
	return l.failed
}

// syncJournals syncs the journals in the folder of a goleveldb database.
func syncJournals(folder string) error {
	journals, err := filepath.Glob(filepath.Join(folder, "*.log"))
	if err != nil {
		return err
	}
	for _, path := range journals {
		f, err := os.Open(path)
		if errors.Is(err, os.ErrNotExist) { // what it held is in a table by now
			continue
		}
		if err != nil {
			return err
		}
		if err := errors.Join(syncData(f), f.Close()); err != nil {
			return err
		}
	}
	return nil
}
