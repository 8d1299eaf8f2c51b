package node

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	dbm "github.com/cometbft/cometbft-db"
	cmtcfg "github.com/cometbft/cometbft/config"
)

// A disk that syncs when it is told to.
type slowDisk struct {
	syncs   atomic.Int64
	allowed chan error
}

func (d *slowDisk) sync() error {
	d.syncs.Add(1)
	return <-d.allowed
}

// openDatabases opens both with the state's disk in hand.
func openDatabases(t *testing.T, d *databases, disk *slowDisk) (blocks, states dbm.DB) {
	t.Helper()
	config := cmtcfg.DefaultConfig()
	config.SetRoot(t.TempDir())
	open := func(id string) dbm.DB {
		db, err := d.open(&cmtcfg.DBContext{ID: id, Config: config})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	blocks, states = open("blockstore"), open("state")
	d.state.sync = disk.sync
	return blocks, states
}

// What a block came to is never waited for; the next block waits until the state
// is durable, and no longer.
func TestABlockWaitsForTheState(t *testing.T) {
	disk := &slowDisk{allowed: make(chan error, 10)}
	blocks, states := openDatabases(t, new(databases), disk)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	save := func() error {
		b := blocks.NewBatch()
		defer b.Close()
		return errors.Join(b.Set([]byte("block"), []byte("2")), b.WriteSync())
	}
	must(states.SetSync([]byte("response"), []byte("1")))
	if disk.syncs.Load() != 0 {
		t.Fatal("the response was synced")
	}
	b := states.NewBatch()
	must(b.Set([]byte("state"), []byte("1")))
	must(b.WriteSync()) // returns although the disk is at it
	saved := make(chan error)
	go func() { saved <- save() }()
	select {
	case err := <-saved:
		t.Fatalf("the next block was saved before the state was durable: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	if got, _ := blocks.Get([]byte("block")); got != nil {
		t.Fatal("it can be read")
	}
	disk.allowed <- nil
	must(<-saved)
	must(save()) // nothing to wait for
	if n := disk.syncs.Load(); n != 1 {
		t.Fatalf("%d syncs", n)
	}
	// A disk that fails ends it: what it holds is not known.
	disk.allowed <- errors.New("the disk is gone")
	must(states.SetSync([]byte("response"), []byte("2")))
	for range 2 {
		if err := save(); err == nil || err.Error() != "the disk is gone" {
			t.Fatalf("saved on a disk that failed: %v", err)
		}
	}
}

// A block is on disk when the application is about to commit it, and when the block store is closed; where CometBFT's log is on
// disk, when it is saved.
func TestABlockIsSyncedBeforeTheCommit(t *testing.T) {
	var d databases
	blocks, _ := openDatabases(t, &d, &slowDisk{})
	for height := range 2 {
		b := blocks.NewBatch()
		if err := errors.Join(b.Set([]byte("block"), []byte{byte(height)}), b.WriteSync(), b.Close()); err != nil {
			t.Fatal(err)
		}
		if height == 0 && d.blocks.open != nil {
			t.Fatal("a block was synced when it was saved")
		}
		if err := d.syncBlocks(); err != nil || len(d.blocks.open) != 1 {
			t.Fatalf("%v; journals %v", err, d.blocks.open)
		}
	}
	d.blocks.folder = filepath.Join(t.TempDir(), "gone")
	if err := d.blocks.close(); err != nil {
		t.Fatal(err)
	}
	if err := blocks.Close(); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("closing it does not sync: %v", err)
	}
	d = databases{logOnDisk: true}
	blocks, _ = openDatabases(t, &d, &slowDisk{})
	if err := errors.Join(d.syncBlocks(), blocks.Close()); err != nil || d.blocks != nil {
		t.Fatalf("with the log on disk: %v, %v", err, d.blocks)
	}
}

// Whoever waits returns only after a sync that began after its write, however
// many write at once; they share syncs.
func TestLateSync(t *testing.T) {
	var mu sync.Mutex
	written, durable, syncs := 0, 0, 0
	l := newLateSync("")
	l.sync = func() error {
		mu.Lock()
		seen := written
		syncs++
		mu.Unlock()
		time.Sleep(time.Millisecond)
		mu.Lock()
		durable = max(durable, seen)
		mu.Unlock()
		return nil
	}
	var writers sync.WaitGroup
	for range 50 {
		writers.Go(func() {
			for range 20 {
				mu.Lock()
				written++
				own := written
				mu.Unlock()
				l.wrote()
				if err := l.wait(); err != nil {
					t.Error(err)
				}
				mu.Lock()
				if durable < own {
					t.Errorf("write %d returned, %d are durable", own, durable)
				}
				mu.Unlock()
			}
		})
	}
	writers.Wait()
	if syncs > 200 {
		t.Errorf("%d syncs for 1000 writes of 50 writers", syncs)
	}
}

// All journals are synced, the one that was full among them, and what comes later;
// one that is gone is no error and is not held, one that cannot be read is.
func TestSyncJournals(t *testing.T) {
	j := &journals{folder: t.TempDir()}
	file := func(name string) string { return filepath.Join(j.folder, name) }
	write := func(names ...string) {
		t.Helper()
		for _, name := range names {
			if err := os.WriteFile(file(name), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	syncs := func(want ...string) {
		t.Helper()
		if err := j.sync(); err != nil {
			t.Fatal(err)
		}
		if open := slices.Sorted(maps.Keys(j.open)); !slices.Equal(open, want) {
			t.Fatalf("%v were synced, want %v", open, want)
		}
	}
	write("000001.log", "000002.log", "000003.ldb")
	syncs("000001.log", "000002.log")
	write("000004.log")
	if err := os.Remove(file("000001.log")); err != nil {
		t.Fatal(err)
	}
	syncs("000002.log", "000004.log")
	if err := os.Symlink(file("gone"), file("000005.log")); err != nil {
		t.Fatal(err)
	}
	syncs("000002.log", "000004.log")
	if err := os.Symlink("000006.log", file("000006.log")); err != nil {
		t.Fatal(err)
	}
	if err := j.sync(); err == nil {
		t.Fatal("a journal that cannot be opened is no error")
	}
	held := j.open["000002.log"]
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	if err := held.Close(); !errors.Is(err, os.ErrClosed) {
		t.Fatalf("a journal was left open: %v", err)
	}
}
