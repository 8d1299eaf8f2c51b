package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/syndtr/goleveldb/leveldb/opt"
	"github.com/syndtr/goleveldb/leveldb/storage"
)

// write is one thing that the database did to the disk.
type write struct {
	create, remove, rename, meta bool
	fd, to                       storage.FileDesc
	data                         []byte // appended to fd
}

// recorder is a disk in memory that remembers each write in order, so that the disk can be made again as it was after any
// prefix of them: what a process leaves behind that dies at that moment.
type recorder struct {
	storage.Storage
	mu     sync.Mutex
	writes []write
}

func newRecorder() *recorder { return &recorder{Storage: storage.NewMemStorage()} }

func (r *recorder) log(w write) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.writes = append(r.writes, w)
}

func (r *recorder) len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.writes)
}

// from returns the writes from the n-th on. Compaction goes on writing meanwhile.
func (r *recorder) from(n int) []write {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.writes[n:])
}

func (r *recorder) Create(fd storage.FileDesc) (storage.Writer, error) {
	r.log(write{create: true, fd: fd})
	w, err := r.Storage.Create(fd)
	return &recordedFile{w, r, fd}, err
}

func (r *recorder) Remove(fd storage.FileDesc) error {
	r.log(write{remove: true, fd: fd})
	return r.Storage.Remove(fd)
}

func (r *recorder) Rename(from, to storage.FileDesc) error {
	r.log(write{rename: true, fd: from, to: to})
	return r.Storage.Rename(from, to)
}

func (r *recorder) SetMeta(fd storage.FileDesc) error {
	r.log(write{meta: true, fd: fd})
	return r.Storage.SetMeta(fd)
}

type recordedFile struct {
	storage.Writer
	recorder *recorder
	fd       storage.FileDesc
}

func (f *recordedFile) Write(p []byte) (int, error) {
	f.recorder.log(write{fd: f.fd, data: bytes.Clone(p)})
	return f.Writer.Write(p)
}

