package link

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"
)

// Whatever faults come and go, short of a reset: what arrives is what was sent, in both directions.
func TestStreamsSurviveFaults(t *testing.T) {
	const streams, size = 4, 1 << 20
	server := listen(t)
	m := open(t, server.Addr().String())
	var ends []*net.TCPConn
	for range streams {
		ends = append(ends, dial(t, m), server.accept())
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		disturb(t, m, rand.New(rand.NewPCG(1, 2)), stop)
	}()
	var work sync.WaitGroup
	for i, end := range ends {
		rng := rand.New(rand.NewPCG(3, uint64(i)))
		work.Go(func() { sendStream(t, end, content(i, size), rng) })
		work.Go(func() {
			got, err := io.ReadAll(end)
			if want := content(i^1, size); err != nil || !bytes.Equal(got, want) {
				t.Errorf("end %d: got %d bytes of %d, %v", i, len(got), len(want), err)
			}
		})
	}
	work.Wait()
	close(stop)
	<-stopped
	await(t, "all connections have ended", func() bool {
		c, err := m.Counters(0, 1)
		must(t, err)
		return c.Open == 0 && c.Bytes == streams*size && c.Connections == streams
	})
}

// content is what end i sends.
func content(i, size int) []byte {
	b := make([]byte, size)
	rng := rand.NewChaCha8([32]byte{byte(i)})
	_, _ = rng.Read(b)
	return b
}

// sendStream sends in pieces of all sizes.
func sendStream(t *testing.T, c *net.TCPConn, b []byte, rng *rand.Rand) {
	for len(b) > 0 {
		n := min(len(b), 1+rng.IntN(1<<rng.IntN(16)))
		if _, err := c.Write(b[:n]); err != nil {
			t.Error(err)
			return
		}
		b = b[n:]
		if rng.IntN(20) == 0 {
			time.Sleep(time.Duration(rng.IntN(2000)) * time.Microsecond)
		}
	}
	if err := c.CloseWrite(); err != nil {
		t.Error(err)
	}
}

// disturb changes what can be changed without a reset, until it is stopped; then it heals.
func disturb(t *testing.T, m *Mesh, rng *rand.Rand, stop <-chan struct{}) {
	defer m.HealAll()
	ms := func(n int) time.Duration { return time.Duration(rng.IntN(n)) * time.Millisecond }
	for {
		from := rng.IntN(2)
		var err error
		switch rng.IntN(8) {
		case 0, 1:
			err = m.Hold(from, 1-from)
		case 2:
			err = m.Delay(from, 1-from, ms(10), ms(10))
		case 3:
			err = m.Base(from, 1-from, ms(5), ms(5))
		case 4:
			err = m.Bandwidth(from, 1-from, 1<<(10+rng.IntN(15)))
		case 5:
			m.HealAll()
		default:
			err = m.Heal(from, 1-from)
		}
		if err != nil {
			t.Error(err)
		}
		select {
		case <-stop:
			return
		case <-time.After(ms(15)):
		}
	}
}

// A mesh leaves nothing running, whatever is under way when it is closed, and may be changed meanwhile.
func TestCloseLeavesNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	for seed := range uint64(8) {
		closeInTheMiddle(t, seed)
	}
	await(t, "no goroutine is left", func() bool { return runtime.NumGoroutine() <= before })
}

// closeInTheMiddle closes a mesh whose connections are all in another state.
func closeInTheMiddle(t *testing.T, seed uint64) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	var work sync.WaitGroup
	work.Go(func() {
		for {
			c, err := server.Accept()
			if err != nil {
				return
			}
			work.Go(func() {
				defer c.Close()
				_, _ = io.Copy(c, c)
			})
		}
	})
	m, err := Open(map[Pair]string{pair: server.Addr().String(), {0, 2}: "127.0.0.1:1"})
	must(t, err)
	stop := make(chan struct{})
	work.Go(func() { disturb(t, m, rand.New(rand.NewPCG(seed, 1)), stop) })
	for i := range 6 {
		work.Go(func() {
			c, err := net.Dial("tcp", m.Addr(pair))
			if err != nil {
				return
			}
			defer c.Close()
			for err == nil && i%3 > 0 { // one in three is silent, one does not read
				if _, err = c.Write(make([]byte, 10_000)); err == nil && i%3 == 1 {
					_, err = io.ReadFull(c, make([]byte, 10_000))
				}
			}
			_, _ = io.Copy(io.Discard, c)
		})
	}
	time.Sleep(time.Duration(seed) * 5 * time.Millisecond)
	if seed%2 == 0 {
		must(t, m.Reset(0, 1))
	}
	m.Close()
	m.Close()
	close(stop)
	server.Close()
	work.Wait()
}
