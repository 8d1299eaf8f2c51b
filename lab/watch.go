package lab

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"blink/api/client"
)

const (
	// maxBlocksSeen bounds what a watch remembers, over all nodes: 4 nodes with 15 blocks per second for 9 hours.
	maxBlocksSeen = 2 << 20
	// watchRetry is how long a watch waits before it connects again to a node whose stream has broken.
	watchRetry = 100 * time.Millisecond
)

// BlockWatch follows the block events of every node, each over a connection of its own: when did the client learn that a
// node serves a block? A stream that breaks is opened again, and the blocks missed meanwhile are filled in, as late.
type BlockWatch struct {
	start  func() time.Time
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu   sync.Mutex
	seen []moment
	full bool
	late int
}

// moment is a BlockSeen with the time as it was read: the start may not be known yet.
type moment struct {
	node   int
	height int64
	at     time.Time
	late   bool
}

// WatchBlocks watches the nodes at these URLs until Stop, or until ctx ends. start gives the moment that offsets count
// from; it is called by Blocks only.
func WatchBlocks(ctx context.Context, nodes []string, start func() time.Time) *BlockWatch {
	ctx, cancel := context.WithCancel(ctx)
	w := &BlockWatch{start: start, cancel: cancel}
	for i := range nodes {
		w.wg.Add(1)
		go func() {
			defer w.wg.Done()
			w.follow(ctx, i, nodes[i])
		}()
	}
	return w
}

// Stop ends the watch and returns when nothing of it runs any more.
func (w *BlockWatch) Stop() {
	w.cancel()
	w.wg.Wait()
}

// Blocks are what has been seen so far, in the order seen; of each node every height at most once.
func (w *BlockWatch) Blocks() []BlockSeen {
	start := w.start()
	w.mu.Lock()
	defer w.mu.Unlock()
	blocks := make([]BlockSeen, len(w.seen))
	for i, m := range w.seen {
		blocks[i] = BlockSeen{Node: m.node, Height: m.height, At: m.at.Sub(start), Late: m.late}
	}
	return blocks
}

// Full reports whether the watch has reached its bound and remembers no further blocks.
func (w *BlockWatch) Full() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.full
}

func (w *BlockWatch) add(m moment) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.seen) >= maxBlocksSeen {
		w.full = true
		return
	}
	w.seen = append(w.seen, m)
}

// follow reads one node's stream for as long as ctx lasts.
func (w *BlockWatch) follow(ctx context.Context, node int, url string) {
	c, err := client.New([]string{url}, client.Options{Timeout: attemptTimeout, UserAgent: "blinkd-watch"})
	if err != nil {
		return // PrepareLoad has refused such a URL
	}
	defer c.Close()
	last := int64(0) // highest block seen; 0 = none yet
	for ctx.Err() == nil {
		for e, err := range c.Events(ctx, "block") {
			if err != nil {
				break
			}
			now := time.Now()
			var b struct{ Height int64 }
			if e.Type != "block" || json.Unmarshal(e.Data, &b) != nil || b.Height <= last {
				continue
			}
			w.fill(node, last, b.Height)
			last = b.Height
			w.add(moment{node: node, height: b.Height, at: now})
		}
		pause(ctx, watchRetry)
	}
}

// fill enters the blocks between the last one seen and the next, which came while there was no stream: the node serves
// them at the latest now.
func (w *BlockWatch) fill(node int, last, next int64) {
	if last == 0 {
		return
	}
	now := time.Now()
	for height := last + 1; height < next; height++ {
		w.add(moment{node: node, height: height, at: now, late: true})
	}
}
