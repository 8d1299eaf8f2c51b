package link

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// roundTrip is how long an echo takes.
func roundTrip(t testing.TB, c net.Conn) time.Duration {
	t.Helper()
	begun := time.Now()
	send(t, c, "ping")
	expect(t, c, "ping")
	return time.Since(begun)
}

// A delay is never too short: from the first byte sent after it was set, with the base latency, and with jitter.
func TestDelay(t *testing.T) {
	m := open(t, echo(t))
	c := dial(t, m)
	roundTrip(t, c)
	must(t, m.Base(0, 1, 5*time.Millisecond, 0))
	must(t, m.Base(1, 0, 3*time.Millisecond, time.Millisecond))
	atLeast := func(ms time.Duration) {
		t.Helper()
		for range 10 {
			if got := roundTrip(t, c); got < ms*time.Millisecond {
				t.Errorf("there and back in %v, want at least %d ms", got, ms)
			}
		}
	}
	atLeast(8)
	must(t, m.Delay(0, 1, 10*time.Millisecond, 2*time.Millisecond))
	atLeast(18)
	must(t, m.Delay(1, 0, 7*time.Millisecond, 0))
	atLeast(25)
	m.HealAll()
	atLeast(8)
	if _, err := m.Counters(0, 2); err == nil {
		t.Error("counters of a link that is not there")
	}
	for _, err := range []error{
		m.Delay(0, 1, -1, 0), m.Base(0, 1, 0, -1), m.Bandwidth(0, 1, 0), m.Delay(0, 2, 0, 0), m.Reset(3, 4), m.Heal(1, 1),
	} {
		if err == nil {
			t.Error("a setting that makes no sense was taken")
		}
	}
}

// A narrow path passes no more than it may: so many bytes take at least so long.
func TestBandwidth(t *testing.T) {
	const rate, size = 1 << 20, 300 << 10
	m, dialler, accepted := ends(t)
	must(t, m.Bandwidth(0, 1, rate))
	begun := time.Now()
	go func() {
		_, _ = io.WriteString(dialler, strings.Repeat("x", size))
		_ = dialler.CloseWrite()
	}()
	n, err := io.Copy(io.Discard, accepted)
	took := time.Since(begun)
	if n != size || err != nil {
		t.Fatalf("got %d bytes, %v", n, err)
	}
	if least := time.Duration(size*int64(time.Second)/rate) - credit; took < least {
		t.Errorf("%d bytes at %d per second in %v, want at least %v", size, rate, took, least)
	}
	t.Logf("%d bytes at %d per second in %v", size, rate, took)
}

// What waits in front of a narrow path does not wait for it any more once it is healed.
func TestBandwidthHealed(t *testing.T) {
	m, dialler, accepted := ends(t)
	must(t, m.Bandwidth(0, 1, 10))
	text := strings.Repeat("x", 100<<10) // would take hours
	send(t, dialler, text)
	expect(t, accepted, "x")
	must(t, m.Heal(0, 1))
	expect(t, accepted, text[1:])
}
