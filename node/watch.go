package node

import (
	"context"
	"fmt"
	"time"

	"github.com/cometbft/cometbft/libs/pubsub"
	cmttypes "github.com/cometbft/cometbft/types"
)

// eventBuffer is how many events of a kind may wait. A block makes about ten,
// so this is minutes; CometBFT cancels a subscription that is full.
const eventBuffer = 4096

// eventKind is a kind of event and what to do with one.
type eventKind struct {
	query pubsub.Query
	note  func(event any)
}

// follow learns from CometBFT's events what may come late or not at all on a
// busy machine: where consensus is, for Status, and this validator's votes, for
// push gossip, which has the repair path behind it. What is measured does not
// come this way, but on the goroutine of consensus: the stages of finality by
// its metrics (stages), what is final by the application's Commit (Monitor).
func (n *Node) follow(ctx context.Context) error {
	kinds := []eventKind{{moves{}, n.position.moved}}
	if n.push != nil {
		kinds = append(kinds, eventKind{cmttypes.EventQueryVote, func(event any) {
			n.push.voted(event.(cmttypes.EventDataVote).Vote)
		}})
	}
	for i, kind := range kinds {
		name := fmt.Sprintf("blink-%d", i)
		sub, err := n.comet.EventBus().Subscribe(ctx, name, kind.query, eventBuffer)
		if err != nil {
			return err
		}
		n.running.Go(func() {
			for sub != nil {
				n.drain(ctx, sub, kind.note)
				sub = n.resubscribe(ctx, name, kind.query)
			}
		})
	}
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
