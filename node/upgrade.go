package node

import (
	"context"
	"errors"
	"runtime"
	"time"

	abcicli "github.com/cometbft/cometbft/abci/client"
	abcitypes "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/proxy"

	"blink/abci"
)

// At the height of an upgrade that this binary does not know, the application
// refuses the block (abci.UpgradeNeeded). CometBFT has stored the block by
// then, and nothing else of it: the next start executes it, whichever binary
// that is. To CometBFT the refusal is a reason to panic, in three places:
//
//   - In the handshake, NewNode fails. Nothing runs yet, so that is all.
//   - In consensus, the panic is caught and ends consensus in good order
//     (consensus/state.go, receiveRoutine); the node is stopped after it.
//   - In block sync nothing would catch it (blocksync/reactor.go, poolRoutine),
//     and the process would die with a stack. There the goroutine ends instead.
type upgradeGuard struct {
	proxy.ClientCreator
	node *Node
}

func (g upgradeGuard) NewABCIClient() (abcicli.Client, error) {
	client, err := g.ClientCreator.NewABCIClient()
	return guardedClient{client, g.node}, err
}

type guardedClient struct {
	abcicli.Client
	node *Node
}

func (c guardedClient) FinalizeBlock(ctx context.Context, req *abcitypes.RequestFinalizeBlock) (*abcitypes.ResponseFinalizeBlock, error) {
	c.node.patience.begins(time.Now())
	res, err := c.Client.FinalizeBlock(ctx, req)
	if errors.As(err, new(*abci.UpgradeNeeded)) {
		c.node.outdated(err)
	}
	return res, err
}

func (c guardedClient) Commit(ctx context.Context, req *abcitypes.RequestCommit) (*abcitypes.ResponseCommit, error) {
	res, err := c.Client.Commit(ctx, req)
	c.node.patience.ends(time.Now())
	return res, err
}

// outdated ends the node because only a later binary can go on. It does not
// return to block sync.
func (n *Node) outdated(err error) {
	n.fault.Store(&err)
	if n.comet == nil {
		return // in the handshake
	}
	n.stopping.Store(true) // what CometBFT says from here on follows from this
	n.o.Logger.Error("this blinkd is too old for the next block", "err", err)
	if n.o.Config.Watchdog.Exit {
		go func() {
			<-n.started // a start that fails stops what it began by itself
			time.Sleep(upgradeGrace)
			n.Stop()
		}()
	}
	if n.comet.ConsensusReactor().WaitSync() {
		runtime.Goexit()
	}
}

// upgradeGrace is how long a node that cannot go on stays in the network. Its
// gossip still gives the votes for the block of the upgrade to peers who have
// not seen enough of them, and would wait for them when all others are gone.
const upgradeGrace = 2 * time.Second
