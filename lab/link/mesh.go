// Package link runs the connections between the nodes of a network through proxies of its own, one per pair of nodes,
// and makes them misbehave on demand: late, slow, silent or reset. The proxies listen on loopback in this process;
// nothing of the machine's network is changed and no privilege is needed.
//
// The streams run through Toxiproxy (github.com/Shopify/toxiproxy, MIT), used as a library. Its own toxics are not
// used: timeout drops bytes from the middle of a stream, which no network does and no encrypted connection survives;
// latency and bandwidth lose bytes, or their delay, when they are taken off a running stream. Here one toxic stays on
// each stream for its whole life and does what the settings of its path say at the moment. Nor is its listener used,
// which cannot reset a connection and gives up its port to refuse one.
//
// A path is a TCP stream, and stays one: whatever was sent arrives once, in order and unchanged, however often the
// faults change, unless the connection is reset. What a real network does below TCP is not played: no packet is lost
// and sent again, so that after a silence bytes flow at once instead of at the next retransmission, and setting up a
// connection costs no round trip.
package link

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"sync"
	"time"
)

// Pair is two nodes and the one link between them. A < B; A dials B, never the other way.
type Pair struct{ A, B int }

// PairOf is the pair of two nodes, in any order.
func PairOf(i, j int) Pair { return Pair{A: min(i, j), B: max(i, j)} }

func (p Pair) String() string { return fmt.Sprintf("%d-%d", p.A, p.B) }

// Mesh is the links of a network. All its methods may be called at the same time from anywhere; a fault that is there
// already is replaced, healing what is whole does nothing. Faults are per direction: from one node to another.
type Mesh struct {
	links map[Pair]*pairLink // never changes
	alarm *alarm
	close sync.Once
}

// Counters is what has happened on a path since Open.
type Counters struct {
	Bytes       int64 // delivered to the receiving node's end
	Connections int   // opened on the link, in either direction
	Open        int   // open on the link now
}

// Open begins to listen for every pair, on a free loopback port each. A target, host:port of node B, is dialled when A
// connects, so it need not be there yet; a connection to a target that is not there is closed at once.
func Open(targets map[Pair]string) (*Mesh, error) {
	alarm, err := newAlarm()
	if err != nil {
		return nil, err
	}
	m := &Mesh{links: map[Pair]*pairLink{}, alarm: alarm}
	for pair, target := range targets {
		if pair.A < 0 || pair.A >= pair.B {
			m.Close()
			return nil, fmt.Errorf("link %s: must be two nodes, the lower number first", pair)
		}
		l, err := openLink(pair, target, alarm)
		if err != nil {
			m.Close()
			return nil, fmt.Errorf("link %s: %w", pair, err)
		}
		m.links[pair] = l
	}
	return m, nil
}

// Pairs lists the links, in order.
func (m *Mesh) Pairs() []Pair {
	return slices.SortedFunc(maps.Keys(m.links), func(x, y Pair) int {
		if x.A != y.A {
			return x.A - y.A
		}
		return x.B - y.B
	})
}

// Addr is where A of a pair dials to reach B: host:port. It is "" for a pair without a link.
func (m *Mesh) Addr(p Pair) string {
	l, ok := m.links[p]
	if !ok {
		return ""
	}
	return l.listener.Addr().String()
}

// Close ends every connection and stops listening. When it returns nothing of the mesh is left running.
func (m *Mesh) Close() {
	m.close.Do(func() {
		for _, l := range m.links {
			l.shut()
		}
		for _, l := range m.links {
			l.running.Wait()
		}
		m.alarm.close()
	})
}

// link finds the link between two nodes.
func (m *Mesh) link(i, j int) (*pairLink, error) {
	l, ok := m.links[PairOf(i, j)]
	if !ok {
		return nil, fmt.Errorf("no link between node %d and node %d", i, j)
	}
	return l, nil
}

// path finds one direction of a link.
func (m *Mesh) path(from, to int) (*path, error) {
	l, err := m.link(from, to)
	if err != nil {
		return nil, err
	}
	return l.path(from), nil
}

// errNegative refuses a setting below zero.
var errNegative = errors.New("must not be negative")

// Counters tells what has happened on a path.
func (m *Mesh) Counters(from, to int) (Counters, error) {
	l, err := m.link(from, to)
	if err != nil {
		return Counters{}, err
	}
	return l.counters(from), nil
}

// A delay is at least latency and at most latency + jitter late, evenly spread, but never overtakes what was sent
// before it.
type delay struct{ latency, jitter time.Duration }

func newDelay(latency, jitter time.Duration) (delay, error) {
	if latency < 0 {
		return delay{}, fmt.Errorf("latency %v: %w", latency, errNegative)
	}
	if jitter < 0 {
		return delay{}, fmt.Errorf("jitter %v: %w", jitter, errNegative)
	}
	return delay{latency, jitter}, nil
}

// loopback is where every link listens.
var loopback = net.JoinHostPort("127.0.0.1", "0")
