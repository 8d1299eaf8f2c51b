package lab

import (
	"context"

	"blink/crypto"
)

// cluster is a fresh network that faults can be done to. Nodes count from 0, validators first. Its methods are called by
// one goroutine at a time, in an order that the scenario's checks allow: no node is killed twice.
type cluster interface {
	// Nodes describes all nodes, also those that are down.
	Nodes() []ClusterNode
	// Keys are those of node i, of which the operator's account is funded.
	Keys(i int) (NodeKeys, error)
	// Genesis is the genesis document, as the nodes have it.
	Genesis() ([]byte, error)

	// Kill ends node i at once, as a power cut does, and returns when it is gone.
	Kill(i int) error
	// Terminate asks node i to stop, kills it if it has not after a grace time, and returns when it is gone.
	Terminate(i int) error
	// Restart starts a node that is down again with the data that it has. It does not wait until the node is ready.
	Restart(ctx context.Context, i int) error
	// Pause freezes node i: its connections stay, nobody answers.
	Pause(i int) error
	// Resume wakes a frozen node.
	Resume(i int) error
	// Disconnect takes node i off the network of nodes. Clients still reach it.
	Disconnect(i int) error
	// Reconnect ends Disconnect.
	Reconnect(i int) error
	// FillDisk leaves node i no room to write; FreeDisk gives the room back.
	FillDisk(i int) error
	FreeDisk(i int) error

	// Exited delivers nodes that ended without having been told to.
	Exited() <-chan Exit
	// Close ends all nodes and removes what was set up, mounts and proxies included. Calling it again does nothing.
	Close() error
}

// ClusterNode is one node of a cluster.
type ClusterNode struct {
	Name string `json:"name"`
	REST string `json:"rest"` // base URL of its REST API
	Log  string `json:"-"`    // file of what it printed
}

// NodeKeys are the keys of a node that a scenario needs to make a validator of it.
type NodeKeys struct {
	Operator     crypto.PrivateKey // owns the stake
	ConsensusKey []byte            // public, ed25519
}
