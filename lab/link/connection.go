package link

import (
	"bytes"
	"context"
	"io"
	"net"
	"sync"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/stream"
)

// dialTimeout bounds setting up a connection to the node that is dialled, on the same machine, and so what Close may
// have to wait for: only when the node has stopped accepting does it take longer than a moment.
const dialTimeout = time.Second

// connection is one TCP connection of a link: two sockets, and a stream in each direction.
type connection struct {
	link    *pairLink
	ctx     context.Context // ends when the connection is aborted
	kill    context.CancelFunc
	streams sync.WaitGroup

	mu      sync.Mutex
	dead    bool
	sockets []*net.TCPConn // the dialler's, and the target's once there is one
}

func newConnection(l *pairLink, dialler *net.TCPConn) *connection {
	c := &connection{link: l, sockets: []*net.TCPConn{dialler}}
	c.ctx, c.kill = context.WithCancel(context.Background())
	return c
}

// abort resets both ends.
func (c *connection) abort() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dead = true
	c.kill()
	for _, s := range c.sockets {
		abort(s)
	}
}

// run carries the connection until both ends have closed it, or it is aborted.
func (c *connection) run() {
	defer c.kill()
	dialler := c.sockets[0]
	early, ok := c.awaitPaths(dialler)
	if !ok {
		c.abort()
		return
	}
	target, ok := c.dial()
	if !ok {
		c.abort()
		return
	}
	defer func() {
		dialler.Close()
		target.Close()
	}()
	toxic := toxiproxy.NewToxicCollection(c.link.proxy)
	there := newFlow(c, c.link.path(c.link.a), io.MultiReader(bytes.NewReader(early), dialler), target)
	back := newFlow(c, c.link.path(c.link.b), target, dialler)
	there.start(toxic, stream.Upstream)
	back.start(toxic, stream.Downstream)
	c.streams.Wait()
}

// dial connects to the target. It is not broken off when the connection is aborted, because it may have come about by
// then, and is to be reset, not closed.
func (c *connection) dial() (*net.TCPConn, bool) {
	socket, err := net.DialTimeout("tcp", c.link.target, dialTimeout)
	if err != nil {
		return nil, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sockets = append(c.sockets, socket.(*net.TCPConn))
	if c.dead {
		abort(socket.(*net.TCPConn))
	}
	return socket.(*net.TCPConn), !c.dead
}
