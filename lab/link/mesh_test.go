package link

import (
	"bytes"
	"io"
	"net"
	"testing"
)

// pair is the link of the tests: one node dials, the other listens.
var pair = Pair{A: 0, B: 1}

// open is a mesh of one link to a target, for the time of the test.
func open(t testing.TB, target string) *Mesh {
	t.Helper()
	m, err := Open(map[Pair]string{pair: target})
	must(t, err)
	t.Cleanup(m.Close)
	return m
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// echo is a server that sends back what it receives.
func echo(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = io.Copy(c, c)
			}()
		}
	}()
	return l.Addr().String()
}

func TestEcho(t *testing.T) {
	m := open(t, echo(t))
	c, err := net.Dial("tcp", m.Addr(pair))
	must(t, err)
	defer c.Close()
	sent := bytes.Repeat([]byte("blink"), 100_000)
	go func() {
		_, _ = c.Write(sent)
		_ = c.(*net.TCPConn).CloseWrite()
	}()
	got, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(got, sent) {
		t.Fatalf("sent %d bytes, got %d back (%v)", len(sent), len(got), err)
	}
	if there, err := m.Counters(0, 1); err != nil || there.Bytes != int64(len(sent)) || there.Connections != 1 {
		t.Errorf("got %+v, %v", there, err)
	}
}

func TestOpenErrors(t *testing.T) {
	if _, err := Open(map[Pair]string{{2, 1}: "127.0.0.1:1"}); err == nil {
		t.Error("a pair in the wrong order")
	}
	m, err := Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := m.Hold(0, 1); err == nil {
		t.Error("held a link that is not there")
	}
	if m.Addr(Pair{0, 1}) != "" {
		t.Error("an address of a link that is not there")
	}
}
