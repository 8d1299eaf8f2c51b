package lab

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"blink/api/client"
)

// proposerWithin bounds the search for a proposer that can be hit: the turn may be on a node that is down.
const proposerWithin = 10 * time.Second

// nextProposer is the node whose turn it is to propose, by the node that is ahead, and why. Only nodes that answer count.
func (r *trial) nextProposer(ctx context.Context) (int, string, error) {
	ctx, cancel := context.WithTimeout(ctx, proposerWithin)
	defer cancel()
	for {
		if node, note, ok := r.proposer(r.askAll(ctx)); ok {
			return node, note, nil
		}
		if !pause(ctx, 5*time.Millisecond) {
			return -1, "", errors.New("no node that answers is the next proposer")
		}
	}
}

// proposer picks it from what the nodes say; nil is no answer.
func (r *trial) proposer(answers []*client.Status) (node int, note string, ok bool) {
	var ahead *client.Consensus
	for _, s := range answers {
		if s == nil || s.Consensus == nil || s.Consensus.Proposer == "" {
			continue
		}
		if c := s.Consensus; ahead == nil || c.Height > ahead.Height || c.Height == ahead.Height && c.Round > ahead.Round {
			ahead = c
		}
	}
	if ahead == nil {
		return -1, "", false
	}
	node, known := r.byConsensus[ahead.Proposer]
	if !known || answers[node] == nil {
		return -1, "", false
	}
	return node, fmt.Sprintf("the proposer of height %d, round %d", ahead.Height, ahead.Round), true
}

// askAll asks all nodes for their status at once; nil for those that do not answer soon.
func (r *trial) askAll(ctx context.Context) []*client.Status {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	answers := make([]*client.Status, len(r.nodes))
	var wg sync.WaitGroup
	for i := range r.nodes {
		wg.Go(func() {
			if s, err := r.client.Only(i).Status(ctx); err == nil {
				answers[i] = &s
			}
		})
	}
	wg.Wait()
	return answers
}
