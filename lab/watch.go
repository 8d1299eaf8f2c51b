package lab

import (
	"context"
	"encoding/json"
	"slices"
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
	last []int64 // highest block seen, by node; 0 = none yet
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
	w := &BlockWatch{start: start, cancel: cancel, last: make([]int64, len(nodes))}
	for i := range nodes {
		w.wg.Add(1)
		go func() {
			defer w.wg.Done()
			w.follow(ctx, i, nodes[i])
		}()
	}
	return w
}

// Settle waits until every node has been seen to serve the highest block that any has, or for at most d.
func (w *BlockWatch) Settle(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end) && !w.settled(); {
		time.Sleep(10 * time.Millisecond)
	}
}

func (w *BlockWatch) settled() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, h := range w.last {
		if h != slices.Max(w.last) {
			return false
		}
	}
	return true
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

// follow reads one node's stream for as long as ctx lasts.
func (w *BlockWatch) follow(ctx context.Context, node int, url string) {
	c, err := client.New([]string{url}, client.Options{Timeout: attemptTimeout, UserAgent: "blinkd-watch"})
	if err != nil {
		return // PrepareLoad has refused such a URL
	}
	defer c.Close()
	for ctx.Err() == nil {
		w.catchUp(ctx, c, node)
		for e, err := range c.Events(ctx, "block") {
			now := time.Now()
			var b struct{ Height int64 }
			if err != nil || e.Type == "block" && json.Unmarshal(e.Data, &b) != nil {
				break
			}
			if e.Type == "block" {
				w.reached(node, b.Height, now, false)
			}
		}
		pause(ctx, watchRetry)
	}
}

// catchUp enters the blocks that came while there was no stream. Blocks before the first stream are nobody's business.
func (w *BlockWatch) catchUp(ctx context.Context, c *client.Client, node int) {
	if w.highest(node) == 0 {
		return
	}
	if s, err := c.Status(ctx); err == nil {
		w.reached(node, s.Height, time.Now(), true)
	}
}

func (w *BlockWatch) highest(node int) int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last[node]
}

// reached enters a block that a node serves, and the blocks below it that have not been seen there: those it serves at the
// latest now.
func (w *BlockWatch) reached(node int, height int64, at time.Time, late bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	first := w.last[node] + 1
	if w.last[node] == 0 {
		first = height
	}
	for h := first; h <= height; h++ {
		if len(w.seen) >= maxBlocksSeen {
			return
		}
		w.seen = append(w.seen, moment{node: node, height: h, at: at, late: late || h < height})
	}
	w.last[node] = max(w.last[node], height)
}
