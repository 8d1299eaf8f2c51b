package lab

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"blink/coin"
	"blink/crypto"
)

// Network describes a local network, for people and for scripts.
type Network struct {
	ChainID  string        `json:"chain_id"`
	Nodes    []NodeInfo    `json:"nodes"`
	Faucet   FaucetInfo    `json:"faucet"`
	Accounts []AccountInfo `json:"accounts"` // funded demo accounts; their keys are in Keyring
	Keyring  string        `json:"keyring"`  // folder of the demo accounts' keys, without passphrase
}

// NodeInfo is one node of a local network.
type NodeInfo struct {
	Name string `json:"name"`
	REST string `json:"rest"` // base URL of its REST API
	P2P  string `json:"p2p"`  // host:port where other nodes connect
	Home string `json:"home"` // its folder
	PID  int    `json:"pid"`  // its process
	Log  string `json:"log"`  // what the process printed
}

// FaucetInfo says where coins are to be had.
type FaucetInfo struct {
	URL string `json:"url"` // POST {"address":"blink1..."}; every node has one
}

// AccountInfo is a funded demo account.
type AccountInfo struct {
	Name    string         `json:"name"` // of the key in the keyring
	Address crypto.Address `json:"address"`
	Balance coin.Amount    `json:"balance"` // at genesis
}

// loopback is where all nodes of a local network listen.
const loopback = "127.0.0.1"

// manifest is what a localnet's folder says about itself in localnet.json. Paths are not in it: the folder may move.
type manifest struct {
	ChainID  string         `json:"chain_id"`
	Complete bool           `json:"complete"` // false while the folder is being made
	Nodes    []manifestNode `json:"nodes"`
	Accounts []AccountInfo  `json:"accounts"`
}

type manifestNode struct {
	Name     string `json:"name"`
	RESTPort int    `json:"rest_port"`
	P2PPort  int    `json:"p2p_port"`
}

func manifestPath(dir string) string { return filepath.Join(dir, "localnet.json") }

// keyringDir holds the keys of the demo accounts.
func keyringDir(dir string) string { return filepath.Join(dir, "keys") }

// readManifest returns the manifest in dir, or found == false if there is none.
func readManifest(dir string) (m manifest, found bool, err error) {
	b, err := os.ReadFile(manifestPath(dir))
	if os.IsNotExist(err) {
		return manifest{}, false, nil
	}
	if err != nil {
		return manifest{}, false, err
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return manifest{}, true, fmt.Errorf("%s: %w; --reset makes a new network", manifestPath(dir), err)
	}
	return m, true, nil
}

// write replaces the manifest in one step: a crash leaves the old one or the new one.
func (m manifest) write(dir string) error {
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	next := manifestPath(dir) + ".new"
	if err := os.WriteFile(next, append(b, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(next, manifestPath(dir))
}

// network is the manifest seen from dir.
func (m manifest) network(dir string) Network {
	n := Network{ChainID: m.ChainID, Accounts: m.Accounts, Keyring: keyringDir(dir)}
	for _, node := range m.Nodes {
		home := nodeHome(dir, node.Name)
		n.Nodes = append(n.Nodes, NodeInfo{
			Name: node.Name,
			REST: "http://" + net.JoinHostPort(loopback, strconv.Itoa(node.RESTPort)),
			P2P:  net.JoinHostPort(loopback, strconv.Itoa(node.P2PPort)),
			Home: home,
			Log:  filepath.Join(home, "node.log"),
		})
	}
	if len(n.Nodes) > 0 {
		n.Faucet.URL = n.Nodes[0].REST + "/v1/faucet"
	}
	return n
}

// ports lists every port of the network.
func (m manifest) ports() []int {
	var all []int
	for _, n := range m.Nodes {
		all = append(all, n.RESTPort, n.P2PPort)
	}
	return all
}
