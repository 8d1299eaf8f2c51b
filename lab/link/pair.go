package link

import (
	"errors"
	"net"
	"sync"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// maxConnections bounds what is open on one link at a time. Two nodes need one connection; a few more are on their way
// in or out.
const maxConnections = 64

// pairLink is the link of a pair: a listener, and what was accepted there.
type pairLink struct {
	target   string // host:port of node B
	listener net.Listener
	alarm    *alarm
	proxy    *toxiproxy.Proxy // never started: it names the streams
	server   *toxiproxy.ApiServer
	from     map[int]*path // by sending node
	a, b     int
	running  sync.WaitGroup

	mu     sync.Mutex
	refuse bool // reset, until healed
	down   bool // Close was called
	open   map[*connection]bool
	opened int
}

func openLink(pair Pair, target string, a *alarm) (*pairLink, error) {
	listener, err := net.Listen("tcp", loopback)
	if err != nil {
		return nil, err
	}
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	l := &pairLink{
		target: target, listener: listener, alarm: a, a: pair.A, b: pair.B,
		server: server, proxy: toxiproxy.NewProxy(server, pair.String(), listener.Addr().String(), target),
		from: map[int]*path{pair.A: newPath(), pair.B: newPath()},
		open: map[*connection]bool{},
	}
	l.running.Go(l.serve)
	return l, nil
}

// path is the direction that begins at a node.
func (l *pairLink) path(from int) *path { return l.from[from] }

// serve accepts connections until the listener is closed.
func (l *pairLink) serve() {
	for {
		socket, err := l.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // the process has no file descriptor left; the connection waits in the kernel
			time.Sleep(10 * time.Millisecond)
			continue
		}
		l.admit(socket.(*net.TCPConn))
	}
}

// admit starts a connection, or resets it.
func (l *pairLink) admit(socket *net.TCPConn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refuse || l.down || len(l.open) >= maxConnections {
		abort(socket)
		return
	}
	c := newConnection(l, socket)
	l.open[c] = true
	l.opened++
	l.running.Go(func() {
		c.run()
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.open, c)
	})
}

// reset ends every connection and refuses new ones.
func (l *pairLink) reset() { l.end(&l.refuse) }

// accept allows connections again after a reset.
func (l *pairLink) accept() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refuse = false
}

// shut ends the link for good, without waiting for what runs.
func (l *pairLink) shut() {
	l.listener.Close()
	l.end(&l.down)
}

// end ends every connection, after making the reason known to those that come.
func (l *pairLink) end(reason *bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	*reason = true
	for c := range l.open {
		c.abort()
	}
}

func (l *pairLink) counters(from int) Counters {
	l.mu.Lock()
	defer l.mu.Unlock()
	return Counters{Bytes: l.path(from).bytes.Load(), Connections: l.opened, Open: len(l.open)}
}

// abort closes a socket with a reset: the other end learns of it at once, and nothing more is delivered.
func abort(socket *net.TCPConn) {
	_ = socket.SetLinger(0)
	socket.Close()
}
