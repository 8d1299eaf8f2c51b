package lab

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func testPool(n int) (*pool, chan *sender) {
	broken := make(chan *sender, n)
	senders := make([]*sender, n)
	for i := range senders {
		senders[i] = &sender{}
	}
	return newPool(senders, func(s *sender) { broken <- s }), broken
}

func TestPoolPrefersIdleSenders(t *testing.T) {
	p, _ := testPool(2)
	a, _ := p.take()
	b, _ := p.take()
	if a.sender == b.sender {
		t.Fatal("one sender has two transactions in flight while another is idle")
	}
	p.give(a, used)
	if c, _ := p.take(); c.sender != a.sender || c.nonce != 1 {
		t.Errorf("got nonce %d of another sender", c.nonce)
	}
	d, ok := p.take()
	if !ok || d.nonce == 0 {
		t.Error("a busy sender can take more, up to the window")
	}
}

func TestPoolStopsAtTheWindow(t *testing.T) {
	p, _ := testPool(1)
	var leases []lease
	for i := range inFlightLimit {
		l, ok := p.take()
		if !ok || l.nonce != uint64(i) {
			t.Fatalf("lease %d: %v, nonce %d", i, ok, l.nonce)
		}
		leases = append(leases, l)
	}
	if _, ok := p.take(); ok {
		t.Fatal("more in flight than the mempool takes")
	}
	p.give(leases[0], used)
	if l, ok := p.take(); !ok || l.nonce != inFlightLimit {
		t.Errorf("with one less in flight: %v, nonce %d", ok, l.nonce)
	}
}

// Who waits for a sender is served in the order of asking, as soon as one can take more; who has gone takes nobody's place.
func TestPoolServesWhoWaitsInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, broken := testPool(1)
		var out []lease
		for range inFlightLimit {
			l, _ := p.take()
			out = append(out, l)
		}
		var mu sync.Mutex
		var served []string
		wait := func(name string, patience time.Duration) {
			go func() {
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				if l, ok := p.await(ctx); ok {
					name += fmt.Sprint(" ", l.nonce)
				}
				mu.Lock()
				defer mu.Unlock()
				served = append(served, name)
			}()
			synctest.Wait()
		}
		wait("first", time.Hour)
		wait("impatient", time.Second)
		wait("second", time.Hour)
		wait("third", time.Hour)
		time.Sleep(2 * time.Second)
		p.give(out[0], used)
		synctest.Wait()
		p.give(out[1], unclear) // it breaks: nothing for the second until the chain's nonce is known
		for _, l := range out[2:] {
			p.give(l, used)
		}
		synctest.Wait()
		p.give(lease{sender: out[0].sender, nonce: inFlightLimit}, used) // the first's
		p.repaired(<-broken, 100)
		synctest.Wait()
		want := []string{"impatient", "first 48", "second 100", "third 101"}
		if !slices.Equal(served[:2], want[:2]) || !slices.Equal(slices.Sorted(slices.Values(served[2:])), want[2:]) {
			t.Errorf("served %q, want %q", served, want)
		}
		if p.waiting.Len() != 0 || len(p.idle) != 0 {
			t.Errorf("%d wait, %d idle", p.waiting.Len(), len(p.idle))
		}
	})
}

// A nonce that was not used up holds back all later ones: none of the leases that are out may be sent any more, and the
// sender is repaired once, when all have come back.
func TestBrokenSender(t *testing.T) {
	p, broken := testPool(1)
	a, _ := p.take()
	b, _ := p.take()
	c, _ := p.take()
	p.give(a, used)
	p.give(b, unclear)
	if p.current(c) {
		t.Error("a later nonce of a broken sender may be sent")
	}
	if _, ok := p.take(); ok {
		t.Error("a broken sender was lent")
	}
	if len(broken) != 0 {
		t.Error("repaired while something was in flight")
	}
	p.give(c, unused)
	s := <-broken
	p.repaired(s, 1)
	d, ok := p.take()
	if !ok || d.nonce != 1 || !p.current(d) {
		t.Errorf("after the repair: %v, nonce %d", ok, d.nonce)
	}
	if !slices.Contains(p.all, s) {
		t.Error("lost")
	}
}
