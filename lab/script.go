package lab

// A script is the part of a load that is signed before it begins: transaction k of it is sent by the k-th of some senders,
// in turn, with that sender's next nonce. The other senders stand by for transactions whose own sender has broken.

// scripters are the senders that a script may use: all but one of eight.
func (p *pool) scripters() []*sender {
	return p.all[:len(p.all)-(len(p.all)+7)/8]
}

// script reserves the senders for n transactions, and returns the leases in order.
func (p *pool) script(n int) []lease {
	p.mu.Lock()
	defer p.mu.Unlock()
	by := p.scripters()
	leases := make([]lease, n)
	for k := range leases {
		s := by[k%len(by)]
		leases[k] = lease{sender: s, nonce: s.next + uint64(s.scripted), series: s.series}
		s.scripted++
	}
	p.collectIdle()
	return leases
}

// cut takes back the last transactions of a script, those from the k-th on, of which none has been launched.
func (p *pool) cut(leases []lease, k int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range leases[k:] {
		l.sender.scripted--
	}
	p.collectIdle()
}

// launch makes the next transaction of a script one that is in flight. It fails if that may not be sent any more, since
// its sender has broken, or has as much in flight as it may.
func (p *pool) launch(l lease) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := l.sender
	if l.series != s.series {
		return false
	}
	if s.flying >= inFlightLimit {
		s.breakOff(l.nonce) // the rest of its script cannot be sent without this one
		return false
	}
	s.scripted--
	s.flying++
	s.next = l.nonce + 1
	return true
}

// skip ends the script of a sender whose next transaction will not be sent.
func (p *pool) skip(l lease) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := l.sender; l.series == s.series {
		s.breakOff(l.nonce)
		p.settle(s)
	}
}

func (p *pool) collectIdle() {
	p.idle = p.idle[:0]
	for _, s := range p.all {
		if s.scripted == 0 && s.flying == 0 && !s.broken {
			p.idle = append(p.idle, s)
		}
	}
}
