package node

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"blink/abci"
	"blink/app"
	"blink/crypto"
	"blink/finality"
	"blink/genesis"
	"blink/store"
	"blink/tx"
)

// running is a node in this process.
type running struct {
	*Node
	tracker *finality.Tracker
}

func startNode(t *testing.T, home Home, doc genesis.Document) (*running, error) {
	t.Helper()
	return startWatched(t, home, doc, func(m *Monitor) abci.Observer { return m })
}

// startWatched starts a node whose application has another observer.
func startWatched(t *testing.T, home Home, doc genesis.Document, watch func(*Monitor) abci.Observer) (*running, error) {
	t.Helper()
	cfg, err := LoadConfig(home, nil)
	if err != nil {
		return nil, err
	}
	s, err := store.Open(store.Options{Dir: home.Data("blink")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	tracker := finality.NewTracker(finality.Options{})
	monitor := NewMonitor(tracker)
	application, err := abci.New(abci.Config{Store: s, Genesis: doc, Observer: watch(monitor)})
	if err != nil {
		return nil, err
	}
	n, err := Start(context.Background(), Options{
		Home: home, Config: cfg, Genesis: doc, Store: s, App: application, Monitor: monitor,
		Logger: slog.New(slog.DiscardHandler), NoMetrics: true,
	})
	if err != nil {
		return nil, err
	}
	t.Cleanup(n.Stop)
	return &running{n, tracker}, nil
}

func mustStart(t *testing.T, home Home, doc genesis.Document) *running {
	t.Helper()
	n, err := startNode(t, home, doc)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); n.Ready() != nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not ready after 20 s: %v", n.Ready())
		}
	}
	return n
}

// stop stops the node and everything under it.
func (r *running) stop(t *testing.T) {
	t.Helper()
	r.Stop()
	if err := r.Wait(); err != nil {
		t.Fatal(err)
	}
	if err := r.Store().Close(); err != nil {
		t.Fatal(err)
	}
}

func transfer(t *testing.T, net genesis.Testnet, nonce uint64) tx.Signed {
	t.Helper()
	return signedBy(t, net, net.Demo[0].Key, nonce, tx.Transfer{To: net.Demo[1].Key.Address(), Amount: 7})
}

func signedBy(t *testing.T, net genesis.Testnet, key crypto.PrivateKey, nonce uint64, msg tx.Msg) tx.Signed {
	t.Helper()
	signed, err := tx.Sign(tx.Body{
		ChainID: net.Genesis.ChainID, Sender: key.Address(), Nonce: nonce, Fee: 1000,
		ValidUntil: time.Now().Add(time.Minute).Unix(), Msgs: []tx.Msg{msg},
	}, key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// final submits a transaction and waits until it is final.
func (r *running) final(t *testing.T, signed tx.Signed) finality.Outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	r.tracker.Submitted(signed.ID(), signed.Body().ValidUntil, time.Now())
	if err := r.Submit(ctx, signed)[0]; err != nil {
		t.Fatal(err)
	}
	return r.becomesFinal(t, signed)
}

// becomesFinal waits for a transaction that the tracker knows.
func (r *running) becomesFinal(t *testing.T, signed tx.Signed) finality.Outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	out, err := r.tracker.Wait(ctx, signed.ID())
	if err != nil || out.Status != finality.Final || out.Code != tx.OK {
		t.Fatalf("outcome %+v, %v", out, err)
	}
	return out
}

func TestAChainOfOneNode(t *testing.T) {
	net := testnet(t)
	home := makeHome(t, net)
	n := mustStart(t, home, net.Genesis)

	out := n.final(t, transfer(t, net, 0))
	for _, stage := range finality.StageOrder() {
		if _, seen := out.Stages.Since(stage); !seen {
			t.Errorf("stage %s was not seen", stage)
		}
	}
	// What is announced can be served.
	block, err := n.Block(out.Height)
	if err != nil || len(block.Txs) != 1 {
		t.Fatalf("block %d is %+v, %v", out.Height, block, err)
	}
	bob := app.AccountOf(n.Store().Latest(), net.Demo[1].Key.Address())
	if bob.Balance != net.Demo[1].Balance+7 {
		t.Fatalf("bob has %d", bob.Balance)
	}
	if s := n.Status(); !s.Validator || s.Height < out.Height || s.ChainID != "blink-test" || s.CatchingUp {
		t.Fatalf("status is %+v", s)
	}

	if err := n.Submit(context.Background(), transfer(t, net, 0))[0]; !errors.As(err, new(*tx.Refusal)) && !errors.Is(err, ErrAlreadyKnown) {
		t.Fatalf("a used nonce gives %v", err)
	}
	var refusal *tx.Refusal
	if err := n.Submit(context.Background(), transfer(t, net, 999))[0]; !errors.As(err, &refusal) || refusal.Code != tx.NonceTooHigh || refusal.Expected != "1" {
		t.Fatalf("a nonce too high gives %v", err)
	}

	// A restart goes on where it stopped.
	height := n.Store().Height()
	n.stop(t)
	n = mustStart(t, home, net.Genesis)
	if n.Status().Height < height {
		t.Fatalf("restarted at height %d, was %d", n.Status().Height, height)
	}
	n.final(t, transfer(t, net, 1))
}

