package node

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/p2p/conn"
	"github.com/cometbft/cometbft/version"
)

// At each look a peer that stays away is either dialled (x) or not (.).
func TestWhenAPeerIsDue(t *testing.T) {
	for _, c := range []struct {
		about              string
		headStart, longest int
		looks, want        string // + it is connected, - it is not
	}{
		{"down for long", 0, 4, "--------------------", "xx.x...x...x...x...x"},
		{"it is for the other to begin", 1, 4, "------------", ".xx.x...x..."},
		{"the longest pause is no longer than a look", 0, 1, "-----", "xxxxx"},
		{"gone, back for long, gone", 0, 4, "-----++++---", "xx.x.....xx."},
		{"never there for long", 0, 4, "-+-+-+-+-+-+-+-+-+", "x.x...x.......x..."},
		{"back for long, then the other begins", 1, 4, "-++++--", "......x"},
	} {
		p := &sought{headStart: c.headStart, wait: c.headStart, pause: 1}
		got := ""
		for _, state := range c.looks {
			if p.due(state == '+', c.longest) {
				got += "x"
			} else {
				got += "."
			}
		}
		if got != c.want {
			t.Errorf("%s: %s\nwas dialled %s\nwant        %s", c.about, c.looks, got, c.want)
		}
	}
}

func TestParsePeers(t *testing.T) {
	got, err := parsePeers(" aa@alpha:1, tcp://cc@[::1]:26656 ,bb@10.0.0.1:2,", "bb")
	if err != nil || len(got) != 2 {
		t.Fatalf("%d peers, %v", len(got), err)
	}
	if p := got[0]; p.id != "aa" || p.host != "alpha" || p.port != 1 || p.headStart != 1 {
		t.Errorf("%+v", p)
	}
	if p := got[1]; p.id != "cc" || p.host != "::1" || p.port != 26656 || p.headStart != 0 {
		t.Errorf("%+v", p)
	}
	for _, wrong := range []string{"alpha:1", "aa@alpha", "aa@:1", "@alpha:1", "aa@alpha:port", "aa@alpha:65536"} {
		if _, err := parsePeers("bb@beta:1,"+wrong, "cc"); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("has %q", wrong)) {
			t.Errorf("%s: error %v", wrong, err)
		}
	}
}

// station is CometBFT's switch alone, listening.
type station struct {
	*p2p.Switch
	transport *p2p.MultiplexTransport
	address   *p2p.NetAddress
	stopped   bool
}

// stationKeys are in the order of their IDs.
func stationKeys(n int) []p2p.NodeKey {
	var keys []p2p.NodeKey
	for i := range n {
		seed := sha256.Sum256(fmt.Appendf(nil, "station %d", i))
		keys = append(keys, p2p.NodeKey{PrivKey: ed25519.GenPrivKeyFromSecret(seed[:])})
	}
	slices.SortFunc(keys, func(a, b p2p.NodeKey) int { return strings.Compare(string(a.ID()), string(b.ID())) })
	return keys
}

func startStation(t *testing.T, key p2p.NodeKey, listen, peers string) *station {
	t.Helper()
	address, err := p2p.NewNetAddressString(p2p.IDAddressString(key.ID(), listen))
	if err != nil {
		t.Fatal(err)
	}
	cfg := cmtcfg.DefaultP2PConfig()
	cfg.AllowDuplicateIP = true
	info := p2p.DefaultNodeInfo{
		ProtocolVersion: p2p.NewProtocolVersion(version.P2PProtocol, version.BlockProtocol, 0),
		DefaultNodeID:   key.ID(), ListenAddr: listen, Network: "stations", Version: "1", Channels: []byte{1}, Moniker: "station",
		Other: p2p.DefaultNodeInfoOther{TxIndex: "off"},
	}
	s := &station{transport: p2p.NewMultiplexTransport(info, key, p2p.MConnConfig(cfg)), address: address}
	if err := s.transport.Listen(*address); err != nil {
		t.Fatal(err)
	}
	s.Switch = p2p.NewSwitch(cfg, s.transport)
	s.SetNodeInfo(info)
	s.SetNodeKey(&key)
	reactor := &silence{}
	reactor.BaseReactor = *p2p.NewBaseReactor("silence", reactor)
	s.AddReactor("silence", reactor)
	if err := s.AddPersistentPeers(strings.FieldsFunc(peers, func(r rune) bool { return r == ',' })); err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.stop(t) })
	return s
}

func (s *station) stop(t *testing.T) {
	if s.stopped {
		return
	}
	s.stopped = true
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	if err := s.transport.Close(); err != nil {
		t.Error(err)
	}
}

// silence has a channel on which nothing is said.
type silence struct{ p2p.BaseReactor }

func (*silence) GetChannels() []*conn.ChannelDescriptor {
	return []*conn.ChannelDescriptor{{ID: 1, Priority: 1}}
}

// seek runs a redial for a station until the test is over.
func (s *station) seek(t *testing.T, peers string, change func(*redial)) {
	t.Helper()
	cfg := cmtcfg.DefaultP2PConfig()
	cfg.PersistentPeers, cfg.PersistentPeersMaxDialPeriod = peers, 2*time.Second
	r, err := newRedial(cfg, s.NodeInfo().ID(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	r.sw = s
	if change != nil {
		change(r)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		within(t, 10*time.Second, "no goroutine left", func() bool {
			stacks := make([]byte, 4<<20)
			return !strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), "(*redial)")
		})
	})
}

// within waits for something and returns how long it took.
func within(t *testing.T, limit time.Duration, what string, done func() bool) time.Duration {
	t.Helper()
	begun := time.Now()
	for !done() {
		if time.Since(begun) > limit {
			t.Fatalf("after %v still not: %s", limit, what)
		}
		time.Sleep(10 * time.Millisecond)
	}
	return time.Since(begun)
}

