package link

import (
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/stream"
	"github.com/Shopify/toxiproxy/v2/toxics"
)

// flow is one direction of a connection. Toxiproxy reads from it and writes to it, its toxic is in between.
type flow struct {
	conn   *connection
	path   *path
	source io.Reader
	dest   *net.TCPConn
	failed atomic.Bool // the source ended with an error, not with its end
}

func newFlow(c *connection, p *path, source io.Reader, dest *net.TCPConn) *flow {
	return &flow{conn: c, path: p, source: source, dest: dest}
}

// start lets the stream run through its toxic. Two ends report to the connection: the toxic and the writer.
func (f *flow) start(collection *toxiproxy.ToxicCollection, direction stream.Direction) {
	registerToxic()
	wrapper, err := collection.AddToxicJson(strings.NewReader(`{"type":"` + toxicType + `","stream":"` + direction.String() + `"}`))
	if err != nil {
		panic("link: toxiproxy refuses its toxic: " + err.Error()) // a constant text
	}
	wrapper.Toxic.(*pathToxic).flow = f
	f.conn.streams.Add(2)
	collection.StartLink(f.conn.link.server, direction.String(), f, f, direction)
}

// Read takes bytes from the source.
func (f *flow) Read(b []byte) (int, error) {
	n, err := f.source.Read(b)
	if err != nil && err != io.EOF {
		f.failed.Store(true)
	}
	return n, err
}

// Write delivers bytes. When the receiver takes no more the connection is over, in both directions.
func (f *flow) Write(b []byte) (int, error) {
	n, err := f.dest.Write(b)
	f.path.bytes.Add(int64(n))
	if err != nil {
		f.conn.abort()
	}
	return n, err
}

// Close is called once, when all that the source sent is delivered: it passes on how the source ended.
func (f *flow) Close() error {
	defer f.conn.streams.Done()
	if f.failed.Load() {
		f.conn.abort()
		return nil
	}
	return f.dest.CloseWrite()
}

const toxicType = "blink_path"

// registerToxic makes the toxic known to toxiproxy, which can add toxics by name only.
var registerToxic = sync.OnceFunc(func() { toxics.Register(toxicType, new(pathToxic)) })

// pathToxic lets a flow behave as its path does.
type pathToxic struct{ flow *flow }

// Pipe runs until the flow has ended and all of it is passed on. Nobody interrupts it, since no toxic is ever added or
// removed beside it.
func (t *pathToxic) Pipe(stub *toxics.ToxicStub) {
	defer t.flow.conn.streams.Done()
	newQueue(t.flow.path, t.flow.conn.link.alarm).run(stub.Input, stub.Output, t.flow.conn.ctx.Done())
	stub.Close()
}
