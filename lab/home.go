package lab

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"blink/crypto"
	"blink/genesis"
	"blink/lab/link"
)

// LocalnetChainID is the chain id of a local network unless it is given another: they never meet.
const LocalnetChainID = "blink-localnet"

// MaxLocalnetValidators bounds a local network: each is an operating system process.
const MaxLocalnetValidators = 32

// preparedHome is a network that is ready to be started.
type preparedHome struct {
	network Network
	mesh    *link.Mesh
	resumed bool
}

// prepareHome takes up the network in cfg.Home or makes a new one there.
func prepareHome(cfg LocalnetConfig) (preparedHome, error) {
	m, found, err := readManifest(cfg.Home)
	if err != nil && !cfg.Reset {
		return preparedHome{}, err
	}
	if found && m.Complete && !cfg.Reset {
		if err := checkResume(cfg, m); err != nil {
			return preparedHome{}, err
		}
		return preparedHome{network: m.network(cfg.Home), resumed: true}, nil
	}
	if found {
		if cfg.Validators == 0 {
			cfg.Validators = len(m.Nodes) // as many as before
		}
		if err := m.remove(cfg.Home); err != nil {
			return preparedHome{}, err
		}
	}
	m, mesh, err := makeHome(cfg)
	if err != nil {
		return preparedHome{}, err
	}
	return preparedHome{network: m.network(cfg.Home), mesh: mesh}, nil
}

// checkResume refuses what contradicts the network that is there.
func checkResume(cfg LocalnetConfig, m manifest) error {
	if cfg.Validators != 0 && cfg.Validators != len(m.Nodes) {
		return fmt.Errorf("%s holds a network of %s, --validators says %d: leave the flag out, choose another --home, or begin a new network with --reset",
			cfg.Home, count(len(m.Nodes), "validator"), cfg.Validators)
	}
	if len(cfg.Seed) > 0 {
		return fmt.Errorf("%s holds a network already: --seed is for a new one; leave it out, choose another --home, or begin anew with --reset", cfg.Home)
	}
	if cfg.Params != (genesis.Params{}) {
		return fmt.Errorf("%s holds a network already: --param is for a new one; change its parameters by a vote (blinkd tx submit-proposal params), choose another --home, or begin anew with --reset", cfg.Home)
	}
	if cfg.Links {
		return fmt.Errorf("%s holds a network already, whose nodes dial other addresses than those of its links now: choose another --home, or begin anew with --reset", cfg.Home)
	}
	first := m.Nodes[0]
	if (cfg.RESTPort != 0 && cfg.RESTPort != first.RESTPort) || (cfg.P2PPort != 0 && cfg.P2PPort != first.P2PPort) {
		return fmt.Errorf("%s holds a network with the ports %d (REST) and %d (P2P): leave the port flags out, choose another --home, or begin a new network with --reset",
			cfg.Home, first.RESTPort, first.P2PPort)
	}
	for _, port := range m.ports() {
		if !portFree(port) {
			return &portTaken{port: port}
		}
	}
	return nil
}

// makeHome writes a new network. The manifest comes first, marked incomplete, so that a folder that was left half-made
// is recognised and made again.
func makeHome(cfg LocalnetConfig) (manifest, *link.Mesh, error) {
	n := cfg.Validators
	if n == 0 {
		n = 4
	}
	if n < 1 || n > MaxLocalnetValidators {
		return manifest{}, nil, fmt.Errorf("--validators must be from 1 to %d, was %d", MaxLocalnetValidators, n)
	}
	if nodes := n + cfg.Observers; cfg.Observers < 0 || nodes > MaxLocalnetValidators {
		return manifest{}, nil, fmt.Errorf("a local network must have at most %d nodes, was %d validators and %d observers", MaxLocalnetValidators, n, cfg.Observers)
	}
	rest, p2p, err := cfg.choosePorts(n + cfg.Observers)
	if err != nil {
		return manifest{}, nil, err
	}
	seed := cfg.Seed
	if len(seed) == 0 {
		seed = make([]byte, 32)
		if _, err := rand.Read(seed); err != nil {
			return manifest{}, nil, err
		}
	}
	net, err := genesis.NewTestnet(genesis.TestnetSpec{
		ChainID: cmp.Or(cfg.ChainID, LocalnetChainID), Validators: n, Observers: cfg.Observers, Seed: seed, GenesisTime: time.Now().UTC().Truncate(time.Second),
		Hosts: []string{loopback}, RESTPort: rest, P2PPort: p2p, Demo: []string{"alice", "bob"}, Faucet: true, Params: cfg.Params,
	})
	if err != nil {
		return manifest{}, nil, err
	}
	m := describe(net)
	if err := m.checkFree(cfg.Home); err != nil {
		return manifest{}, nil, err
	}
	if err := m.write(cfg.Home); err != nil {
		return manifest{}, nil, err
	}
	var mesh *link.Mesh
	var dial func(i, j int) string
	if cfg.Links {
		if mesh, err = OpenLinks(net); err != nil {
			return manifest{}, nil, errors.Join(err, m.remove(cfg.Home))
		}
		dial = DialThrough(mesh)
	}
	err = cfg.WriteHomes(net, cfg.Home, dial)
	if err == nil {
		m.Complete = true
		err = m.write(cfg.Home)
	}
	if err != nil {
		closeMesh(mesh)
		return manifest{}, nil, errors.Join(err, m.remove(cfg.Home))
	}
	return m, mesh, nil
}

// describe is the manifest of a network, not yet complete.
func describe(net genesis.Testnet) manifest {
	m := manifest{ChainID: net.Genesis.ChainID}
	for _, n := range net.Nodes {
		m.Nodes = append(m.Nodes, manifestNode{Name: n.Name, RESTPort: n.RESTPort, P2PPort: n.P2PPort})
	}
	for _, d := range net.Demo {
		m.Accounts = append(m.Accounts, AccountInfo{Name: d.Name, Address: d.Key.Address(), Balance: d.Balance})
	}
	return m
}

// remove deletes what the manifest lists, and nothing else: keys of the user's own stay.
func (m manifest) remove(dir string) error {
	var errs []error
	for _, n := range m.Nodes {
		errs = append(errs, os.RemoveAll(nodeHome(dir, n.Name)))
	}
	for _, a := range m.Accounts {
		errs = append(errs, a.removeKey(keyringDir(dir)))
	}
	return errors.Join(append(errs, os.Remove(manifestPath(dir)))...)
}

// removeKey deletes the account's key file, if it is that account's.
func (a AccountInfo) removeKey(dir string) error {
	info, err := keyInfo(dir, a.Name)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && info.Address != a.Address) {
		return nil
	}
	if err != nil {
		return err
	}
	return os.Remove(filepath.Join(dir, a.Name+".json"))
}

func keyInfo(dir, name string) (crypto.KeyInfo, error) {
	ring, err := crypto.OpenKeyring(dir)
	if err != nil {
		return crypto.KeyInfo{}, err
	}
	return ring.Info(name)
}

// checkFree refuses to write over what this program has not written.
func (m manifest) checkFree(dir string) error {
	for _, n := range m.Nodes {
		if home := nodeHome(dir, n.Name); exists(home) {
			return fmt.Errorf("%s is in the way and was not made by localnet: choose another --home", home)
		}
	}
	for _, a := range m.Accounts {
		if info, err := keyInfo(keyringDir(dir), a.Name); !errors.Is(err, fs.ErrNotExist) && info.Address != a.Address {
			return fmt.Errorf("%s holds another key named %s, which localnet would need: choose another --home", keyringDir(dir), a.Name)
		}
	}
	return nil
}
