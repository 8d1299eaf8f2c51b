package node

import (
	"context"
	"sync"

	"github.com/cometbft/cometbft/p2p"
	protomem "github.com/cometbft/cometbft/proto/tendermint/mempool"
)

// intakeBytes bounds what waits to be verified. A peer that sends more waits
// with it, and so do its votes: it sends faster than this node can work.
const intakeBytes = 16 << 20

// intake takes transactions that peers sent, verifies all that have come while
// the last ones were verified together, and only then hands them to CometBFT's
// mempool, in the order in which they came. Votes come over the same connections
// and do not wait for signatures of transactions any more.
type intake struct {
	know    func(raws [][]byte)
	deliver func(p2p.Envelope)

	mu      sync.Mutex
	room    *sync.Cond // bytes has shrunk, or ended is set
	waiting []p2p.Envelope
	bytes   int
	ended   bool
	wake    chan struct{} // holds one value while something waits
}

func newIntake(know func([][]byte), deliver func(p2p.Envelope)) *intake {
	in := &intake{know: know, deliver: deliver, wake: make(chan struct{}, 1)}
	in.room = sync.NewCond(&in.mu)
	return in
}

// put waits for room. What comes after the end is dropped.
func (in *intake) put(e p2p.Envelope) {
	size := 0
	for _, raw := range e.Message.(*protomem.Txs).Txs {
		size += len(raw)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	for in.bytes > intakeBytes && !in.ended {
		in.room.Wait()
	}
	if in.ended {
		return
	}
	in.waiting, in.bytes = append(in.waiting, e), in.bytes+size
	select {
	case in.wake <- struct{}{}:
	default:
	}
}

// run hands on until ctx ends.
func (in *intake) run(ctx context.Context) {
	defer func() {
		in.mu.Lock()
		defer in.mu.Unlock()
		in.ended, in.waiting = true, nil
		in.room.Broadcast()
	}()
	for {
		select {
		case <-in.wake:
		case <-ctx.Done():
			return
		}
		batch := in.take()
		var raws [][]byte
		for _, e := range batch {
			raws = append(raws, e.Message.(*protomem.Txs).Txs...)
		}
		in.know(raws)
		for _, e := range batch {
			in.deliver(e)
		}
	}
}

func (in *intake) take() []p2p.Envelope {
	in.mu.Lock()
	defer in.mu.Unlock()
	batch := in.waiting
	in.waiting, in.bytes = nil, 0
	in.room.Broadcast()
	return batch
}
