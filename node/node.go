package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/consensus"
	cmtnode "github.com/cometbft/cometbft/node"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/state"
	cmttypes "github.com/cometbft/cometbft/types"

	"blink/abci"
	"blink/genesis"
	"blink/store"
)

// Options is what a node is made of.
type Options struct {
	Home    Home
	Config  Config
	Genesis genesis.Document
	Store   *store.Store      // opened by the caller, who closes it after Wait has returned
	App     *abci.Application // on Store and Genesis, observed by Monitor
	Monitor *Monitor
	Logger  *slog.Logger
	Version string // of the program, for Status
	// NoMetrics keeps CometBFT's metrics out of Prometheus's default
	// registry, which can hold those of one node only.
	NoMetrics bool
}

// Node is one running node.
type Node struct {
	o         Options
	comet     *cmtnode.Node
	config    *cmtcfg.Config
	effective Effective // of the settings as they were read
	patience  *patience
	prompt    *prompt
	databases databases
	consensus *consensus.State
	states    state.Store
	address   [20]byte // consensus address
	heartbeat heartbeat
	signer    *signer
	push      *push     // nil: left to CometBFT's gossip
	txGossip  *txGossip // nil likewise
	redial    *redial
	position  position
	log       cometLog

	cancel   context.CancelFunc // ends the goroutines of this package
	running  sync.WaitGroup
	stopping atomic.Bool
	stopOnce sync.Once
	started  chan struct{} // closed when Start has succeeded
	done     chan struct{} // closed when the node has stopped
	fault    atomic.Pointer[error]
}

// Start starts a node on a complete home. It returns once the node takes part
// in the network, which is well before it has caught up: see Ready. ctx can
// cancel the start, which may have to replay blocks; later on only Stop counts.
func Start(ctx context.Context, o Options) (*Node, error) {
	n := &Node{o: o, done: make(chan struct{}), started: make(chan struct{})}
	n.log = newCometLog(o.Logger, &n.stopping)
	if err := o.Home.check(); err != nil {
		return nil, err
	}
	var err error
	if n.config, err = loadComet(o.Home); err != nil {
		return nil, err
	}
	if o.NoMetrics {
		n.config.Instrumentation.Prometheus = false
	}
	n.effective = effective(n.config, o.Config)
	n.patience = newPatience(&n.config.Consensus.TimeoutPropose)
	n.prompt = newPrompt(n.config.Consensus)
	n.heartbeat = heartbeat{interval: n.config.Consensus.CreateEmptyBlocksInterval, allowed: o.Config.Watchdog.Heartbeats}
	if err := n.assemble(ctx); err != nil {
		return nil, errors.Join(err, n.closeSigner())
	}
	ctx, n.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if err := n.follow(ctx); err != nil {
		return nil, errors.Join(err, n.abandon())
	}
	if n.push != nil {
		n.running.Go(func() { n.push.run(ctx) })
		if n.txGossip != nil {
			n.running.Go(func() { n.txGossip.run(ctx) })
		}
	}
	if err := n.comet.Start(); err != nil {
		return nil, errors.Join(n.explain(err), n.abandon())
	}
	n.running.Go(func() { n.watchConsensus(ctx) })
	n.running.Go(func() { n.redial.run(ctx) })
	n.running.Go(func() { n.signer.boundLog(ctx, n.o.Logger) })
	close(n.started)
	return n, nil
}