// A chain that goes on from another one's height starts, makes blocks, restarts, and replays all of them.
func TestAChainBeginsAtItsInitialHeight(t *testing.T) {
	net := testnet(t)
	net.Genesis.InitialHeight = 1000
	home := makeHome(t, net)
	n := mustStart(t, home, net.Genesis)
	if out := n.final(t, transfer(t, net, 0)); out.Height < 1000 {
		t.Fatalf("final at height %d", out.Height)
	}
	if b, err := n.Block(1000); err != nil || b.Height != 1000 {
		t.Fatalf("the first block is %+v, %v", b, err)
	}
	for _, height := range []int64{0, 1, 999} {
		if _, err := n.Block(height); !errors.Is(err, ErrNoBlock) {
			t.Errorf("block %d gives %v", height, err)
		}
	}
	n.stop(t)
	n = mustStart(t, home, net.Genesis)
	n.final(t, transfer(t, net, 1))
	root, height := n.Store().Root(), n.Store().Height()
	n.stop(t)
	if err := os.RemoveAll(home.Data("blink")); err != nil {
		t.Fatal(err)
	}
	n = mustStart(t, home, net.Genesis)
	if n.Store().Height() < height {
		t.Fatalf("replayed up to height %d of %d", n.Store().Height(), height)
	}
	if v, err := n.Store().At(height); err != nil || n.Store().Height() == height && !bytes.Equal(n.Store().Root(), root) {
		t.Fatalf("the replay has another state: %v %v", v, err)
	}
	n.final(t, transfer(t, net, 2))
}

// After a transaction's block and the one that proves its state there is
// nothing but heartbeats.
func TestAQuietChainIsQuiet(t *testing.T) {
	net := testnet(t)
	n := mustStart(t, makeHome(t, net), net.Genesis)
	out := n.final(t, transfer(t, net, 0))
	time.Sleep(500 * time.Millisecond)
	if s := n.Status(); s.Height > out.Height+1 {
		t.Fatalf("%d blocks after the last transaction", s.Height-out.Height)
	}
}

// A panic in the state machine ends consensus; the node must say so and stop.
func TestTheWatchdogEndsANodeWithoutConsensus(t *testing.T) {
	net := testnet(t)
	n := mustStart(t, makeHome(t, net), net.Genesis)
	n.Store().Close() // the next block cannot be committed
	_ = n.Submit(context.Background(), transfer(t, net, 0))
	done := make(chan error, 1)
	go func() { done <- n.Wait() }()
	select {
	case err := <-done:
		if !errors.Is(err, ErrConsensusStopped) {
			t.Fatalf("ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the node stays up without consensus")
	}
	if n.Ready() == nil {
		t.Fatal("a node without consensus is ready")
	}
}

func TestAnotherGenesisIsRefused(t *testing.T) {
	net := testnet(t)
	home := makeHome(t, net)
	n := mustStart(t, home, net.Genesis)
	n.final(t, transfer(t, net, 0))
	n.stop(t)
	other := net.Genesis
	other.Params.MinFee++
	_, err := startNode(t, home, other)
	var mismatch *abci.GenesisMismatch
	if !errors.As(err, &mismatch) || mismatch.File != other.Hash() || mismatch.Data != net.Genesis.Hash() {
		t.Fatalf("error is %v", err)
	}
}

func TestAPortInUseIsNamed(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	network := testnet(t)
	home := makeHome(t, network)
	editComet(t, home, func(text string) string {
		return strings.Replace(text, "tcp://127.0.0.1:0", "tcp://"+listener.Addr().String(), 1)
	})
	_, err = startNode(t, home, network.Genesis)
	if err == nil || !strings.Contains(err.Error(), "p2p.laddr") || !strings.Contains(err.Error(), "in use") {
		t.Fatalf("error is %v", err)
	}
}

func TestALostSignStateIsRefused(t *testing.T) {
	net := testnet(t)
	home := makeHome(t, net)
	if err := os.Remove(home.ConsensusStateFile()); err != nil {
		t.Fatal(err)
	}
	if _, err := startNode(t, home, net.Genesis); err == nil || !strings.Contains(err.Error(), "priv_validator_state.json") {
		t.Fatalf("error is %v", err)
	}
}
