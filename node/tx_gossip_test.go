package node

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/cometbft/cometbft/p2p"
	protomem "github.com/cometbft/cometbft/proto/tendermint/mempool"

	"blink/tx"
)

// mailbox is a peer that keeps the transactions it is sent, message by message.
type mailbox struct {
	p2p.Peer
	quit chan struct{}

	mu       sync.Mutex
	messages [][]string
}

func (m *mailbox) Send(e p2p.Envelope) bool {
	var message []string
	for _, raw := range e.Message.(*protomem.Txs).Txs {
		message = append(message, string(raw))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.messages = append(m.messages, message)
	return true
}

func (m *mailbox) Quit() <-chan struct{} { return m.quit }
func (m *mailbox) IsRunning() bool       { return true }

func (m *mailbox) all() (messages int, txs []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.messages), slices.Concat(m.messages...)
}

func txsOf(raws ...string) p2p.Envelope {
	m := &protomem.Txs{}
	for _, raw := range raws {
		m.Txs = append(m.Txs, []byte(raw))
	}
	return p2p.Envelope{Message: m}
}

func outboxTo(t *testing.T, waiting func(tx.ID) bool) (*outbox, *mailbox) {
	peer := &mailbox{quit: make(chan struct{})}
	t.Cleanup(func() { close(peer.quit) })
	out := &outbox{Peer: peer, gossip: &txGossip{waiting: waiting, foreign: newForeign()}, wake: make(chan struct{}, 1)}
	go out.run()
	return out, peer
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 5 s: %s", what)
		}
	}
}

// CometBFT offers one transaction at a time; a peer gets all of them, in their
// order, in far fewer messages, none too large.
func TestTransactionsTravelTogether(t *testing.T) {
	out, peer := outboxTo(t, func(tx.ID) bool { return true })
	var want []string
	for n := range 2000 {
		raw := fmt.Sprintf("%04d%s", n, bytes.Repeat([]byte("x"), n%300))
		want = append(want, raw)
		for !out.Send(txsOf(raw)) {
			time.Sleep(time.Millisecond)
		}
	}
	eventually(t, "all have arrived", func() bool { _, txs := peer.all(); return len(txs) == len(want) })
	messages, txs := peer.all()
	if !slices.Equal(txs, want) || messages > 200 {
		t.Fatalf("%d messages, in order: %v", messages, slices.Equal(txs, want))
	}
	for _, message := range peer.messages {
		size := 0
		for _, raw := range message {
			size += len(raw)
		}
		if size > messageBytes {
			t.Fatalf("a message of %d bytes", size)
		}
	}
	if out.bytes != 0 {
		t.Fatalf("%d bytes are counted and not there", out.bytes)
	}
}

// What came from a peer is sent on only if it still waits for a block.
func TestARelayWaits(t *testing.T) {
	still := sha256.Sum256([]byte("still waits"))
	out, peer := outboxTo(t, func(id tx.ID) bool { return id == still })
	for _, raw := range []string{"still waits", "is in a block"} {
		out.gossip.foreign.add(sha256.Sum256([]byte(raw)))
	}
	began := time.Now()
	out.Send(txsOf("is in a block"))
	out.Send(txsOf("still waits"))
	out.Send(txsOf("own"))
	eventually(t, "the own one has arrived", func() bool { _, txs := peer.all(); return slices.Equal(txs, []string{"own"}) })
	eventually(t, "the other one, too", func() bool { _, txs := peer.all(); return len(txs) == 2 })
	if _, txs := peer.all(); txs[1] != "still waits" || time.Since(began) < relayAfter {
		t.Fatalf("sent %q after %s", txs, time.Since(began))
	}
	if out.mu.Lock(); out.bytes != 0 {
		t.Fatalf("%d bytes are counted and not there", out.bytes)
	}
	out.mu.Unlock()
}

// A peer that takes nothing makes CometBFT's routine wait, not memory grow.
func TestAnOutboxIsBounded(t *testing.T) {
	out := &outbox{Peer: &mailbox{}, gossip: &txGossip{foreign: newForeign()}, wake: make(chan struct{}, 1)}
	large := string(make([]byte, 60_000))
	for n := range 1000 {
		if !out.Send(txsOf(large)) {
			if n < 10 {
				t.Fatalf("full after %d", n)
			}
			return
		}
	}
	t.Fatal("60 MB were taken")
}

// What peers send is verified before it is handed on, in order and all that has
// come at once; an end lets those go who wait for room.
func TestAnIntakeHandsOnInOrder(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var mu sync.Mutex
	known, batches := map[string]bool{}, 0
	var got []string
	sent := make(chan struct{})
	in := newIntake(func(raws [][]byte) {
		<-sent // while the first batch is verified all others come
		mu.Lock()
		defer mu.Unlock()
		batches++
		for _, raw := range raws {
			known[string(raw)] = true
		}
	}, func(e p2p.Envelope) {
		mu.Lock()
		defer mu.Unlock()
		for _, raw := range e.Message.(*protomem.Txs).Txs {
			if !known[string(raw)] {
				t.Errorf("%s is handed on unverified", raw)
			}
			got = append(got, string(raw))
		}
	})
	done := make(chan struct{})
	go func() { in.run(ctx); close(done) }()
	var want []string
	for n := range 500 {
		raw := fmt.Sprint(n)
		want = append(want, raw)
		in.put(txsOf(raw))
	}
	close(sent)
	eventually(t, "all are handed on", func() bool { mu.Lock(); defer mu.Unlock(); return len(got) == len(want) })
	cancel()
	<-done
	if !slices.Equal(got, want) || batches > 2 {
		t.Fatalf("%d batches, in order: %v", batches, slices.Equal(got, want))
	}
	large := string(make([]byte, intakeBytes))
	for range 3 {
		in.put(txsOf(large)) // does not wait for ever
	}
}
