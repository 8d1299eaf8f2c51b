package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/syndtr/goleveldb/leveldb"
)

var update = flag.Bool("update", false, "rewrite testdata")

var smallChain = testChain{seed: 1, keys: 60, changes: 8, value: 12}

// The roots of a chain depend on nothing but its blocks: not on cache sizes, pruning, restarts or stagings that came to
// nothing. testdata/roots.txt pins them, so that an upgrade of iavl cannot change them unseen.
func TestRootsAreDeterministic(t *testing.T) {
	const blocks = 60
	for name, o := range map[string]Options{
		"all":        {},
		"tiny cache": {CacheNodes: 1},
		"pruned":     {KeepVersions: 3, CacheNodes: 16},
		"keep one":   {KeepVersions: 1},
		"sync":       {Sync: true},
	} {
		for _, restart := range []int{0, 1, 7} {
			t.Run(fmt.Sprintf("%s, restart every %d", name, restart), func(t *testing.T) {
				o.Dir = t.TempDir()
				s := openTest(t, o)
				var roots strings.Builder
				for h := 1; h <= blocks; h++ {
					if restart > 0 && h%restart == 0 {
						if _, err := smallChain.stage(s); err != nil { // staged, and never committed
							t.Fatal(err)
						}
						if err := s.Close(); err != nil {
							t.Fatal(err)
						}
						s = openTest(t, o)
					}
					if h%5 == 0 { // a staging that another one replaces
						other := NewOverlay(s.Latest())
						other.Set([]byte("key/000001"), []byte("other"))
						other.Delete([]byte("key/000002"))
						if _, err := s.Stage(int64(h), other, nil); err != nil {
							t.Fatal(err)
						}
					}
					fmt.Fprintf(&roots, "%d %x\n", h, smallChain.commit(t, s))
				}
				smallChain.check(t, s, smallChain.stateAt(blocks))
				golden(t, "testdata/roots.txt", roots.String())
			})
		}
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Fatalf("%s differs; got:\n%s", file, got)
	}
}

func TestEmptyStore(t *testing.T) {
	s := openTest(t, Options{})
	empty := sha256.Sum256(nil)
	if s.Height() != 0 || !bytes.Equal(s.Root(), empty[:]) {
		t.Fatalf("height %d, root %x", s.Height(), s.Root())
	}
	if v := s.Latest(); v.Get([]byte("k")) != nil || v.Height() != 0 {
		t.Fatal("an empty store has a key")
	}
	s.Latest().Range(nil, nil, func(k, v []byte) bool { t.Fatalf("key %q", k); return true })
	if err := s.Commit(); err == nil {
		t.Fatal("committed nothing")
	}
	if _, err := s.At(1); !errors.Is(err, ErrFuture) {
		t.Fatal(err)
	}
}

