package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"blink/api/client"

	"github.com/spf13/cobra"
)

// networkStatus is what -o json prints: the nodes that --node names, side by side.
type networkStatus struct {
	ChainID string       `json:"chain_id"`
	Height  int64        `json:"height"`   // of the node that is furthest
	AppHash string       `json:"app_hash"` // at that height
	Ready   bool         `json:"ready"`    // every node is
	Agreed  bool         `json:"agreed"`   // every node has that height and that app hash
	Nodes   []nodeStatus `json:"nodes"`
}

// nodeStatus is one node's answer, or why there is none.
type nodeStatus struct {
	URL string `json:"url"`
	*client.Status
	Error string `json:"error,omitempty"`
	err   error
}

func newStatusCmd(env *environment) *cobra.Command {
	var ready bool
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show the nodes side by side: height, app hash, peers, readiness",
		Long: `Show the nodes that --node names side by side: height, app hash, peers, readiness.

Nodes of one network at one height have one app hash. With --ready only the exit status counts: 0 if every node is
ready, else 1; that is what a container's health check wants.`,
		Example: `  blinkd status --node http://127.0.0.1:8080 --node http://127.0.0.1:8081
  blinkd status --wait-ready 60s`,
		Args: cobra.NoArgs,
	}
	cmd.Flags().BoolVar(&ready, "ready", false, "print nothing but what is wrong: exit with 0 if every node is ready, else with 1")
	cmd.Flags().DurationVar(&wait, "wait-ready", 0, "`TIME` to wait until every node is ready, at one height")
	cmd.RunE = func(*cobra.Command, []string) error {
		c, err := client.New(env.nodes, client.Options{Timeout: 3 * time.Second, DialTimeout: time.Second, UserAgent: "blinkd"})
		if err != nil {
			return usageError{err}
		}
		defer c.Close()
		if ready {
			return checkReady(env.ctx, c)
		}
		s := lookAt(env.ctx, c)
		for deadline := time.Now().Add(wait); !(s.Ready && s.Agreed) && time.Now().Before(deadline) && env.ctx.Err() == nil; {
			time.Sleep(200 * time.Millisecond)
			s = lookAt(env.ctx, c)
		}
		return env.printStatus(s, wait)
	}
	return cmd
}

// printStatus prints the table, and fails if no node answered or what was waited for did not come.
func (env *environment) printStatus(s networkStatus, wait time.Duration) error {
	var failed []error
	for _, n := range s.Nodes {
		if n.err != nil {
			failed = append(failed, n.err)
		}
	}
	if len(failed) == len(s.Nodes) {
		return env.explain(errors.Join(failed...))
	}
	if err := env.print(func(w io.Writer) { s.write(w) }, s); err != nil {
		return err
	}
	if wait > 0 && !(s.Ready && s.Agreed) {
		return fmt.Errorf("not every node was ready, at one height, after %v", wait)
	}
	return nil
}

// checkReady asks every node for /v1/ready.
func checkReady(ctx context.Context, c *client.Client) error {
	var errs []error
	for i, url := range c.URLs() {
		if err := c.Only(i).Ready(ctx); err != nil {
			errs = append(errs, fmt.Errorf("%s is not ready: %w", url, err))
		}
	}
	return errors.Join(errs...)
}

// lookAt asks all nodes at once.
func lookAt(ctx context.Context, c *client.Client) networkStatus {
	s := networkStatus{Nodes: make([]nodeStatus, len(c.URLs())), Ready: true, Agreed: true}
	var wg sync.WaitGroup
	for i, url := range c.URLs() {
		wg.Add(1)
		go func() {
			defer wg.Done()
			st, err := c.Only(i).Status(ctx)
			s.Nodes[i] = nodeStatus{URL: url, Status: &st}
			if err != nil {
				s.Nodes[i] = nodeStatus{URL: url, Error: err.Error(), err: err}
			}
		}()
	}
	wg.Wait()
	for _, n := range s.Nodes {
		if n.Status != nil && (s.ChainID == "" || n.Height > s.Height) {
			s.ChainID, s.Height, s.AppHash = n.ChainID, n.Height, n.AppHash
		}
	}
	for _, n := range s.Nodes {
		s.Ready = s.Ready && n.Status != nil && n.Status.Ready
		s.Agreed = s.Agreed && n.Status != nil && n.ChainID == s.ChainID && n.Height == s.Height && n.AppHash == s.AppHash
	}
	return s
}

func (s networkStatus) write(w io.Writer) {
	fmt.Fprintf(w, "chain %s\n", s.ChainID)
	var rows [][]string
	for _, n := range s.Nodes {
		if n.Status == nil {
			rows = append(rows, []string{"-", n.URL, "-", "-", "-", "-", "-", "no: " + n.reason()})
			continue
		}
		power := "-"
		if n.Validator != nil && n.Validator.Active {
			power = strconv.FormatInt(n.Validator.VotingPower, 10)
		}
		rows = append(rows, []string{printable(n.Moniker), n.URL, strconv.FormatInt(n.Height, 10), shortHash(n.AppHash),
			strconv.Itoa(len(n.Peers)), power, strconv.Itoa(n.Mempool.Txs), n.readiness()})
	}
	table(w, []string{"NODE", "URL", "HEIGHT", "APP HASH", "PEERS", "POWER", "MEMPOOL", "READY"}, rows)
	s.warn(w)
}

// warn says what a reader of the table must not overlook.
func (s networkStatus) warn(w io.Writer) {
	for _, n := range s.Nodes {
		switch {
		case n.Status == nil:
		case n.ChainID != s.ChainID:
			fmt.Fprintf(w, "warning: %s is of another chain, %s\n", n.URL, n.ChainID)
		case n.Height == s.Height && n.AppHash != s.AppHash:
			fmt.Fprintf(w, "warning: %s has another app hash at height %d\n", n.URL, n.Height)
		}
	}
}

func (n nodeStatus) readiness() string {
	if n.Status.Ready {
		return "yes"
	}
	return "no: " + first(n.NotReady, "not yet")
}

// reason says in few words why the node did not answer.
func (n nodeStatus) reason() string {
	if down := new(client.Unreachable); errors.As(n.err, &down) && len(down.Attempts) > 0 {
		return down.Attempts[0].Reason()
	}
	return n.Error
}

// shortHash is enough of a hash to compare by eye.
func shortHash(h string) string {
	if len(h) > 12 {
		return h[:12]
	}
	return h
}
