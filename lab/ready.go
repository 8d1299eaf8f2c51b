package lab

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"blink/api/client"
)

// awaitReady returns once every node says that it is ready and has reached a height that all have reached. It fails as
// soon as a node ends.
func (l *Localnet) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, l.cfg.ReadyTimeout)
	defer cancel()
	urls := make([]string, len(l.network.Nodes))
	for i, n := range l.network.Nodes {
		urls[i] = n.REST
	}
	c, err := client.New(urls, client.Options{Timeout: 2 * time.Second})
	if err != nil {
		return err
	}
	defer c.Close()
	target := int64(1) // the first block; then the height of the node that is ahead
	for i := range l.nodes {
		l.cfg.Progress(fmt.Sprintf("waiting for %s", l.network.Nodes[i].Name))
		height, err := l.awaitNode(ctx, c.Only(i), target)
		if err != nil {
			return err
		}
		target = max(target, height)
	}
	for i := range l.nodes {
		if _, err := l.awaitNode(ctx, c.Only(i), target); err != nil {
			return err
		}
	}
	return nil
}

// awaitNode waits until a node is ready and has reached height.
func (l *Localnet) awaitNode(ctx context.Context, c *client.Client, height int64) (int64, error) {
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for {
		err := c.Ready(ctx)
		if err == nil {
			var s client.Status
			if s, err = c.Status(ctx); err == nil && s.Height >= height {
				return s.Height, nil
			}
		}
		if ended := l.endedEarly(); ended != nil {
			return 0, ended
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.Canceled) {
				return 0, ctx.Err()
			}
			if err == nil {
				err = fmt.Errorf("it has not reached height %d", height)
			}
			return 0, fmt.Errorf("the network was not ready in time: %s: %w", c.Current(), err)
		}
	}
}

// endedEarly returns an error with the log of a node that has ended, or nil.
func (l *Localnet) endedEarly() error {
	for i, p := range l.nodes {
		if !p.running() {
			node := l.network.Nodes[i]
			return fmt.Errorf("%s ended while starting (%s); the end of its log, %s:\n%s",
				node.Name, p.reason(), node.Log, strings.Join(lastLines(node.Log, 15), "\n"))
		}
	}
	return nil
}
