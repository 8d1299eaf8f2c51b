package link

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// target is a server that hands out the connections it accepts.
type target struct {
	net.Listener
	t testing.TB
}

func listen(t testing.TB) target {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { l.Close() })
	return target{l, t}
}

// accept waits for the next connection.
func (s target) accept() *net.TCPConn {
	s.t.Helper()
	must(s.t, s.Listener.(*net.TCPListener).SetDeadline(time.Now().Add(20*time.Second)))
	c, err := s.Accept()
	must(s.t, err)
	s.t.Cleanup(func() { c.Close() })
	return c.(*net.TCPConn)
}

// dial connects to a link.
func dial(t testing.TB, m *Mesh) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", m.Addr(pair))
	must(t, err)
	t.Cleanup(func() { c.Close() })
	return c.(*net.TCPConn)
}

// ends are the two ends of a new connection through a new link.
func ends(t testing.TB) (m *Mesh, dialler, accepted *net.TCPConn) {
	t.Helper()
	server := listen(t)
	m = open(t, server.Addr().String())
	return m, dial(t, m), server.accept()
}

// send writes all of it.
func send(t testing.TB, c net.Conn, text string) {
	t.Helper()
	_, err := io.WriteString(c, text)
	must(t, err)
}

// expect reads exactly the text.
func expect(t testing.TB, c net.Conn, text string) {
	t.Helper()
	must(t, c.SetReadDeadline(time.Now().Add(20*time.Second)))
	got := make([]byte, len(text))
	if n, err := io.ReadFull(c, got); err != nil || string(got) != text {
		t.Fatalf("got %q (%v), want %q", got[:n], err, text)
	}
}

// expectSilence reads nothing for a while, not even an end.
func expectSilence(t testing.TB, c net.Conn) {
	t.Helper()
	must(t, c.SetReadDeadline(time.Now().Add(100*time.Millisecond)))
	n, err := c.Read(make([]byte, 1))
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("got %d bytes, %v, through a silent path", n, err)
	}
}

// expectEnd reads the end of the stream.
func expectEnd(t testing.TB, c net.Conn) {
	t.Helper()
	must(t, c.SetReadDeadline(time.Now().Add(20*time.Second)))
	if n, err := c.Read(make([]byte, 1)); err != io.EOF {
		t.Fatalf("got %d bytes, %v, want the end", n, err)
	}
}

// expectReset reads until the connection is reset.
func expectReset(t testing.TB, c net.Conn) {
	t.Helper()
	must(t, c.SetReadDeadline(time.Now().Add(20*time.Second)))
	if _, err := io.Copy(io.Discard, c); !errors.Is(err, syscall.ECONNRESET) {
		t.Fatalf("the connection ended with %v, want a reset", err)
	}
}