// A block that changes nothing leaves the root, so that an idle chain stays quiet.
func TestQuietBlocks(t *testing.T) {
	s := openTest(t, Options{})
	step := func(change func(*Overlay)) []byte {
		t.Helper()
		o := NewOverlay(s.Latest())
		change(o)
		root, err := s.Stage(s.Height()+1, o, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Commit(); err != nil {
			t.Fatal(err)
		}
		return root
	}
	nothing := func(*Overlay) {}
	empty := step(nothing)
	if !bytes.Equal(empty, step(func(o *Overlay) { o.Delete([]byte("a")) })) {
		t.Fatal("deleting nothing changed the root of an empty state")
	}
	one := step(func(o *Overlay) { o.Set([]byte("a"), []byte("1")); o.Set([]byte("e"), nil) })
	if bytes.Equal(one, empty) {
		t.Fatal("a new key did not change the root")
	}
	for name, change := range map[string]func(*Overlay){
		"nothing":           nothing,
		"equal value":       func(o *Overlay) { o.Set([]byte("a"), []byte("1")) },
		"equal empty value": func(o *Overlay) { o.Set([]byte("e"), []byte{}) },
		"absent deleted":    func(o *Overlay) { o.Delete([]byte("b")) },
		"there and back":    func(o *Overlay) { o.Set([]byte("a"), []byte("2")); o.Set([]byte("a"), []byte("1")) },
		"come and gone":     func(o *Overlay) { o.Set([]byte("c"), []byte("2")); o.Delete([]byte("c")) },
	} {
		if root := step(change); !bytes.Equal(root, one) {
			t.Errorf("%s: root %x, want %x", name, root, one)
		}
	}
	if s.Latest().Get([]byte("e")) == nil {
		t.Fatal("an empty value is absent")
	}
	if back := step(func(o *Overlay) { o.Delete([]byte("a")); o.Delete([]byte("e")) }); !bytes.Equal(back, empty) {
		t.Fatalf("root %x of a state that became empty, want %x", back, empty)
	}
	if again := step(func(o *Overlay) { o.Set([]byte("a"), []byte("1")) }); bytes.Equal(again, empty) {
		t.Fatal("cannot leave the empty state")
	}
}

func TestGenesisIsStagedBeforeTheFirstBlock(t *testing.T) {
	s := openTest(t, Options{})
	o := NewOverlay(s.Latest())
	o.Set([]byte("a"), []byte("1"))
	genesis, err := s.Stage(0, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(); err == nil {
		t.Fatal("committed height 0")
	}
	first, err := s.Stage(1, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(genesis, first) {
		t.Fatalf("an empty first block has root %x, the genesis state %x", first, genesis)
	}
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
}

// A chain may begin at any height. Heights go on from there, and none before it can be shown, now or after a restart.
func TestTheFirstBlockHasAnyHeight(t *testing.T) {
	options := Options{Dir: t.TempDir(), KeepVersions: 3, checkpointHeights: 1}
	s := openTest(t, options)
	if _, err := s.Stage(-1, NewOverlay(s.Latest()), nil); err == nil {
		t.Fatal("a negative height was staged")
	}
	for height := int64(1000); height < 1006; height++ {
		o := NewOverlay(s.Latest())
		o.Set([]byte("height"), []byte{byte(height)})
		if _, err := s.Stage(height, o, nil); err != nil {
			t.Fatal(err)
		}
		if err := s.Commit(); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Stage(height+2, NewOverlay(s.Latest()), nil); err == nil {
			t.Fatalf("height %d was staged after %d", height+2, height)
		}
		if height%2 == 0 {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = openTest(t, options)
		}
		if s.Height() != height {
			t.Fatalf("at height %d, want %d", s.Height(), height)
		}
	}
	if v, err := s.At(1004); err != nil || v.Get([]byte("height"))[0] != byte(1004%256) {
		t.Fatalf("height 1004: %v", err)
	}
	for _, height := range []int64{1, 999, 1002} {
		if _, err := s.At(height); !errors.Is(err, ErrPruned) {
			t.Errorf("height %d: %v", height, err)
		}
	}
}

func TestStageRefusesMistakes(t *testing.T) {
	s := openTest(t, Options{})
	old := NewOverlay(s.Latest())
	smallChain.commit(t, s)
	fresh := func() *Overlay { return NewOverlay(s.Latest()) }
	for name, stage := range map[string]func() ([]byte, error){
		"height again":   func() ([]byte, error) { return s.Stage(1, fresh(), nil) },
		"height gap":     func() ([]byte, error) { return s.Stage(3, fresh(), nil) },
		"genesis late":   func() ([]byte, error) { return s.Stage(0, fresh(), nil) },
		"fork":           func() ([]byte, error) { return s.Stage(2, fresh().Fork(), nil) },
		"former height":  func() ([]byte, error) { return s.Stage(2, old, nil) },
		"foreign reader": func() ([]byte, error) { return s.Stage(2, NewOverlay(model{}), nil) },
		"entry height":   func() ([]byte, error) { return s.Stage(2, fresh(), []TxEntry{{Height: 1}}) },
		"account name":   func() ([]byte, error) { return s.Stage(2, fresh(), []TxEntry{{Height: 2, Accounts: [][]byte{nil}}}) },
		"too many owners": func() ([]byte, error) {
			return s.Stage(2, fresh(), []TxEntry{{Height: 2, Accounts: make([][]byte, 256)}})
		},
	} {
		if _, err := stage(); err == nil {
			t.Errorf("%s: staged", name)
		}
		if err := s.Commit(); err == nil {
			t.Errorf("%s: committed", name)
		}
	}
	smallChain.commit(t, s)
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, Options{Dir: dir})
	for range 5 {
		smallChain.commit(t, s)
	}
	if _, err := Open(Options{Dir: dir}); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), dir) {
		t.Fatalf("second store on one folder: %v", err)
	}
	s.Close()
	if err := s.Commit(); !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}
	for _, o := range []Options{{}, {Dir: dir, KeepVersions: -1}, {Dir: dir, CacheNodes: -1}} {
		if _, err := Open(o); err == nil || !strings.Contains(err.Error(), "must be") {
			t.Errorf("Open(%+v): %v", o, err)
		}
	}
	damage := func(name string, change func(*leveldb.DB) error) {
		t.Helper()
		db, err := leveldb.OpenFile(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		head, err := readRecord(db, 5)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(change(db), db.Close()); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(Options{Dir: dir}); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v", name, err)
		} else {
			t.Log(err)
		}
		db, err = leveldb.OpenFile(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(db.Put(heightKey(keyRecord, 5), head.encode(), nil), db.Put([]byte{keyHead}, encodeHead(5), nil), db.Close()); err != nil {
			t.Fatal(err)
		}
	}
	damage("root of another state", func(db *leveldb.DB) error {
		return db.Put(heightKey(keyRecord, 5), record{version: 4}.encode(), nil)
	})
	damage("tree older than recorded", func(db *leveldb.DB) error {
		return db.Put(heightKey(keyRecord, 5), record{version: 5}.encode(), nil)
	})
	damage("tree newer than recorded", func(db *leveldb.DB) error { return db.Put([]byte{keyHead}, encodeHead(4), nil) })
	damage("no record", func(db *leveldb.DB) error { return db.Delete(heightKey(keyRecord, 5), nil) })
	damage("head of another format", func(db *leveldb.DB) error { return db.Put([]byte{keyHead}, []byte{9, 9}, nil) })
	damage("a gap", func(db *leveldb.DB) error { return db.Delete(heightKey(keyRecord, 3), nil) })
	damage("changes of another format", func(db *leveldb.DB) error { return db.Put(heightKey(keyChanges, 4), []byte{9, 9}, nil) })
	damage("no changes", func(db *leveldb.DB) error { return db.Delete(heightKey(keyChanges, 4), nil) })
}

