package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"path/filepath"
	"strconv"

	"blink/crypto"
	"blink/genesis"
	"blink/node"
)

// homeOptions is what a testnet leaves open about the homes of its nodes.
type homeOptions struct {
	profile node.Profile // "" means LAN
	bind    string       // IP address that the nodes listen on; "" means that of a host that is a loopback address, or else all
	// dial is the host:port where node i dials node j, "" if it does not dial it; nil means that every node dials every
	// other validator where it listens. Observers come and go, so nobody waits for them; they dial.
	dial func(i, j int) string
	// unlimited lets one address send as much as it likes: where all clients are on this machine, the load of a benchmark
	// comes from one, and the limit would be what it measures.
	unlimited bool
}

// dialling is homeOptions.dial in the network t.
func (opt homeOptions) dialling(t genesis.Testnet) func(i, j int) string {
	if opt.dial != nil {
		return opt.dial
	}
	return func(i, j int) string {
		if i == j || !t.Nodes[j].Validator {
			return ""
		}
		return net.JoinHostPort(t.Nodes[j].Host, strconv.Itoa(t.Nodes[j].P2PPort))
	}
}

// writeHomes writes one home per node, dir/<name>, with the operator's key in
// its keyring, and the keys of the demo accounts to dir/keys. The file that
// completes a home comes when all other files of all homes are written, so what
// an interruption leaves can always be finished or written again.
func writeHomes(net genesis.Testnet, dir string, opt homeOptions) error {
	specs := make([]node.HomeSpec, len(net.Nodes))
	for i, n := range net.Nodes {
		specs[i] = homeSpec(net, i, opt)
		home := homeOf(dir, n)
		if err := node.WriteHome(home, specs[i]); err != nil {
			return fmt.Errorf("%s: %w", home.Dir, err)
		}
		if err := keepKey(filepath.Join(home.Dir, "keys"), "operator", n.Operator); err != nil {
			return err
		}
	}
	for _, demo := range net.Demo {
		if err := keepKey(filepath.Join(dir, "keys"), demo.Name, demo.Key); err != nil {
			return err
		}
	}
	for i, n := range net.Nodes {
		if err := node.CompleteHome(homeOf(dir, n), specs[i].Config); err != nil {
			return err
		}
	}
	return nil
}

func homeOf(dir string, n genesis.TestnetNode) node.Home {
	return node.Home{Dir: filepath.Join(dir, n.Name)}
}

// homeSpec is the home of node i.
func homeSpec(testnet genesis.Testnet, i int, opt homeOptions) node.HomeSpec {
	own := testnet.Nodes[i]
	bind := opt.bind
	if bind == "" {
		bind = "0.0.0.0"
		if ip := net.ParseIP(own.Host); ip.IsLoopback() {
			bind = own.Host
		}
	}
	spec := node.HomeSpec{
		Moniker:      own.Name,
		Profile:      opt.profile,
		Genesis:      testnet.Genesis,
		ConsensusKey: own.ConsensusKey,
		NodeKey:      own.NodeKey,
		P2PListen:    net.JoinHostPort(bind, strconv.Itoa(own.P2PPort)),
		Config:       node.DefaultConfig(),
	}
	spec.Config.API.Listen = net.JoinHostPort(bind, strconv.Itoa(own.RESTPort))
	if opt.unlimited {
		spec.Config.API.RequestsPerSecond = -1
	}
	if own.Faucet != (crypto.PrivateKey{}) {
		spec.Faucet = &own.Faucet
	}
	dial := opt.dialling(testnet)
	for j, peer := range testnet.Nodes {
		spec.SameHost = spec.SameHost || j != i && peer.Host == own.Host
		if address := dial(i, j); address != "" {
			spec.Peers = append(spec.Peers, node.NodeID(peer.NodeKey)+"@"+address)
		}
	}
	return spec
}

// keepKey stores a test network's key in the clear, unless it is there
// already.
func keepKey(dir, name string, key crypto.PrivateKey) error {
	ring, err := crypto.OpenKeyring(dir)
	if err != nil {
		return err
	}
	if err := ring.Create(name, key, nil); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
