package lab

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"time"
)

// Default first ports of a local network: those of the documentation.
const (
	DefaultRESTPort = 8080
	DefaultP2PPort  = 26656
)

// portTaken says that another program listens where a node should.
type portTaken struct {
	port    int
	flag    string // the flag that chooses another, "" if the network has its ports already
	mayMove bool   // the port was chosen here, not by the user
}

func (e *portTaken) Error() string {
	if e.flag == "" {
		return fmt.Sprintf("port %d is in use by another program, and this network was made for it: stop that program, or begin a new network with --reset", e.port)
	}
	return fmt.Sprintf("port %d is in use by another program: choose another with %s", e.port, e.flag)
}

// choosePorts returns the first of n consecutive free ports: wanted if it was given, else preferred, else anywhere
// that is free. A wanted port that is taken is an error, since the user meant it.
func choosePorts(n, wanted, preferred int, flag string) (int, error) {
	if wanted != 0 {
		if wanted < 1 || wanted+n-1 > 65535 {
			return 0, fmt.Errorf("%s must leave room for %d ports up to 65535, was %d", flag, n, wanted)
		}
		if port, taken := firstTaken(wanted, n); taken {
			return 0, &portTaken{port: port, flag: flag}
		}
		return wanted, nil
	}
	for base, try := preferred, 0; try < 100; try++ {
		if _, taken := firstTaken(base, n); !taken {
			return base, nil
		}
		base = anyPort()
	}
	return 0, fmt.Errorf("found no %d consecutive free ports: choose them with %s", n, flag)
}

// anyPort is below 32768, where Linux begins to give out ports to outgoing connections; scattered, so that two networks
// that start at the same moment do not choose the same.
func anyPort() int { return 10000 + rand.IntN(2200)*10 }

// choosePorts returns the first REST port and the first peer-to-peer port of a new network of so many nodes.
func (cfg LocalnetConfig) choosePorts(nodes int) (rest, p2p int, err error) {
	if cfg.Scatter {
		rest, err = choosePorts(2*nodes, 0, anyPort(), "--rest-port")
		return rest, rest + nodes, err
	}
	if rest, err = choosePorts(nodes, cfg.RESTPort, DefaultRESTPort, "--rest-port"); err != nil {
		return 0, 0, err
	}
	p2p, err = choosePorts(nodes, cfg.P2PPort, DefaultP2PPort, "--p2p-port")
	return rest, p2p, err
}

// firstTaken returns the first of n consecutive ports that is in use.
func firstTaken(base, n int) (int, bool) {
	for port := base; port < base+n; port++ {
		if !portFree(port) {
			return port, true
		}
	}
	return 0, false
}

// portFree reports whether a program could listen on a loopback port. Some systems let it listen beside one that
// holds the port on all addresses, so a connection is tried as well.
func portFree(port int) bool {
	address := net.JoinHostPort(loopback, strconv.Itoa(port))
	l, err := net.Listen("tcp", address)
	if err != nil {
		return false
	}
	l.Close()
	c, err := net.DialTimeout("tcp", address, 200*time.Millisecond)
	if err != nil {
		return true
	}
	c.Close()
	return false
}
