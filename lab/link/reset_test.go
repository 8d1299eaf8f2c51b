package link

import (
	"bytes"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

func TestReset(t *testing.T) {
	server := listen(t)
	m := open(t, server.Addr().String())
	dialler, accepted := dial(t, m), server.accept()
	must(t, m.Hold(0, 1)) // a silent path is reset as well
	must(t, m.Reset(1, 0))
	must(t, m.Reset(0, 1))
	expectReset(t, dialler)
	expectReset(t, accepted)
	expectRefusal(t, m)

	must(t, m.Heal(0, 1))
	dialler, accepted = dial(t, m), server.accept()
	send(t, dialler, "hello")
	expect(t, accepted, "hello")
}

// expectRefusal dials and is turned away without a byte.
func expectRefusal(t *testing.T, m *Mesh) {
	t.Helper()
	c, err := net.Dial("tcp", m.Addr(pair))
	if err != nil {
		return
	}
	defer c.Close()
	must(t, c.SetReadDeadline(time.Now().Add(20*time.Second)))
	if n, err := c.Read(make([]byte, 1)); err == nil || err == io.EOF {
		t.Errorf("read %d bytes, %v, on a connection that was to be refused", n, err)
	}
}

// A target that is down refuses; when it is there again, on the same address, it is reached.
func TestTargetDown(t *testing.T) {
	server := listen(t)
	m := open(t, server.Addr().String())
	server.Close()
	expectRefusal(t, m)
	again, err := net.Listen("tcp", server.Addr().String())
	must(t, err)
	defer again.Close()
	dialler, accepted := dial(t, m), target{again, t}.accept()
	send(t, accepted, "back")
	expect(t, dialler, "back")
}

// A reset by one end, as of a process that was killed, reaches the other.
func TestResetByAnEnd(t *testing.T) {
	_, dialler, accepted := ends(t)
	send(t, dialler, "hello")
	expect(t, accepted, "hello")
	abort(accepted)
	expectReset(t, dialler)
}

func TestConnectionsAreBounded(t *testing.T) {
	server := listen(t)
	m := open(t, server.Addr().String())
	for range maxConnections {
		dial(t, m)
		server.accept()
	}
	expectRefusal(t, m)
}

// A reset loses the end of a stream, never its middle: what arrives is how the stream began.
func TestResetCutsTheEnd(t *testing.T) {
	server := listen(t)
	m := open(t, server.Addr().String())
	for i := range 20 {
		must(t, m.Bandwidth(0, 1, 10<<20))
		dialler, accepted := dial(t, m), server.accept()
		sent := content(i, 1<<20)
		go func() { _, _ = dialler.Write(sent) }()
		time.AfterFunc(time.Duration(i)*time.Millisecond, func() { _ = m.Reset(0, 1) })
		must(t, accepted.SetReadDeadline(time.Now().Add(20*time.Second)))
		got, err := io.ReadAll(accepted)
		if !bytes.HasPrefix(sent, got) || !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("reset after %d ms: %d bytes arrived, %v", i, len(got), err)
		}
		m.HealAll()
	}
}
