package lab

import (
	"net"
	"strconv"

	"blink/genesis"
	"blink/lab/link"
)

// OpenLinks opens the links of a network that is about to be written: one for each pair of nodes that talk to each
// other, which are all but pairs of observers. They must be open before the nodes start. The caller closes them.
func OpenLinks(testnet genesis.Testnet) (*link.Mesh, error) {
	targets := map[link.Pair]string{}
	for i, a := range testnet.Nodes {
		for j, b := range testnet.Nodes {
			if i < j && (a.Validator || b.Validator) {
				targets[link.Pair{A: i, B: j}] = net.JoinHostPort(b.Host, strconv.Itoa(b.P2PPort))
			}
		}
	}
	return link.Open(targets)
}

// DialThrough tells where node i dials node j so that the connections between the two run through their link. Only the
// node with the lower number dials: a second connection in the other direction would be a way around the link.
//
// So it is the lower number that has to find a node that is back. It dials about every 2 s, or sooner (node/redial.go).
func DialThrough(mesh *link.Mesh) func(i, j int) string {
	return func(i, j int) string {
		if i > j {
			return ""
		}
		return mesh.Addr(link.Pair{A: i, B: j})
	}
}

// closeMesh closes a mesh, if there is one.
func closeMesh(m *link.Mesh) {
	if m != nil {
		m.Close()
	}
}
