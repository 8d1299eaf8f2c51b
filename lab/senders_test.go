package lab

import (
	"slices"
	"testing"
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
	a, _, _ := p.take()
	b, _, _ := p.take()
	if a.sender == b.sender {
		t.Fatal("one sender has two transactions in flight while another is idle")
	}
	p.give(a, used)
	if c, _, _ := p.take(); c.sender != a.sender || c.nonce != 1 {
		t.Errorf("got nonce %d of another sender", c.nonce)
	}
	d, ok, _ := p.take()
	if !ok || d.nonce == 0 {
		t.Error("a busy sender can take more, up to the window")
	}
}

func TestPoolStopsAtTheWindow(t *testing.T) {
	p, _ := testPool(1)
	var leases []lease
	for i := range inFlightLimit {
		l, ok, _ := p.take()
		if !ok || l.nonce != uint64(i) {
			t.Fatalf("lease %d: %v, nonce %d", i, ok, l.nonce)
		}
		leases = append(leases, l)
	}
	_, ok, freed := p.take()
	if ok {
		t.Fatal("more in flight than the mempool takes")
	}
	p.give(leases[0], used)
	// It is not idle, but it can take one more; nobody waits for long because the rest come back too.
	for _, l := range leases[1:] {
		p.give(l, used)
	}
	<-freed
}

// A nonce that was not used up holds back all later ones: none of the leases that are out may be sent any more, and the
// sender is repaired once, when all have come back.
func TestBrokenSender(t *testing.T) {
	p, broken := testPool(1)
	a, _, _ := p.take()
	b, _, _ := p.take()
	c, _, _ := p.take()
	p.give(a, used)
	p.give(b, unclear)
	if p.current(c) {
		t.Error("a later nonce of a broken sender may be sent")
	}
	if _, ok, _ := p.take(); ok {
		t.Error("a broken sender was lent")
	}
	if len(broken) != 0 {
		t.Error("repaired while something was in flight")
	}
	p.give(c, unused)
	s := <-broken
	p.repaired(s, 1)
	d, ok, _ := p.take()
	if !ok || d.nonce != 1 || !p.current(d) {
		t.Errorf("after the repair: %v, nonce %d", ok, d.nonce)
	}
	if !slices.Contains(p.all, s) {
		t.Error("lost")
	}
}