// after returns the disk as it was after n writes and the first extra bytes of the next one.
func (r *recorder) after(t *testing.T, n, extra int) storage.Storage {
	t.Helper()
	disk, files := storage.NewMemStorage(), map[storage.FileDesc]storage.Writer{}
	r.mu.Lock()
	defer r.mu.Unlock()
	writes := r.writes[:n:n]
	if extra > 0 {
		cut := r.writes[n]
		cut.data = cut.data[:extra]
		writes = append(writes, cut)
	}
	for _, w := range writes {
		var err error
		switch {
		case w.create:
			files[w.fd], err = disk.Create(w.fd)
		case w.remove:
			err = disk.Remove(w.fd)
		case w.rename:
			err = disk.Rename(w.fd, w.to)
		case w.meta:
			err = disk.SetMeta(w.fd)
		default:
			_, err = files[w.fd].Write(w.data)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	for _, f := range files {
		f.Close()
	}
	return disk
}

// maxCuts bounds how many prefixes a sweep tries, evenly spread, when a chain makes thousands of writes.
const maxCuts = 25

// sweep runs a chain on a recorded disk, then opens the disk as it was after each write, and with step > 0 also after
// each step-th byte within a write. Each time the store must be at the height of the last commit that had returned, or
// at the next one, whole.
func sweep(t *testing.T, chain testChain, blocks, step int, o Options, tuning opt.Options) {
	disk := newRecorder()
	s, err := open(disk, o, &tuning)
	if err != nil {
		t.Fatal(err)
	}
	returned := []int{disk.len()} // how many writes there were when the commit of each height had returned
	roots := [][]byte{s.Root()}
	states := chain.states(int64(blocks))
	nodeBytes := 0
	for h := int64(1); h <= int64(blocks); h++ {
		before := disk.len()
		roots = append(roots, chain.commit(t, s))
		for _, w := range disk.from(before) {
			nodeBytes += len(w.data)
		}
		returned = append(returned, disk.len())
	}
	opens, seen := 0, map[int64]int{}
	try := func(n, extra int) {
		low := 0
		for low < blocks && returned[low+1] <= n {
			low++
		}
		cut := disk.after(t, n, extra)
		again, err := open(cut, o, &tuning)
		if err != nil {
			if n < returned[0] { // the database itself was not made yet
				return
			}
			t.Fatalf("cut after %d writes and %d bytes: %v", n, extra, err)
		}
		defer again.Close()
		h := again.Height()
		if h != int64(low) && h != int64(low)+1 {
			t.Fatalf("cut after %d writes and %d bytes: height %d, must be %d or %d", n, extra, h, low, low+1)
		}
		if !bytes.Equal(again.Root(), roots[h]) {
			t.Fatalf("cut after %d writes and %d bytes: height %d has root %x, was %x", n, extra, h, again.Root(), roots[h])
		}
		chain.check(t, again, states[h])
		if fact := again.Meta("last block"); h > 0 && string(fact) != fmt.Sprint(h) {
			t.Fatalf("cut after %d writes and %d bytes: height %d has the fact of %q", n, extra, h, fact)
		}
		opens++
		seen[h]++
		if h < int64(blocks) && opens%16 == 0 { // and it goes on to the same roots
			if root := chain.commit(t, again); !bytes.Equal(root, roots[h+1]) {
				t.Fatalf("cut after %d writes and %d bytes: height %d got root %x, was %x", n, extra, h+1, root, roots[h+1])
			}
		}
	}
	total := disk.len()
	edge := map[int]bool{} // about where commits end: never left out
	for _, n := range returned {
		edge[n-1], edge[n], edge[n+1] = true, true, true
	}
	for n := 0; n <= total; n++ {
		if !edge[n] && n%(1+total/maxCuts) != 0 {
			continue
		}
		try(n, 0)
		if step > 0 && n < total {
			for extra := 1; extra < len(disk.from(n)[0].data); extra += step {
				try(n, extra)
			}
		}
	}
	if len(seen) != blocks+1 {
		t.Fatalf("saw %d heights, want %d", len(seen), blocks+1)
	}
	t.Logf("%d writes, %d bytes, %d opens", total, nodeBytes, opens)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// Every byte of a small chain's journal.
func TestCutAtEveryByte(t *testing.T) {
	step := 1
	if testing.Short() {
		step = 17
	}
	sweep(t, testChain{seed: 2, keys: 9, changes: 3, value: 5}, 7, step, Options{KeepVersions: 2, checkpointHeights: 2}, opt.Options{WriteBuffer: 64 * opt.KiB})
}

// Blocks with more than 100 kB of nodes, at which plain iavl would write a part of the block by itself.
func TestCutBusyChain(t *testing.T) {
	busy := testChain{seed: 3, keys: 3000, changes: 800, value: 100}
	for name, c := range map[string]struct {
		blocks  int
		options Options
		tuning  opt.Options
	}{
		"one journal":       {20, Options{checkpointHeights: 4}, opt.Options{WriteBuffer: 64 * opt.MiB}},
		"few checkpoints":   {36, Options{}, opt.Options{WriteBuffer: 1 * opt.MiB}},
		"changing journals": {20, Options{KeepVersions: 4, checkpointHeights: 3}, opt.Options{WriteBuffer: 1 * opt.MiB}},
		"large batches":     {6, Options{checkpointHeights: 2}, opt.Options{WriteBuffer: 64 * opt.KiB}}, // goleveldb writes these as tables
	} {
		t.Run(name, func(t *testing.T) { sweep(t, busy, c.blocks, 0, c.options, c.tuning) })
	}
}

// A disk that fails in mid-commit stops the store for good; what is on disk stays whole.
func TestFailingDisk(t *testing.T) {
	disk := &failing{Storage: storage.NewMemStorage(), left: 3000}
	s, err := open(disk, Options{}, &opt.Options{WriteBuffer: 64 * opt.KiB})
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		if _, err = smallChain.stage(s); err == nil {
			err = s.Commit()
		}
	}
	if !errors.Is(err, errDiskFull) {
		t.Fatal(err)
	}
	height, root := s.Height(), s.Root()
	if _, again := smallChain.stage(s); !errors.Is(again, errDiskFull) {
		t.Fatalf("staged after a failure: %v", again)
	}
	smallChain.check(t, s, smallChain.stateAt(height))
	s.Close()
	disk.left = 1 << 30
	s, err = open(disk.Storage, Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Height() == height && !bytes.Equal(s.Root(), root) || s.Height() < height || s.Height() > height+1 {
		t.Fatalf("height %d after a failure at %d", s.Height(), height+1)
	}
	smallChain.check(t, s, smallChain.stateAt(s.Height()))
}

var errDiskFull = errors.New("disk full")

// failing takes so many bytes and then fails, as a full disk does, in mid-write.
type failing struct {
	storage.Storage
	left int
}

func (f *failing) Create(fd storage.FileDesc) (storage.Writer, error) {
	w, err := f.Storage.Create(fd)
	return &failingFile{w, f}, err
}

func (f *failing) Close() error { return nil }

type failingFile struct {
	storage.Writer
	disk *failing
}

func (f *failingFile) Write(p []byte) (int, error) {
	n := min(len(p), f.disk.left)
	f.disk.left -= n
	n, err := f.Writer.Write(p[:n])
	if err == nil && n < len(p) {
		err = errDiskFull
	}
	return n, err
}
