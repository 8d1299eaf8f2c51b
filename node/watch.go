package node

import (
	"context"
	"time"

	"github.com/cometbft/cometbft/libs/pubsub"
	cmttypes "github.com/cometbft/cometbft/types"
)

// eventBuffer is how many events may wait. A block makes about ten, so this is
// minutes; CometBFT cancels a subscription that is full.
const eventBuffer = 4096

// follow learns from CometBFT's events what may come late or not at all on a
// busy machine: where consensus is, for Status. What others wait for, and what
// is measured, does not come this way, but on the goroutine of consensus: own
// votes (push) and the stages of finality (stages) by its metrics, what is final
// by the application's Commit (Monitor).
func (n *Node) follow(ctx context.Context) error {
	const name = "blink-position"
	sub, err := n.comet.EventBus().Subscribe(ctx, name, moves{}, eventBuffer)
	if err != nil {
		return err
	}
	n.running.Go(func() {
		for sub != nil {
			n.drain(ctx, sub, n.position.moved)
			sub = n.resubscribe(ctx, name, moves{})
		}
	})
	return nil
}

// drain notes events until the subscription ends.
func (n *Node) drain(ctx context.Context, sub cmttypes.Subscription, note func(any)) {
	for {
		select {
		case msg := <-sub.Out():
			note(msg.Data())
		case <-sub.Canceled():
			return
		case <-ctx.Done():
			return
		}
	}
}

// resubscribe returns nil when the node is stopping.
func (n *Node) resubscribe(ctx context.Context, name string, query pubsub.Query) cmttypes.Subscription {
	for ctx.Err() == nil && n.comet.EventBus().IsRunning() {
		sub, err := n.comet.EventBus().Subscribe(ctx, name, query, eventBuffer)
		if err == nil {
			n.o.Logger.Debug("an event subscription was cancelled", "query", query)
			return sub
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
	}
	return nil
}
