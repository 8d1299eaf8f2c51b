package node

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/cometbft/cometbft/p2p"
)

// sought is a peer that this node shall be connected to. Its times are counted
// in looks.
type sought struct {
	id   p2p.ID
	host string // name or address
	port uint16

	// headStart is 1 if it is for the peer to dial first. If both ends dialled
	// within half a round trip of each other, each would have accepted the
	// other's connection before its own is ready, would close its own as a
	// duplicate, and none would be left.
	headStart int
	wait      int           // before the next attempt
	pause     int           // after the next attempt
	there     int           // that have found the peer connected, in a row
	tries     int           // attempts so far
	attempt   chan struct{} // closed when the latest attempt is over; nil: none yet
}

// parsePeers reads p2p.persistent_peers without looking up a name. A node that
// lists itself does not seek itself.
func parsePeers(list string, own p2p.ID) ([]*sought, error) {
	var peers []*sought
	for text := range strings.SplitSeq(list, ",") {
		text = strings.Trim(text, " ")
		if text == "" {
			continue
		}
		if _, rest, ok := strings.Cut(text, "://"); ok {
			text = rest
		}
		id, address, _ := strings.Cut(text, "@")
		host, port, err := net.SplitHostPort(address)
		number, portErr := strconv.ParseUint(port, 10, 16)
		if id == "" || host == "" || err != nil || portErr != nil {
			return nil, fmt.Errorf("p2p.persistent_peers must be a list of ID@HOST:PORT, has %q", text)
		}
		if p2p.ID(id) == own {
			continue
		}
		p := &sought{id: p2p.ID(id), host: host, port: uint16(number), pause: 1}
		if p.id < own {
			p.headStart = 1
		}
		p.wait = p.headStart
		peers = append(peers, p)
	}
	return peers, nil
}

// busy says whether an attempt is under way.
func (p *sought) busy() bool {
	if p.attempt == nil {
		return false
	}
	select {
	case <-p.attempt:
		return false
	default:
		return true
	}
}

// due is asked at each look that finds no attempt under way, and says whether
// to begin one. The pauses between attempts double up to longest. They are
// forgotten once the peer has stayed for longest: one that comes only to be
// dropped again is not dialled faster than one that is away.
func (p *sought) due(connected bool, longest int) bool {
	if connected {
		p.there++
		if p.there >= longest {
			p.wait, p.pause = p.headStart, 1
		}
		return false
	}
	p.there = 0
	if p.wait > 0 {
		p.wait--
		return false
	}
	p.wait, p.pause = p.pause-1, min(2*p.pause, longest)
	return true
}
