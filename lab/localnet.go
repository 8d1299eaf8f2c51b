package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"blink/genesis"
	"blink/lab/link"
)

// LocalnetConfig says what network to run on this machine.
type LocalnetConfig struct {
	Home       string         // folder of the network; made if missing, taken up again if it holds one
	Binary     string         // the blinkd executable that the nodes run
	Validators int            // number of nodes that vote, with equal power; 0 = what Home holds, else 4
	Observers  int            // number of nodes that follow without voting, after the validators; of a new network
	Reset      bool           // throw away the chain in Home, if there is one, and begin a new one
	Params     genesis.Params // of a new network; the zero value means those of a test network
	Seed       []byte         // of all keys, for a network that can be made again; empty = random
	RESTPort   int            // first REST port; 0 = 8080, or free ones if taken
	P2PPort    int            // first peer-to-peer port; 0 = 26656, or free ones if taken
	ChainID    string         // of a new network; empty = LocalnetChainID
	// Scatter chooses free ports anywhere, instead of the usual ones, for a network whose nodes go down on purpose: the
	// usual port of a node that is down would be taken by the next network that looks for it.
	Scatter bool
	// Links lets the peer-to-peer connections run through the fault proxies of Localnet.Mesh, one per pair of nodes. It is
	// for a new network: the nodes are told the proxies' addresses in their home folders.
	Links bool
	// WriteHomes writes one home folder per node, dir/<name>, and the keys of the demo accounts to dir/keys. Node i is to
	// dial node j at dial(i, j), host:port, and not to dial it if that is ""; without dial, as it likes.
	WriteHomes func(net genesis.Testnet, dir string, dial func(i, j int) string) error
	// StartArgs are further arguments of blinkd start for node i; nil: none.
	StartArgs func(i int) []string
	// ReadyTimeout bounds the time until all nodes agree on a height. Default 60 s.
	ReadyTimeout time.Duration
	// StopGrace is how long a node may take to stop before it is killed. Default 10 s.
	StopGrace time.Duration
	// Progress is told what is being waited for; nil is allowed.
	Progress func(text string)
}

// Localnet is a running network: one operating system process per node, all on loopback.
type Localnet struct {
	cfg     LocalnetConfig
	network Network
	mesh    *link.Mesh // nil: the nodes dial each other
	lock    *os.File
	starter *starter
	mu      sync.Mutex // guards nodes and their PIDs in network, which change when a node is started again
	nodes   []*process
	exits   chan Exit
	stop    sync.Once
	resumed bool
}

// Exit tells that a node has ended while the network was running: somebody stopped it, or it failed.
type Exit struct {
	Node   NodeInfo
	Code   int      // exit status; -1 if a signal ended it
	Reason string   // "exit 0", "killed by signal: killed"
	Told   bool     // this program has asked or killed it
	Log    []string // the last lines of its log
}

// StartLocalnet makes or takes up the network in cfg.Home, starts its nodes and returns once all of them are ready and
// agree on a height. When it fails nothing is left running. The caller must Stop it.
func StartLocalnet(ctx context.Context, cfg LocalnetConfig) (*Localnet, error) {
	if cfg.ReadyTimeout <= 0 {
		cfg.ReadyTimeout = time.Minute
	}
	if cfg.StopGrace <= 0 {
		cfg.StopGrace = 10 * time.Second
	}
	if cfg.Progress == nil {
		cfg.Progress = func(string) {}
	}
	if err := os.MkdirAll(cfg.Home, 0o755); err != nil {
		return nil, err
	}
	lock, err := lockHome(cfg.Home)
	if err != nil {
		return nil, err
	}
	// Between choosing a port and a node's listening on it somebody else may take it: then choose again.
	for try := 1; ; try++ {
		l, err := startOnce(ctx, cfg)
		if err == nil {
			l.lock = lock
			return l, nil
		}
		var taken *portTaken
		if try == 3 || !errors.As(err, &taken) || !taken.mayMove {
			lock.Close()
			return nil, err
		}
		cfg.Reset = true // the chain of a moment ago, in which nothing has happened
	}
}

