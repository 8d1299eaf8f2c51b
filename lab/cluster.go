package lab

import (
	"context"

	"blink/crypto"
	"blink/lab/link"
	"blink/lab/scenario"
)

// cluster is a fresh network that faults can be done to. Nodes count from 0, validators first. Different nodes may be
// handled at the same time; what is done to one node comes in an order that the scenario's checks allow: no node is
// killed twice.
type cluster interface {
	// Nodes describes all nodes, also those that are down.
	Nodes() []ClusterNode
	// Keys are those of node i, of which the operator's account is funded.
	Keys(i int) (NodeKeys, error)
	// Mesh is the links between the nodes; nil: there are none.
	Mesh() *link.Mesh

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

	// Running reports whether node i has not ended; a paused one has not.
	Running(i int) bool
	// Exited delivers nodes that ended without having been told to.
	Exited() <-chan Exit
	// Close ends all nodes and removes what was set up, mounts and proxies included. Calling it again does nothing.
	Close() error
}

// clusterSpec is the network that one run needs.
type clusterSpec struct {
	network    scenario.Network
	validators int       // of this run: one of network.Validators
	links      bool      // the nodes' connections run through proxies
	dir        string    // an empty folder for the network, which the caller removes
	cfg        RunConfig // of the program
}

// newLabChainID is the chain id of a run's network. Each has its own: what is meant for one network can have no effect in
// another, should a port change hands while its node is down.
func newLabChainID() string { return "blink-lab-" + randomText()[:8] }

// openCluster starts a network and returns when its nodes run, which may be before they are ready. When it fails nothing is
// left running.
func openCluster(ctx context.Context, spec clusterSpec) (cluster, error) {
	if spec.network.Backend == scenario.Compose {
		return startCompose(ctx, composeConfig{
			File: spec.cfg.ComposeFile, Dir: spec.dir, Observers: spec.network.Observers, Profile: spec.network.Profile,
			Params: spec.network.Params, Version: spec.cfg.Version, Progress: spec.cfg.Say,
		})
	}
	return openProcesses(ctx, spec)
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
