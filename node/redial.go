package node

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/p2p"
)

const (
	// redialLook is how often the node looks for peers that are missing, give
	// or take a fifth: two nodes that miss each other must not keep step.
	redialLook = 500 * time.Millisecond
	// lookupPatience is how long an attempt waits for the address of a name.
	lookupPatience = 2 * time.Second
)

// redial dials the persistent peers that are missing, soon and for as long as
// they are. CometBFT's own attempts come every 5 to 8 s, then ever more seldom,
// and only to the addresses that names had when the node started
// (docs/adr/0008-redial.md).
type redial struct {
	sw      dialer
	lookup  func(ctx context.Context, network, host string) ([]netip.Addr, error)
	longest int // pause between two attempts, in looks
	peers   []*sought
	logger  *slog.Logger
}

// dialer is what a redial needs of CometBFT's switch. The switch refuses to
// dial a peer that it is dialling or has already.
type dialer interface {
	Peers() p2p.IPeerSet
	DialPeerWithAddress(*p2p.NetAddress) error
}

// newRedial is for the node with this ID. It seeks nobody, and leaves all to
// CometBFT, if p2p.persistent_peers_max_dial_period is 0.
func newRedial(c *cmtcfg.P2PConfig, own p2p.ID, logger *slog.Logger) (*redial, error) {
	r := &redial{
		lookup:  net.DefaultResolver.LookupNetIP,
		longest: max(1, int(c.PersistentPeersMaxDialPeriod/redialLook)),
		logger:  logger,
	}
	if c.PersistentPeersMaxDialPeriod == 0 || c.LibP2PConfig.Enabled {
		return r, nil
	}
	var err error
	r.peers, err = parsePeers(c.PersistentPeers, own)
	return r, err
}

// run dials until ctx ends. It does not wait for attempts that are under way
// then: see dial.
func (r *redial) run(ctx context.Context) {
	if len(r.peers) == 0 {
		return
	}
	for {
		select {
		case <-time.After(redialLook*4/5 + rand.N(redialLook*2/5)):
			r.look(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// look begins the attempts that are due.
func (r *redial) look(ctx context.Context) {
	for _, p := range r.peers {
		if p.busy() || !p.due(r.sw.Peers().Has(p.id), r.longest) {
			continue
		}
		p.tries++
		p.attempt = make(chan struct{})
		go func(attempt chan<- struct{}) {
			defer close(attempt)
			r.dial(ctx, p)
		}(p.attempt)
	}
}

// dial makes one attempt, at the address that the peer's name has now, or at
// the next of them if there are several. CometBFT cannot be told to give up
// a connection; it does so by itself after 1 s for TCP and 3 s for each of two
// handshakes (p2p/transport.go), and takes no peer once it has been stopped.
func (r *redial) dial(ctx context.Context, p *sought) {
	err := func() error {
		looking, cancel := context.WithTimeout(ctx, lookupPatience)
		defer cancel()
		ips, err := r.lookup(looking, "ip", p.host)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		address := p2p.NewNetAddressIPPort(ips[p.tries%len(ips)].Unmap().AsSlice(), p.port)
		address.ID = p.id
		return r.sw.DialPeerWithAddress(address)
	}()
	if !errors.As(err, new(p2p.ErrCurrentlyDialingOrExistingAddress)) {
		r.logger.DebugContext(ctx, "dialled a missing peer", "peer", p.id, "host", p.host, "port", p.port, "err", err)
	}
}
