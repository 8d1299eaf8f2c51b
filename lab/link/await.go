package link

import (
	"net"
	"time"
)

// maxEarly bounds what a dialler may send on a connection that has not come about yet: the first bytes of a handshake,
// and a TCP window for who does not wait for an answer.
const maxEarly = 64 << 10

// awaitPaths waits until neither direction is held, for the packets that set up a connection travel in both. It
// returns what the dialler has sent meanwhile, or false if the dialler has gone or the connection was aborted: the
// target never hears of it then, as in a network that loses every packet.
func (c *connection) awaitPaths(dialler *net.TCPConn) ([]byte, bool) {
	wait := c.held()
	if wait == nil {
		return nil, true
	}
	var early []byte
	gone := make(chan struct{})
	read := make(chan struct{})
	go func() {
		defer close(read)
		buf := make([]byte, maxEarly)
		n, err := 0, error(nil)
		for err == nil && n < len(buf) {
			var m int
			m, err = dialler.Read(buf[n:])
			n += m
		}
		early = buf[:n]
		if timeout, ok := err.(net.Error); err != nil && !(ok && timeout.Timeout()) {
			close(gone)
		}
	}()
	for ; wait != nil; wait = c.held() {
		select {
		case <-wait:
		case <-gone:
			return nil, false
		case <-c.ctx.Done():
			<-read
			return nil, false
		}
	}
	_ = dialler.SetReadDeadline(time.Unix(1, 0)) // ends the read
	<-read
	_ = dialler.SetReadDeadline(time.Time{})
	return early, c.ctx.Err() == nil
}

// held returns what is closed when a direction that is held has changed, or nil if none is.
func (c *connection) held() <-chan struct{} {
	for _, p := range c.link.from {
		if s, changed := p.settings(); s.held {
			return changed
		}
	}
	return nil
}
