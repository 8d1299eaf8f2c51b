package lab

import (
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

// pool lends senders, those with nothing in flight first.
type pool struct {
	mu     sync.Mutex
	all    []*sender
	idle   []*sender     // nothing in flight, longest idle first
	freed  chan struct{} // closed and replaced when a sender comes back
	repair func(*sender) // called, on a goroutine of its own, for a broken sender with nothing in flight
}

func newPool(senders []*sender, repair func(*sender)) *pool {
	return &pool{all: senders, idle: append([]*sender(nil), senders...), freed: make(chan struct{}), repair: repair}
}

// take lends a sender. If all are busy it takes the one with the least in flight; ok is false if none can take more,
// and the caller may try again when the returned channel is closed.
func (p *pool) take() (l lease, ok bool, freed <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var s *sender
	if len(p.idle) > 0 {
		s, p.idle = p.idle[0], p.idle[1:]
	} else if s = p.leastBusy(); s == nil {
		return lease{}, false, p.freed
	}
	l = lease{sender: s, nonce: s.next, series: s.series}
	s.next++
	s.flying++
	return l, true, nil
}

func (p *pool) leastBusy() *sender {
	var best *sender
	for _, s := range p.all {
		if !s.broken && s.scripted == 0 && s.flying < inFlightLimit && (best == nil || s.flying < best.flying) {
			best = s
		}
	}
	return best
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
		p.idle = append(p.idle, s)
		p.wake()
	case s.flying == 0 && s.scripted == 0:
		p.idle = append(p.idle, s)
		p.wake()
	default:
		p.wake()
	}
}

// repaired takes a sender back whose next nonce is known again.
func (p *pool) repaired(s *sender, next uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s.next, s.broken = next, false
	p.idle = append(p.idle, s)
	p.wake()
}

func (p *pool) wake() {
	close(p.freed)
	p.freed = make(chan struct{})
}
