package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"blink/api/client"
	"blink/genesis"
)

// network is one network of validators on this machine, each a process.
type network struct {
	blinkd, dir string
	urls        []string
	nodes       []*process
	starting    time.Duration // from the first process until all were ready

	transactions int64 // of all loads on it so far; those that gave the accounts their coins are not counted
}

// makeNetwork writes the homes of a network under dir, which it must not share with another that runs.
//
// Each network of each run has an address of its own in 127.0.0.0/8, all of which is loopback on Linux, and unusual ports:
// neither other networks nor what the machine does otherwise is in the way.
func (r *runner) makeNetwork(ctx context.Context, validators int) (*network, error) {
	const restPort, p2pPort = 18080, 18656
	r.networks++
	host := fmt.Sprintf("127.%d.%d.%d", 64+os.Getpid()>>8&127, os.Getpid()&255, 1+r.networks%254)
	n := &network{blinkd: r.blinkd, dir: filepath.Join(r.dir, fmt.Sprint("network", r.networks))}
	for i := range validators {
		n.urls = append(n.urls, fmt.Sprintf("http://%s:%d", host, restPort+i))
	}
	_, err := runBlinkd(ctx, r.dir, r.blinkd, "testnet", "--out", n.dir, "--validators", strconv.Itoa(validators), "--hosts", host,
		"--rest-port", strconv.Itoa(restPort), "--p2p-port", strconv.Itoa(p2pPort), "--demo", funder)
	return n, err
}

// startNetwork makes a network and starts it. The caller must remove it.
func (r *runner) startNetwork(ctx context.Context, validators int) (*network, error) {
	n, err := r.makeNetwork(ctx, validators)
	if err == nil {
		err = n.start(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, n.remove())
	}
	return n, nil
}

func (n *network) home(i int) string { return filepath.Join(n.dir, "node"+strconv.Itoa(i)) }

func (n *network) genesisFile(i int) string {
	return filepath.Join(n.home(i), "config", "genesis.json")
}

// start starts all nodes and returns when each of them is ready and has the first block: before that it has no accounts.
func (n *network) start(ctx context.Context) error {
	begun := time.Now()
	for i := range n.urls {
		p, err := startNode(n.blinkd, n.home(i))
		if err != nil {
			return err
		}
		n.nodes = append(n.nodes, p)
	}
	for i := range n.urls {
		if err := n.awaitReady(ctx, i); err != nil {
			return err
		}
	}
	n.starting = time.Since(begun)
	return nil
}

func (n *network) awaitReady(ctx context.Context, i int) error {
	c, err := client.New(n.urls[i:i+1], client.Options{})
	if err != nil {
		return err
	}
	defer c.Close()
	for {
		status, notReady := c.Status(ctx)
		if notReady == nil && status.Ready && status.Height > 0 {
			return nil
		}
		if !n.nodes[i].running() {
			return fmt.Errorf("node%d has ended by %v:\n%s", i, n.nodes[i].cmd.ProcessState, lastLines(n.home(i)))
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("node%d is not ready: %w", i, errors.Join(context.Cause(ctx), notReady))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// remove stops all nodes and deletes what they have written.
func (n *network) remove() error {
	for _, p := range n.nodes {
		p.askToStop()
	}
	patience, cancel := context.WithTimeout(context.Background(), stopGrace)
	defer cancel()
	for _, p := range n.nodes {
		p.awaitStop(patience)
	}
	return os.RemoveAll(n.dir)
}

// setAccounts puts made-up accounts into the genesis of a network that has not been started, until there are total. What
// the network came with stays.
func (n *network) setAccounts(total int, seed uint64) (int, error) {
	doc, err := genesis.Load(n.genesisFile(0))
	if err != nil {
		return 0, err
	}
	doc.Accounts = append(doc.Accounts, madeUp(total-len(doc.Accounts), seed)...)
	text := doc.Encode()
	for i := range n.urls {
		if err := os.WriteFile(n.genesisFile(i), text, 0o644); err != nil {
			return 0, err
		}
	}
	return len(doc.Accounts), nil
}

// runBlinkd runs a command of blinkd that ends by itself, in the folder dir, and gives what it printed. It ends with ctx, and
// gets the time to tidy up after itself.
func runBlinkd(ctx context.Context, dir, blinkd string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, blinkd, args...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = dir, environment(), childAttributes()
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopGrace
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, fmt.Errorf("blinkd %s: %w: %s", args[0], err, strings.TrimSpace(complaint.String()))
	}
	return out, nil
}
