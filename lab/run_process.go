package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"blink/crypto"
	"blink/genesis"
	"blink/lab/link"
	"blink/lab/scenario"
	"blink/lab/wan"
)

// processCluster is a cluster of processes on this machine.
type processCluster struct {
	net    *Localnet
	disks  map[int]*disk
	exited chan Exit
	closed chan struct{}
	close  sync.Once
}

// openProcesses starts a local network for a run.
func openProcesses(ctx context.Context, spec clusterSpec) (*processCluster, error) {
	c := &processCluster{disks: map[int]*disk{}, exited: make(chan Exit, 16), closed: make(chan struct{})}
	if len(spec.network.Disks) > 0 {
		if err := unmountStale(filepath.Dir(spec.dir)); err != nil {
			return nil, err
		}
	}
	net, err := StartLocalnet(ctx, LocalnetConfig{
		Home: spec.dir, Binary: spec.cfg.Binary, Validators: spec.validators, Observers: spec.network.Observers,
		Params: spec.network.Params, Links: spec.links, ChainID: newLabChainID(), Scatter: true,
		StartArgs: func(i int) []string { return skewArgs(spec.network.ClockSkews, i) },
		WriteHomes: func(t genesis.Testnet, dir string, dial func(i, j int) string) error {
			if err := spec.cfg.WriteHomes(t, dir, spec.network.Profile, dial); err != nil {
				return err
			}
			return c.mountDisks(spec, t, dir)
		},
	})
	if err != nil {
		return nil, errors.Join(err, c.closeDisks())
	}
	c.net = net
	if err := c.spread(spec); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	go c.attend()
	return c, nil
}

// skewArgs lets node i vote by the clock that the scenario gives it. A blinkd that is not built for it knows no such flag.
func skewArgs(skews []scenario.ClockSkew, i int) []string {
	for _, s := range skews {
		if s.Node == i {
			return []string{"--byzantine.clock_skew=" + s.By.String()}
		}
	}
	return nil
}

// mountDisks moves the data of nodes to disks of their own.
func (c *processCluster) mountDisks(spec clusterSpec, t genesis.Testnet, dir string) error {
	for _, d := range spec.network.Disks {
		moved, err := moveToDisk(filepath.Join(nodeHome(dir, t.Nodes[d.Node].Name), "data"), d.Bytes)
		if err != nil {
			return err
		}
		c.disks[d.Node] = moved
	}
	return nil
}

// spread puts the nodes into their regions.
func (c *processCluster) spread(spec clusterSpec) error {
	if len(spec.network.Regions) == 0 {
		return nil
	}
	delays, err := wan.Matrix(placement(spec.network, spec.validators))
	if err != nil {
		return err
	}
	for _, p := range c.net.Mesh().Pairs() {
		err := errors.Join(c.net.Mesh().Base(p.A, p.B, delays[p.A][p.B], 0), c.net.Mesh().Base(p.B, p.A, delays[p.B][p.A], 0))
		if err != nil {
			return err
		}
	}
	return nil
}

// attend passes on the ends of nodes that nobody asked for.
func (c *processCluster) attend() {
	for {
		select {
		case e := <-c.net.Exits():
			if e.Told {
				continue
			}
			select {
			case c.exited <- e:
			case <-c.closed:
				return
			}
		case <-c.closed:
			return
		}
	}
}

func (c *processCluster) Nodes() []ClusterNode {
	var nodes []ClusterNode
	for _, n := range c.net.Network().Nodes {
		nodes = append(nodes, ClusterNode{Name: n.Name, REST: n.REST, Log: n.Log})
	}
	return nodes
}

func (c *processCluster) Keys(i int) (NodeKeys, error) {
	home := c.net.Network().Nodes[i].Home
	ring, err := crypto.OpenKeyring(filepath.Join(home, "keys"))
	if err != nil {
		return NodeKeys{}, err
	}
	operator, err := ring.Load("operator", nil)
	if err != nil {
		return NodeKeys{}, err
	}
	consensus, err := readConsensusKey(filepath.Join(home, "config", "priv_validator_key.json"))
	return NodeKeys{Operator: operator, ConsensusKey: consensus}, err
}

// readConsensusKey reads the public half of a node's consensus key.
func readConsensusKey(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var file struct {
		PubKey struct {
			Value []byte `json:"value"`
		} `json:"pub_key"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return file.PubKey.Value, nil
}

func (c *processCluster) Mesh() *link.Mesh { return c.net.Mesh() }

func (c *processCluster) Kill(i int) error {
	c.net.Kill(i)
	return nil
}

func (c *processCluster) Terminate(i int) error {
	c.net.Terminate(i)
	return nil
}

func (c *processCluster) Restart(_ context.Context, i int) error { return c.net.Restart(i) }

func (c *processCluster) Pause(i int) error { return c.net.Pause(i) }

func (c *processCluster) Resume(i int) error { return c.net.Resume(i) }

func (c *processCluster) Disconnect(i int) error {
	return c.eachLink(i, c.Mesh().Hold)
}

func (c *processCluster) Reconnect(i int) error {
	return c.eachLink(i, c.Mesh().Heal)
}

// eachLink does something to both directions of every link of node i.
func (c *processCluster) eachLink(i int, do func(from, to int) error) error {
	var errs []error
	for _, p := range c.Mesh().Pairs() {
		if p.A == i || p.B == i {
			errs = append(errs, do(p.A, p.B), do(p.B, p.A))
		}
	}
	return errors.Join(errs...)
}

func (c *processCluster) FillDisk(i int) error { return c.disks[i].fill() }

func (c *processCluster) FreeDisk(i int) error { return c.disks[i].free() }

func (c *processCluster) Running(i int) bool { return c.net.Running(i) }

func (c *processCluster) Exited() <-chan Exit { return c.exited }

// Close ends the nodes before the disks that they use.
func (c *processCluster) Close() (err error) {
	c.close.Do(func() {
		close(c.closed)
		c.net.Stop()
		err = c.closeDisks()
	})
	return err
}

func (c *processCluster) closeDisks() error {
	var errs []error
	for _, d := range c.disks {
		errs = append(errs, d.close())
	}
	return errors.Join(errs...)
}
