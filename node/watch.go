package node

import (
	"context"
	"fmt"
	"time"

	"github.com/cometbft/cometbft/consensus/types"
	"github.com/cometbft/cometbft/libs/pubsub"
	cmttypes "github.com/cometbft/cometbft/types"
)

// eventBuffer is how many events of a kind may wait. A block makes about ten,
// so this is minutes; CometBFT cancels a subscription that is full.
const eventBuffer = 4096

// eventKind is a kind of event and what to do with one.
type eventKind struct {
	query pubsub.Query
	note  func(event any, at time.Time)
}

// follow feeds the tracker with the steps of consensus, one subscription per
// kind of event. Only the times of the steps come this way: which transactions
// are final comes from the application's Commit and cannot be missed. After a
// cancelled subscription there are blocks without these times, nothing worse.
// Push gossip learns of votes in the same way, with the repair path behind it,
// and so does Status learn where consensus is.
func (n *Node) follow(ctx context.Context) error {
	tracker := n.o.Monitor.tracker
	kinds := []eventKind{
		{cmttypes.EventQueryCompleteProposal, func(event any, at time.Time) {
			tracker.Proposed(event.(cmttypes.EventDataCompleteProposal).Height, at)
		}},
		{cmttypes.EventQueryPolka, func(event any, at time.Time) {
			tracker.Prevoted(event.(cmttypes.EventDataRoundState).Height, at)
		}},
		{cmttypes.EventQueryNewRoundStep, func(event any, at time.Time) {
			// The commit step is entered at +2/3 precommits for one block.
			if e := event.(cmttypes.EventDataRoundState); e.Step == types.RoundStepCommit.String() {
				tracker.Precommitted(e.Height, at)
			}
		}},
		{moves{}, func(event any, _ time.Time) { n.position.moved(event) }},
	}
	if n.push != nil {
		kinds = append(kinds, eventKind{cmttypes.EventQueryVote, func(event any, _ time.Time) {
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
func (n *Node) drain(ctx context.Context, sub cmttypes.Subscription, note func(any, time.Time)) {
	for {
		select {
		case msg := <-sub.Out():
			note(msg.Data(), time.Now())
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
			n.o.Logger.Debug("an event subscription was cancelled; some stages will be missing", "query", query)
			return sub
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
	}
	return nil
}