// Reads that find a damaged or missing node halt; they never show a shorter state.
func TestDamagedNodesHalt(t *testing.T) {
	for _, damage := range []string{"missing", "garbage"} {
		dir := t.TempDir()
		s := openTest(t, Options{Dir: dir, checkpointHeights: 1})
		for range 5 {
			smallChain.commit(t, s)
		}
		s.Close()
		db, err := leveldb.OpenFile(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		it, n := db.NewIterator(nil, nil), 0
		for it.Next() {
			if k := bytes.Clone(it.Key()); len(k) == 14 && k[0] == keyNode && k[13] != 1 {
				n++
				if damage == "missing" {
					err = db.Delete(k, nil)
				} else {
					err = db.Put(k, []byte{0xff}, nil)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		it.Release()
		db.Close()
		s = openTest(t, Options{Dir: dir, checkpointHeights: 1})
		halts := func(what string, read func()) {
			defer func() {
				if p := recover(); p == nil || !strings.Contains(fmt.Sprint(p), "height 5") {
					t.Errorf("%d nodes %s: %s did not halt: %v", n, damage, what, p)
				}
			}()
			read()
		}
		halts("Range", func() { s.Latest().Range(nil, nil, func(k, v []byte) bool { return true }) })
		halts("Get", func() { s.Latest().Get([]byte("key/000000")) })
		if _, err := smallChain.stage(s); err == nil {
			t.Errorf("%s: staged over a damaged tree", damage)
		}
		if err := s.Commit(); err == nil {
			t.Errorf("%s: committed over a damaged tree", damage)
		}
	}
}

func TestMeta(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, Options{Dir: dir})
	hash := sha256.Sum256([]byte("genesis"))
	reopen := func() {
		s.Close()
		s = openTest(t, Options{Dir: dir})
	}
	s.SetMeta("chain id", []byte("blink-1"))
	reopen()
	if s.Meta("chain id") != nil {
		t.Fatal("a store without a block has facts")
	}
	s.SetMeta("chain id", []byte("blink-1"))
	s.SetMeta("genesis hash", hash[:])
	smallChain.commit(t, s)
	reopen()
	if err := errors.Join(s.CheckMeta("chain id", []byte("blink-1")), s.CheckMeta("genesis hash", hash[:]), s.CheckMeta("new", nil)); err != nil {
		t.Fatal(err)
	}
	var foreign *ForeignError
	if err := s.CheckMeta("chain id", []byte("blink-2")); !errors.As(err, &foreign) || !strings.Contains(err.Error(), `"blink-1"`) {
		t.Fatal(err)
	}
	if err := s.CheckMeta("genesis hash", []byte{0}); err == nil || !strings.Contains(err.Error(), hex.EncodeToString(hash[:])) {
		t.Fatal(err)
	}
}

// While a block is announced, who reads waits for it; views from before do not.
func TestAnAnnouncedBlockIsWaitedFor(t *testing.T) {
	c := testChain{seed: 1, keys: 10, changes: 5, value: 5}
	s := openTest(t, Options{})
	c.commit(t, s)
	before, old := s.Latest(), s.Root()
	root, err := c.stage(s)
	if err != nil {
		t.Fatal(err)
	}
	done := s.Announce()
	account := c.tx(2, 0).Accounts[0]
	type read struct {
		what string
		new  bool
	}
	reads := make(chan read)
	for what, isNew := range map[string]func() bool{
		"Height": func() bool { return s.Height() == 2 },
		"Root":   func() bool { return bytes.Equal(s.Root(), root) && !bytes.Equal(root, old) },
		"Latest": func() bool { return s.Latest().Height() == 2 },
		"At":     func() bool { v, err := s.At(2); return err == nil && v.Height() == 2 },
		"Tx":     func() bool { _, found, err := s.Tx(c.tx(2, 0).ID); return err == nil && found },
		"TxsOf": func() bool {
			txs, _, err := s.TxsOf(account, Cursor{}, 1)
			return err == nil && len(txs) == 1 && txs[0].Height == 2
		},
	} {
		go func() { reads <- read{what, isNew()} }()
	}
	before.Range(nil, nil, func(_, _ []byte) bool { return true })
	select {
	case r := <-reads:
		t.Fatalf("%s did not wait", r.what)
	case <-time.After(20 * time.Millisecond):
	}
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
	done()
	for range 6 {
		if r := <-reads; !r.new {
			t.Errorf("%s shows what was before the block", r.what)
		}
	}
}

// Whoever closes the store waits as well: clients were told of the block.
func TestAnAnnouncedBlockOutlivesClose(t *testing.T) {
	c := testChain{seed: 1, keys: 10, changes: 5, value: 5}
	dir := t.TempDir()
	s := openTest(t, Options{Dir: dir})
	if _, err := c.stage(s); err != nil {
		t.Fatal(err)
	}
	done := s.Announce()
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	select {
	case err := <-closed:
		t.Fatalf("Close did not wait: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
	done()
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	if h := openTest(t, Options{Dir: dir}).Height(); h != 1 {
		t.Fatalf("the store is at height %d", h)
	}
}
