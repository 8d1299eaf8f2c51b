package main

import (
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
)

// comet is a network of CometBFT's own kvstore: key=value transactions without signatures. The application is in memory; what
// makes a transaction durable is the fsync'ed block store, from which the application is built again after a restart.
type comet struct {
	processes
	rpc  []string // URL of each node
	http *http.Client
	sent atomic.Int64 // transactions
	turn atomic.Int64 // requests
}

func startStock(ctx context.Context, s settings) (server, error) { return startComet(ctx, s, 4, "") }
func startTuned(ctx context.Context, s settings) (server, error) {
	return startComet(ctx, s, 4, s.tuning)
}
func startAlone(ctx context.Context, s settings) (server, error) {
	return startComet(ctx, s, 1, s.tuning)
}

// startComet makes homes by cometbft testnet, which writes CometBFT's defaults, or those with the values of a tuning file
// on top. Node i listens on an address 127.0.0.(31+i) of its own, so that every port is the usual one.
func startComet(ctx context.Context, s settings, validators int, tuning string) (server, error) {
	args := []string{"testnet", "--v", strconv.Itoa(validators), "--o", s.dir, "--starting-ip-address", "127.0.0.31"}
	var env []string
	if tuning != "" {
		args = append(args, "--config", tuning)
		env = append(env, "CMT_CONSENSUS_PEER_GOSSIP_SLEEP_DURATION="+s.gossip.String())
	}
	if out, err := exec.Command(s.cometbft, append(args, "--home", filepath.Join(s.dir, "unused"))...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("cometbft testnet: %w: %s", err, out)
	}
	c := &comet{http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1000}}}
	for i := range validators {
		home, ip := filepath.Join(s.dir, fmt.Sprint("node", i)), fmt.Sprint("127.0.0.", 31+i)
		p, err := startProcess(filepath.Join(s.dir, fmt.Sprint("node", i, ".log")), env, s.cometbft, "start", "--home", home,
			"--proxy_app", "kvstore", "--p2p.laddr", "tcp://"+ip+":26656", "--rpc.laddr", "tcp://"+ip+":26657")
		if err != nil {
			c.stop()
			return nil, err
		}
		c.processes = append(c.processes, p)
		c.rpc = append(c.rpc, "http://"+ip+":26657")
	}
	if err := c.await(ctx, c.ready); err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}

// ready: every node has every other as its peer, and has committed a transaction.
func (c *comet) ready(ctx context.Context) error {
	for range c.rpc {
		var net struct {
			NPeers string `json:"n_peers"`
		}
		if err := c.call(ctx, c.pick(), "net_info", nil, &net); err != nil {
			return err
		}
		if net.NPeers != strconv.Itoa(len(c.rpc)-1) {
			return errors.New("peers are missing")
		}
	}
	for range c.rpc {
		if err := c.commit(ctx); err != nil {
			return err
		}
	}
	return nil
}

// pick gives the nodes in turn.
func (c *comet) pick() string { return c.rpc[c.turn.Add(1)%int64(len(c.rpc))] }

// transaction is a new one of 250 bytes.
func (c *comet) transaction() []byte {
	return fmt.Appendf(nil, "%016d=%s", c.sent.Add(1), strings.Repeat("x", valueSize-17))
}

// commit waits as the user of a stock node does: the node that was asked answers when it has executed the block.
func (c *comet) commit(ctx context.Context) error {
	var result struct {
		CheckTx  struct{ Code int } `json:"check_tx"`
		TxResult struct{ Code int } `json:"tx_result"`
	}
	if err := c.call(ctx, c.pick(), "broadcast_tx_commit", c.transaction(), &result); err != nil {
		return err
	}
	if result.CheckTx.Code != 0 || result.TxResult.Code != 0 {
		return fmt.Errorf("refused with codes %d, %d", result.CheckTx.Code, result.TxResult.Code)
	}
	return nil
}

func (c *comet) stop() {
	c.processes.stop()
	c.http.CloseIdleConnections()
}

// cometVersion is the version of the module that the binary was built from; "cometbft version" of v0.40.0 says 0.39.0.
func cometVersion(binary string) string {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return err.Error()
	}
	return info.Main.Version
}