// startOnce is one attempt of StartLocalnet.
func startOnce(ctx context.Context, cfg LocalnetConfig) (*Localnet, error) {
	home, err := prepareHome(cfg)
	if err != nil {
		return nil, err
	}
	l := &Localnet{
		cfg: cfg, network: home.network, mesh: home.mesh, resumed: home.resumed,
		starter: newStarter(), exits: make(chan Exit, 4*len(home.network.Nodes)),
	}
	if err := l.startNodes(ctx); err != nil {
		l.Stop()
		return nil, l.blamePort(err)
	}
	return l, nil
}

// startNodes starts every process and waits for the network.
func (l *Localnet) startNodes(ctx context.Context) error {
	for i := range l.network.Nodes {
		node := &l.network.Nodes[i]
		p, err := l.starter.start(l.cfg.Binary, node.Log, l.startArgs(i, node.Home)...)
		if err != nil {
			return fmt.Errorf("%s: %w", node.Name, err)
		}
		node.PID = p.pid()
		l.nodes = append(l.nodes, p)
	}
	if err := l.awaitReady(ctx); err != nil {
		return err
	}
	for i, p := range l.nodes {
		go l.watch(i, p)
	}
	return nil
}

// startArgs is the command line of node i.
func (l *Localnet) startArgs(i int, home string) []string {
	args := []string{"start", "--home", home}
	if l.cfg.StartArgs != nil {
		args = append(args, l.cfg.StartArgs(i)...)
	}
	return args
}

// watch reports the end of node i, whose process is p.
func (l *Localnet) watch(i int, p *process) {
	<-p.done
	node := l.Network().Nodes[i]
	// The buffer holds more than there are nodes; who restarts nodes reads them.
	l.exits <- Exit{Node: node, Code: p.exitCode(), Reason: p.reason(), Told: p.told.Load(), Log: lastLines(node.Log, 15)}
}

// Network describes the network and its nodes.
func (l *Localnet) Network() Network {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.network
	n.Nodes = slices.Clone(n.Nodes)
	return n
}

// Mesh is the links between the nodes, to be disturbed; nil without LocalnetConfig.Links. It is closed by Stop.
func (l *Localnet) Mesh() *link.Mesh { return l.mesh }

// Resumed reports whether the chain was there before.
func (l *Localnet) Resumed() bool { return l.resumed }

// Exits delivers the end of each node, in Stop as well.
func (l *Localnet) Exits() <-chan Exit { return l.exits }

// Stop asks every node to stop, kills those that have not after the grace time, and returns when none is left.
// Calling it again does nothing.
func (l *Localnet) Stop() {
	l.stop.Do(func() {
		nodes := l.processes()
		for _, p := range nodes {
			p.terminate()
		}
		deadline := time.After(l.cfg.StopGrace)
		for _, p := range nodes {
			select {
			case <-p.done:
				continue
			case <-deadline:
			}
			for _, p := range nodes {
				p.kill()
			}
			<-p.done
		}
		l.starter.close()
		closeMesh(l.mesh)
		if l.lock != nil {
			l.lock.Close()
		}
	})
}

// blamePort finds out, once all nodes have stopped, whether somebody else holds a port of theirs: then that is the
// reason for err.
func (l *Localnet) blamePort(err error) error {
	m, _, _ := readManifest(l.cfg.Home)
	for _, port := range m.ports() {
		if !portFree(port) {
			return errors.Join(&portTaken{port: port, mayMove: !l.resumed && l.cfg.RESTPort == 0 && l.cfg.P2PPort == 0}, err)
		}
	}
	return err
}

// exists reports whether path is there.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// nodeHome is the home folder of a node.
func nodeHome(dir, name string) string { return filepath.Join(dir, name) }
