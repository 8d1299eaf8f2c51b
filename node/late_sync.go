package node

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
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
	journals *journals
	sync     func() error // all journals

	mu      sync.Mutex
	done    *sync.Cond // synced has grown, or failed is set
	written uint64     // writes so far
	synced  uint64     // the first so many are durable
	running bool
	failed  error // what a failed sync left on the disk is not known: nothing is durable any more
}

func newLateSync(folder string) *lateSync {
	l := &lateSync{journals: &journals{folder: folder}}
	l.sync = l.journals.sync
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

// close ends it: nothing is written any more.
func (l *lateSync) close() error { return errors.Join(l.wait(), l.journals.close()) }

// journals are those in the folder of a goleveldb database. The folder and they
// stay open from one sync to the next: to find and open them takes as long as to
// sync one.
type journals struct {
	folder string
	mu     sync.Mutex
	list   *os.File            // the folder
	open   map[string]*os.File // by name, which goleveldb uses once
}

// sync makes durable what was written to them.
func (j *journals) sync() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	names, err := j.names()
	if err != nil {
		return err
	}
	for name, f := range j.open {
		if !slices.Contains(names, name) { // what it held is in a table by now
			delete(j.open, name)
			if err := f.Close(); err != nil {
				return err
			}
		}
	}
	for _, name := range names {
		f := j.open[name]
		if f == nil {
			f, err = os.Open(filepath.Join(j.folder, name))
			if errors.Is(err, os.ErrNotExist) { // as above
				continue
			}
			if err != nil {
				return err
			}
			j.open[name] = f
		}
		if err := syncData(f); err != nil {
			return err
		}
	}
	return nil
}

// names are those of the journals that are there; mu is held.
func (j *journals) names() ([]string, error) {
	if j.list == nil {
		list, err := os.Open(j.folder)
		if err != nil {
			return nil, err
		}
		j.list, j.open = list, make(map[string]*os.File)
	}
	if _, err := j.list.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	files, err := j.list.Readdirnames(-1)
	return slices.DeleteFunc(files, func(name string) bool { return filepath.Ext(name) != ".log" }), err
}

func (j *journals) close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.list == nil {
		return nil
	}
	err := j.list.Close()
	for _, f := range j.open {
		err = errors.Join(err, f.Close())
	}
	j.list, j.open = nil, nil
	return err
}