func freeAddress(t *testing.T, host string) string {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Skipf("no second address on this machine: %v", err)
	}
	defer l.Close()
	return l.Addr().String()
}

// A peer that restarts is found before CometBFT would have looked again. Only
// one end dials, whichever ID is the lower.
func TestARestartedPeerIsFoundSoon(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for seconds")
	}
	keys := stationKeys(2)
	for _, order := range [][2]int{{0, 1}, {1, 0}} {
		t.Run(fmt.Sprintf("dialler %d", order[0]), func(t *testing.T) {
			listen := freeAddress(t, "127.0.0.1")
			b := startStation(t, keys[order[1]], listen, "")
			a := startStation(t, keys[order[0]], freeAddress(t, "127.0.0.1"), b.address.String())
			a.seek(t, b.address.String(), nil)
			has := func() bool { return a.Peers().Has(b.address.ID) }
			within(t, 20*time.Second, "connected", has)
			for try := 1; ; try++ {
				time.Sleep(2500 * time.Millisecond) // long enough for its pauses to be forgotten
				b.stop(t)
				within(t, 20*time.Second, "lost", func() bool { return !has() })
				time.Sleep(300 * time.Millisecond) // CometBFT's first attempt fails
				b = startStation(t, keys[order[1]], listen, "")
				took := within(t, 20*time.Second, "connected again", has)
				t.Logf("try %d: connected again after %v", try, took)
				if took < 4*time.Second { // CometBFT's second is 5 to 8 s after its first
					return
				}
				if try == 3 {
					t.Fatal("CometBFT alone would have been as fast")
				}
			}
		})
	}
}

// A peer that comes back at another address is found by its name; CometBFT
// has only the address that the name had at the start.
func TestAPeerThatMovedIsFoundByItsName(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for seconds")
	}
	keys := stationKeys(2)
	first := freeAddress(t, "127.0.0.1")
	_, port, err := net.SplitHostPort(first)
	if err != nil {
		t.Fatal(err)
	}
	var address atomic.Pointer[netip.Addr]
	is := func(host string) { a := netip.MustParseAddr(host); address.Store(&a) }
	is("127.0.0.1")

	b := startStation(t, keys[1], first, "")
	a := startStation(t, keys[0], freeAddress(t, "127.0.0.1"), b.address.String())
	a.seek(t, fmt.Sprintf("%s@beta.example:%s", b.address.ID, port), func(r *redial) {
		r.lookup = func(_ context.Context, _, host string) ([]netip.Addr, error) {
			if host != "beta.example" {
				t.Errorf("looked up %s", host)
			}
			return []netip.Addr{*address.Load()}, nil
		}
	})
	has := func() bool { return a.Peers().Has(b.address.ID) }
	within(t, 20*time.Second, "connected", has)
	b.stop(t)
	within(t, 20*time.Second, "lost", func() bool { return !has() })
	freeAddress(t, "127.0.0.2")
	b = startStation(t, keys[1], net.JoinHostPort("127.0.0.2", port), "")
	is("127.0.0.2")
	within(t, 30*time.Second, "connected at its new address", has)
	if got := a.Peers().Get(b.address.ID).SocketAddr().IP.String(); got != "127.0.0.2" {
		t.Errorf("connected to %s", got)
	}
}

// A name with several addresses is tried at each in turn, one attempt at a
// time, and an attempt that hangs is not joined by another.
func TestAttemptsAreOneAtATime(t *testing.T) {
	keys := stationKeys(2)
	a := startStation(t, keys[0], freeAddress(t, "127.0.0.1"), "")
	b := startStation(t, keys[1], freeAddress(t, "127.0.0.1"), "")
	var lookups atomic.Int32
	hang := make(chan struct{})
	cfg := cmtcfg.DefaultP2PConfig()
	cfg.PersistentPeersMaxDialPeriod = 2 * time.Second
	cfg.PersistentPeers = fmt.Sprintf("%s@beta.example:%d", b.address.ID, b.address.Port)
	r, err := newRedial(cfg, keys[0].ID(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	r.sw = a
	r.lookup = func(context.Context, string, string) ([]netip.Addr, error) {
		lookups.Add(1)
		<-hang
		return []netip.Addr{netip.MustParseAddr("::1"), netip.MustParseAddr("127.0.0.1")}, nil
	}
	for range 20 {
		r.look(t.Context())
	}
	within(t, 10*time.Second, "one lookup", func() bool { return lookups.Load() == 1 })
	for range 20 {
		r.look(t.Context())
	}
	close(hang)
	for !a.Peers().Has(b.address.ID) {
		<-r.peers[0].attempt
		r.look(t.Context())
		if lookups.Load() > 4 {
			t.Fatal("neither address was good")
		}
	}
	dialled := lookups.Load()
	for range 20 {
		r.look(t.Context()) // nobody is missing
	}
	if got := lookups.Load(); got != dialled {
		t.Errorf("%d attempts, then %d more with the peer connected", dialled, got-dialled)
	}
}

// 0 is CometBFT's word for no maximum: all is left to it.
func TestNoRedial(t *testing.T) {
	cfg := cmtcfg.DefaultP2PConfig()
	cfg.PersistentPeers, cfg.PersistentPeersMaxDialPeriod = "aa@alpha:1", 0
	r, err := newRedial(cfg, "bb", slog.New(slog.DiscardHandler))
	if err != nil || len(r.peers) != 0 {
		t.Fatalf("seeks %d peers, %v", len(r.peers), err)
	}
	r.run(t.Context()) // returns
}
