package node

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"blink/app"
	"blink/store"
)

// A chain is exported, its node goes over to the new chain with its keys, and finalises there what it never could have
// on the old one; the old home still works.
func TestANodeGoesOverToAnotherChain(t *testing.T) {
	net := testnet(t)
	old := makeHome(t, net)
	n := mustStart(t, old, net.Genesis)
	n.final(t, transfer(t, net, 0))
	height := n.Store().Height()
	if _, err := BlockTime(old, height); !errors.Is(err, ErrRunning) {
		t.Errorf("the time of a running node's block: %v", err)
	}
	want, err := n.Block(height)
	if err != nil {
		t.Fatal(err)
	}
	n.stop(t)

	at, err := BlockTime(old, height)
	if err != nil || !at.Equal(want.Time) {
		t.Fatalf("block %d has time %s, want %s: %v", height, at, want.Time, err)
	}
	if _, err := BlockTime(old, height+100); !errors.Is(err, ErrNoBlock) {
		t.Errorf("the time of a future block: %v", err)
	}
	s, err := store.Open(store.Options{Dir: old.Data("blink")})
	if err != nil {
		t.Fatal(err)
	}
	doc := app.Export(s.Latest(), "blink-test-2", s.Height()+1, at.Truncate(time.Millisecond).Add(time.Millisecond))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	home := Home{Dir: filepath.Join(t.TempDir(), "node0")}
	same := doc
	same.ChainID = net.Genesis.ChainID
	if err := SucceedHome(home, old, same); !errors.Is(err, ErrSameChain) {
		t.Errorf("a chain of the same id: %v", err)
	}
	if err := SucceedHome(home, old, doc); err != nil {
		t.Fatal(err)
	}
	if err := SucceedHome(home, old, doc); !errors.Is(err, ErrHomeExists) {
		t.Errorf("a second time: %v", err)
	}
	for _, file := range []func(Home) string{Home.ConsensusKeyFile, Home.NodeKeyFile, Home.CometFile, Home.ConfigFile} {
		was, err := os.ReadFile(file(old))
		is, err2 := os.ReadFile(file(home))
		if err != nil || err2 != nil || !bytes.Equal(was, is) {
			t.Errorf("%s differs from %s: %v %v", file(home), file(old), err, err2)
		}
	}
	successor := net
	successor.Genesis = doc
	n = mustStart(t, home, doc)
	if out := n.final(t, transfer(t, successor, 1)); out.Height <= height { // the nonce goes on, too
		t.Errorf("final at height %d, after %d", out.Height, height)
	}
	n.stop(t)
}
