package link

import (
	"io"
	"net"
	"slices"
	"testing"
	"time"
)

// BenchmarkRoundTrip measures what a link adds to a round trip of 128 bytes: nothing but itself, and a delay of 10 ms
// each way. The difference to the direct connection is two hops. An idle process, which a delayed one is, takes longer
// to wake up.
func BenchmarkRoundTrip(b *testing.B) {
	target := echo(b)
	m := open(b, target)
	for _, c := range []struct {
		name    string
		address string
		latency time.Duration
		pause   time.Duration
	}{
		{"direct", target, 0, 0}, {"link", m.Addr(pair), 0, 0},
		{"direct-idle", target, 0, 10 * time.Millisecond}, {"link-idle", m.Addr(pair), 0, 10 * time.Millisecond},
		{"delay-10ms", m.Addr(pair), 10 * time.Millisecond, 0},
	} {
		b.Run(c.name, func(b *testing.B) {
			must(b, m.Delay(0, 1, c.latency, 0))
			must(b, m.Delay(1, 0, c.latency, 0))
			conn, err := net.Dial("tcp", c.address)
			must(b, err)
			defer conn.Close()
			var took []time.Duration
			buf := make([]byte, 128)
			for b.Loop() {
				time.Sleep(c.pause)
				begun := time.Now()
				_, err := conn.Write(buf)
				must(b, err)
				_, err = io.ReadFull(conn, buf)
				must(b, err)
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			for _, q := range []struct {
				name string
				at   float64
			}{{"p50-µs", 0.5}, {"p99-µs", 0.99}, {"min-µs", 0}} {
				b.ReportMetric(float64(took[int(q.at*float64(len(took)-1))].Nanoseconds())/1e3, q.name)
			}
		})
	}
}
