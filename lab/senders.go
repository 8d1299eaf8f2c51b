package lab

import (
	"container/list"
	"context"
	"sync"

	"blink/crypto"
)

// inFlightLimit is how many transactions of one account may be on their way: below the mempool's window of 64 future
// nonces, with room for those that the node has not seen yet.
const inFlightLimit = 48

// sender is an account that sends. Its nonces are consecutive: one that is not used up holds back all later ones.
type sender struct {
	key      crypto.PrivateKey
	address  crypto.Address
	next     uint64 // nonce of the next transaction
	flying   int    // leases that are out
	scripted int    // transactions signed ahead that have not been launched: until then it is lent to nobody
	broken   bool   // a nonce may not have been used up: no leases until it is known what the chain expects
	unsure   bool   // while broken: only the chain can tell what it expects
	spare    uint64 // while broken and not unsure: the lowest nonce that certainly was not used up
	series   int    // counts the times it broke: a lease of an earlier series must not be sent any more
}

// lease is the right to send one transaction.
type lease struct {
	sender *sender
	nonce  uint64
	series int
}

// fate is what became of a lease's nonce.
type fate uint8

const (
	used    fate = iota // certainly: the transaction is in a block
	unused              // certainly not: no node has taken it
	unclear             // it may be, or may become so
)

// pool lends senders, those with nothing in flight first. Whoever waits for one is served in the order of asking, and wakes
// nobody else: beyond saturation tens of thousands may wait.
type pool struct {
	mu      sync.Mutex
	all     []*sender
	idle    []*sender     // nothing in flight, longest idle first
	waiting list.List     // of chan lease, with room for one; not empty only while no sender can take more
	repair  func(*sender) // called, on a goroutine of its own, for a broken sender with nothing in flight
}

func newPool(senders []*sender, repair func(*sender)) *pool {
	return &pool{all: senders, idle: append([]*sender(nil), senders...), repair: repair}
}

// take lends a sender. If all are busy it takes the one with the least in flight; ok is false if none can take more.
func (p *pool) take() (l lease, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lend()
}

// await lends a sender as soon as one can take more; ok is false if ctx ends before that.
func (p *pool) await(ctx context.Context) (l lease, ok bool) {
	if ctx.Err() != nil {
		return lease{}, false
	}
	p.mu.Lock()
	if l, ok = p.lend(); ok {
		p.mu.Unlock()
		return l, true
	}
	served := make(chan lease, 1)
	place := p.waiting.PushBack(served)
	p.mu.Unlock()
	select {
	case l = <-served:
		return l, true
	case <-ctx.Done():
	}
	p.mu.Lock()
	p.waiting.Remove(place) // nothing happens if it has been served meanwhile
	p.mu.Unlock()
	select {
	case l = <-served:
		return l, true
	default:
		return lease{}, false
	}
}

func (p *pool) lend() (l lease, ok bool) {
	if p.waiting.Len() > 0 { // who asked before has none
		return lease{}, false
	}
	var s *sender
	if len(p.idle) > 0 {
		s, p.idle = p.idle[0], p.idle[1:]
	} else if s = p.leastBusy(); s == nil {
		return lease{}, false
	}
	return s.lend(), true
}

func (p *pool) leastBusy() *sender {
	var best *sender
	for _, s := range p.all {
		if s.lendable() && (best == nil || s.flying < best.flying) {
			best = s
		}
	}
	return best
}

func (s *sender) lendable() bool { return !s.broken && s.scripted == 0 && s.flying < inFlightLimit }

func (s *sender) lend() lease {
	l := lease{sender: s, nonce: s.next, series: s.series}
	s.next++
	s.flying++
	return l
}

// current reports whether the lease's nonce may still be sent.
func (p *pool) current(l lease) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return l.series == l.sender.series
}

// give returns a lease, with what became of its nonce.
func (p *pool) give(l lease, f fate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := l.sender
	s.flying--
	if f != used && l.series == s.series {
		s.breakOff(l.nonce)
	}
	if s.broken {
		s.unsure = s.unsure || f == unclear
		if f == unused {
			s.spare = min(s.spare, l.nonce)
		}
	}
	p.settle(s)
}

// breakOff ends the series of a sender: nonce, at the least, has not been used up.
func (s *sender) breakOff(nonce uint64) {
	s.broken, s.unsure, s.spare, s.scripted = true, false, nonce, 0
	s.series++
}

// settle lends s again as soon as that is possible.
func (p *pool) settle(s *sender) {
	switch {
	case s.broken && s.flying > 0:
	case s.broken && s.unsure:
		go p.repair(s)
	case s.broken:
		s.next, s.broken = s.spare, false
		p.freed(s)
	default:
		p.freed(s)
	}
}

// repaired takes a sender back whose next nonce is known again.
func (p *pool) repaired(s *sender, next uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s.next, s.broken = next, false
	p.freed(s)
}

// freed lends a sender that can take more again to who waits, and else makes it idle if it is.
func (p *pool) freed(s *sender) {
	for first := p.waiting.Front(); first != nil && s.lendable(); first = p.waiting.Front() {
		p.waiting.Remove(first).(chan lease) <- s.lend()
	}
	if s.flying == 0 && s.scripted == 0 {
		p.idle = append(p.idle, s)
	}
}
