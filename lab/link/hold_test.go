package link

import (
	"errors"
	"io"
	"os"
	"testing"
	"time"
)

func TestHold(t *testing.T) {
	m, dialler, accepted := ends(t)
	must(t, m.Hold(0, 1))
	must(t, m.Hold(0, 1)) // again changes nothing
	send(t, dialler, "there")
	expectSilence(t, accepted)
	send(t, accepted, "back")
	expect(t, dialler, "back")

	must(t, dialler.CloseWrite())
	expectSilence(t, accepted)
	must(t, m.Heal(0, 1))
	expect(t, accepted, "there")
	expectEnd(t, accepted)
	send(t, accepted, "still")
	expect(t, dialler, "still")
}

// What waits on a held path is bounded: the sender has to wait, and nothing that it was allowed to send is lost.
func TestHoldPushesBack(t *testing.T) {
	m, dialler, accepted := ends(t)
	must(t, m.Hold(0, 1))
	must(t, dialler.SetWriteDeadline(time.Now().Add(300*time.Millisecond)))
	sent, err := dialler.Write(make([]byte, 64<<20))
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("sent %d bytes into a held path, %v", sent, err)
	}
	must(t, dialler.CloseWrite())
	m.HealAll()
	got, err := io.Copy(io.Discard, accepted)
	if err != nil || got != int64(sent) {
		t.Errorf("sent %d bytes, got %d, %v", sent, got, err)
	}
}

// A connection that is opened over a held path comes about when it is free.
func TestDialOverHeldPath(t *testing.T) {
	for _, direction := range [][2]int{{0, 1}, {1, 0}} {
		server := listen(t)
		m := open(t, server.Addr().String())
		must(t, m.Hold(direction[0], direction[1]))

		gone := dial(t, m) // gives up before the path is free
		send(t, gone, "hello?")
		gone.Close()
		await(t, "the dialler that gave up is forgotten", func() bool {
			c, err := m.Counters(0, 1)
			must(t, err)
			return c.Connections == 1 && c.Open == 0
		})

		patient := dial(t, m)
		send(t, patient, "hello")
		expectSilence(t, patient)
		must(t, m.Heal(direction[0], direction[1]))
		accepted := server.accept()
		expect(t, accepted, "hello")
		send(t, accepted, "yes")
		expect(t, patient, "yes")
	}
}

// await waits for a condition.
func await(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("still not: %s", what)
		}
	}
}