// assemble makes the CometBFT node: it opens the databases and replays into
// the application what a crash took from it.
func (n *Node) assemble(ctx context.Context) error {
	key, err := p2p.LoadNodeKey(n.o.Home.NodeKeyFile())
	if err != nil {
		return fmt.Errorf("%s: %w", n.o.Home.NodeKeyFile(), err)
	}
	if n.redial, err = newRedial(n.config.P2P, key.ID(), n.o.Logger); err != nil {
		return fmt.Errorf("%s: %w", n.o.Home.CometFile(), err)
	}
	if err := n.openSigner(); err != nil {
		return err
	}
	doc, err := cometGenesis(n.o.Genesis)
	if err != nil {
		return err
	}
	if err := n.restoreResponse(); err != nil {
		return n.explain(err)
	}
	if err := n.finishFirstBlock(ctx, doc); err != nil {
		return n.explain(err)
	}
	n.databases.logOnDisk = n.signer.wal == nil
	n.o.App.SetBlocks(blocks{n})
	signer, app, err := n.conduct(upgradeGuard{n.o.App.ClientCreator(), n})
	if err != nil {
		return err
	}
	stages := &stages{marks: n.o.Monitor.tracker}
	tell := told{stages.partAdded, stages.voteAdded, func() {
		n.prompt.stepEnds()
		n.patience.stepEnds()
		stages.stepEnds()
	}}
	var options []cmtnode.Option
	if n.o.Config.Gossip.Push {
		n.push = newPush()
		n.signer.push = n.push
		if n.config.PrivValidatorListenAddr != "" { // another signer signs
			tell.voteAdded = func() {
				n.push.counted()
				stages.voteAdded()
			}
		}
		tell.partAdded = func() {
			n.push.partAdded() // first: others wait for it
			stages.partAdded()
		}
		options = append(options, n.replaceMempoolReactor)
	}
	n.comet, err = cmtnode.NewNodeWithContext(ctx, n.config, signer, key, app,
		func() (*cmttypes.GenesisDoc, error) { return doc, nil },
		n.databases.open, tell.hook(quickMetrics(n.config.Instrumentation)), n.log, options...)
	if err != nil {
		return n.explain(err)
	}
	env, err := n.comet.ConfigureRPC()
	if err != nil {
		return err
	}
	n.consensus, n.states = env.ConsensusState.(*consensus.State), env.StateStore
	stages.consensus = n.consensus
	pool := n.comet.Mempool()
	n.prompt.waiting = func() bool { return pool.Size() > 0 && n.o.App.Proposable() }
	n.prompt.consensus = n.consensus
	n.patience.consensus = n.consensus
	done := n.comet.BlockStore().Height()
	if err := n.signer.prepare(done, max(done+1, n.o.Genesis.FirstHeight())); err != nil {
		return err
	}
	n.redial.sw = n.comet.Switch()
	copy(n.address[:], env.PubKey.Address())
	if n.push != nil {
		n.push.consensus, n.push.peers, n.push.address = n.consensus, n.comet.Switch().Peers(), n.address[:]
		if reactor, ok := n.comet.Switch().Reactor("CONSENSUS"); ok {
			reactor.SetSwitch(&announcer{Switcher: n.comet.Switch(), delay: max(announceHold, 2*n.config.Consensus.PeerGossipSleepDuration)})
		}
	}
	n.o.Monitor.begin(n.o.Store, n.comet.BlockStore())
	return nil
}

// openSigner loads the consensus key with the record of what it signed last. A
// missing record is refused: a key that starts over signs again what it has
// signed before, and loses its stake.
func (n *Node) openSigner() error {
	for _, file := range []string{n.config.PrivValidatorKeyFile(), n.config.PrivValidatorStateFile()} {
		if _, err := os.Stat(file); err != nil {
			return fmt.Errorf("%w: restore the file; if its record of signed votes is lost for good, "+
				"make a new home with a new consensus key, since signing the same height twice costs the stake", err)
		}
	}
	var err error
	if n.signer, err = openSigner(n.config.PrivValidatorKeyFile(), n.config.PrivValidatorStateFile(), n.o.Home.SignJournal()); err != nil {
		return err
	}
	if n.config.PrivValidatorListenAddr != "" { // a remote signer signs, and knows nothing of the log
		return nil
	}
	n.signer.logFile = n.config.Consensus.WalFile()
	n.signer.wal, err = openWAL(n.o.Config.Journal.Memory, n.signer.logFile, n.o.Home.Data("wal_memory"))
	if n.signer.wal != nil {
		n.config.Consensus.SetWalFile(n.signer.wal.file())
	}
	return err
}

// explain adds to an error of CometBFT's what the operator can do about it.
func (n *Node) explain(err error) error {
	if needed := n.fault.Load(); needed != nil { // an upgrade: CometBFT keeps only the words of it
		return *needed
	}
	var other *abci.GenesisMismatch
	switch {
	case errors.As(err, &other):
		return other
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("p2p.laddr %s is in use by another program: stop it, or change p2p.laddr in %s: %w",
			n.config.P2P.ListenAddress, n.o.Home.CometFile(), err)
	case errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EWOULDBLOCK):
		return fmt.Errorf("%s is in use by another blinkd: stop it first, or choose another --home: %w", n.o.Home.Dir, err)
	}
	return err
}

// abandon frees what a node that could not start holds.
func (n *Node) abandon() error {
	n.cancel()
	n.running.Wait()
	if n.comet.IsRunning() {
		return errors.Join(n.comet.Stop(), n.closeSigner())
	}
	n.comet.OnStop() // Stop refuses a node that never ran, but its databases are open
	return n.closeSigner()
}

// closeSigner is for when nothing asks for signatures any more.
func (n *Node) closeSigner() error {
	if n.signer == nil {
		return nil
	}
	return n.signer.close()
}

// Stop stops the node within seconds: it leaves the network, finishes the
// block it is executing and closes CometBFT's databases. It returns at once if
// another call is at it; see Wait.
func (n *Node) Stop() {
	n.stopOnce.Do(func() {
		n.stopping.Store(true)
		n.cancel()
		if err := n.comet.Stop(); err != nil {
			n.o.Logger.Warn("stopping CometBFT", "err", err)
		}
		n.comet.Wait()
		if err := n.closeSigner(); err != nil {
			n.o.Logger.Error("closing the record of signed votes", "err", err)
		}
		n.running.Wait()
		close(n.done)
	})
}

// Wait returns when the node has stopped: nil after Stop, or what stopped it.
func (n *Node) Wait() error {
	<-n.done
	if err := n.fault.Load(); err != nil {
		return *err
	}
	return nil
}

// Store is the state that the node serves.
func (n *Node) Store() *store.Store { return n.o.Store }
