package lab

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"blink/genesis"
	"blink/lab/scenario"
)

// composeConfig says what network of containers to run.
type composeConfig struct {
	File      string         // docker-compose.yml
	Dir       string         // gets the override file and the nodes' logs
	Observers int            // 0 or 1
	Profile   string         // of timeouts
	Params    genesis.Params // of the chain; the zero value means those of a test network
	Version   string         // of this program: an image of another one is worth a word
	Progress  func(text string)
}

// composeCluster is a fresh network of containers: a project of docker-compose.yml with a name, ports, networks and volumes
// of its own. Other projects of the same file are not touched.
type composeCluster struct {
	docker  docker
	cfg     composeConfig
	seed    string // of all keys
	chainID string
	net     subnet
	nodes   []*container
	exits   chan Exit

	watching context.Context // ends with the cluster
	ending   context.CancelFunc
	close    sync.Once
	closed   error
}

var _ cluster = (*composeCluster)(nil)

// startCompose starts the network and returns when its containers run, which is before the nodes are ready. When it fails
// nothing is left. The caller must Close it.
func startCompose(ctx context.Context, cfg composeConfig) (*composeCluster, error) {
	if cfg.Progress == nil {
		cfg.Progress = func(string) {}
	}
	file, err := filepath.Abs(cfg.File)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(file); err != nil {
		return nil, fmt.Errorf("%w: run in the folder of docker-compose.yml, or name the file with --compose-file", err)
	}
	cfg.File = file
	if err := os.MkdirAll(cfg.Dir, 0o755); err != nil {
		return nil, err
	}
	d, err := findDocker(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if v := d.version(ctx); v != cfg.Version {
		cfg.Progress(fmt.Sprintf("the image %s is of version %q, this program of %q: make docker builds it anew", d.image, v, cfg.Version))
	}
	c := &composeCluster{docker: d, cfg: cfg, seed: randomText(), chainID: newLabChainID(), exits: make(chan Exit, 64)}
	c.watching, c.ending = context.WithCancel(context.WithoutCancel(ctx))
	if err := c.up(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	for _, n := range c.nodes {
		c.watch(n)
	}
	return c, nil
}

// up starts the containers. Another network may hold the addresses that were chosen: then others are.
func (c *composeCluster) up(ctx context.Context) error {
	c.cfg.Progress("starting containers")
	if err := c.choosePorts(); err != nil {
		return err
	}
	for try := 1; ; try++ {
		c.net = randomSubnet()
		if err := c.writeOverride(); err != nil {
			return err
		}
		_, err := c.compose(ctx, "up", "-d", "--no-build")
		if err == nil {
			break
		}
		if try == 5 || !strings.Contains(err.Error(), "overlap") {
			return err
		}
		_, _ = c.compose(ctx, "down", "-v")
	}
	for _, n := range c.nodes {
		id, err := c.compose(ctx, "ps", "-q", n.Name)
		if err != nil {
			return err
		}
		if n.id = strings.TrimSpace(id); n.id == "" {
			return fmt.Errorf("%s has no container: does %s define it?", n.Name, c.cfg.File)
		}
	}
	return nil
}

// choosePorts names the nodes and gives each a free REST port of this machine.
func (c *composeCluster) choosePorts() error {
	n := scenario.ComposeValidators + c.cfg.Observers
	first, err := choosePorts(n, 0, anyPort(), "BLINK_PORT0")
	for i := range n {
		name := fmt.Sprintf("node%d", i)
		c.nodes = append(c.nodes, &container{number: i, port: first + i, ClusterNode: ClusterNode{
			Name: name, REST: fmt.Sprintf("http://%s:%d", loopback, first+i), Log: filepath.Join(c.cfg.Dir, name+".log"),
		}})
	}
	return err
}

// Nodes implements cluster.
func (c *composeCluster) Nodes() []ClusterNode {
	all := make([]ClusterNode, len(c.nodes))
	for i, n := range c.nodes {
		all[i] = n.ClusterNode
	}
	return all
}

// Keys implements cluster: they follow from the seed that the containers were given.
func (c *composeCluster) Keys(i int) (NodeKeys, error) {
	net, err := genesis.NewTestnet(genesis.TestnetSpec{
		ChainID: c.chainID, Validators: scenario.ComposeValidators, Observers: scenario.ComposeObservers, Seed: []byte(c.seed),
		GenesisTime: time.Unix(1, 0), P2PPort: 26656, RESTPort: 8080, Faucet: true, Params: c.cfg.Params,
	})
	if err != nil {
		return NodeKeys{}, err
	}
	n := net.Nodes[i]
	return NodeKeys{Operator: n.Operator, ConsensusKey: n.ConsensusKey.Public().(ed25519.PublicKey)}, nil
}

// Exited implements cluster.
func (c *composeCluster) Exited() <-chan Exit { return c.exits }

// Close implements cluster: containers, networks and volumes go, the logs stay in Dir.
func (c *composeCluster) Close() error {
	c.close.Do(func() {
		c.ending()
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		for _, n := range c.nodes {
			n.expect()
			c.saveLog(ctx, n)
		}
		_, c.closed = c.compose(ctx, "down", "-v", "--remove-orphans", "-t", "5")
	})
	return c.closed
}
