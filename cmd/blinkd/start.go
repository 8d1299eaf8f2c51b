package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"blink/abci"
	"blink/api"
	"blink/finality"
	"blink/genesis"
	"blink/node"
	"blink/store"
)

// stopWithin is how long requests that are being answered may hold up the end
// of the process.
const stopWithin = 3 * time.Second

func newStartCmd(env *environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "start",
		Short: "Run the node of a home",
		Long: "Run the node of a home until SIGINT or SIGTERM. It ends with status 1 when consensus has stopped,\n" +
			"and with status 3 when the chain has been upgraded to a version that this blinkd does not know.\n\n" +
			"The settings of blink.toml are also flags and environment variables. CometBFT's are in config.toml.",
		Args: cobra.NoArgs,
	}
	node.AddFlags(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		home := node.Home{Dir: env.home}
		cfg, err := node.LoadConfig(home, cmd.Flags())
		switch {
		case errors.Is(err, node.ErrNoHome):
			return hint{err, "make one with: blinkd init --home " + env.home}
		case errors.Is(err, node.ErrHomePartial):
			return hint{err, "delete it and make it again"}
		case err != nil:
			return err
		}
		return env.start(home, cfg)
	}
	return cmd
}

// start is one node, wired: the state, the application on it, consensus, and
// the REST API. They are closed in the opposite order.
func (env *environment) start(home node.Home, cfg node.Config) error {
	logger := node.NewLogger(cfg.Log, env.stderr)
	collectSeldom()
	if cfg.API.Profiling {
		profileContention(logger)
	}
	doc, err := genesis.Load(home.GenesisFile())
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", cfg.API.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return hint{fmt.Errorf("api.listen %s is in use by another program", cfg.API.Listen), "stop it, or choose another address with --api.listen"}
	} else if err != nil {
		return fmt.Errorf("api.listen: %w", err)
	}
	defer listener.Close()
	state, err := store.Open(store.Options{
		Dir: home.Data("blink"), KeepVersions: cfg.Store.KeepVersions, CacheNodes: cfg.Store.CacheNodes, Sync: cfg.Store.Sync,
		WriteBuffer: store.MinWriteBuffer + rand.IntN(store.MaxWriteBuffer-store.MinWriteBuffer),
	})
	if err != nil {
		return noRoom(err, home)
	}
	defer state.Close()

	tracker := finality.NewTracker(finality.Options{})
	monitor := node.NewMonitor(tracker)
	app, err := abci.New(abci.Config{Store: state, Genesis: doc, Observer: monitor})
	if err != nil {
		return err
	}
	n, err := node.Start(env.ctx, node.Options{
		Home: home, Config: cfg, Genesis: doc, Store: state, App: app, Monitor: monitor,
		Logger: logger, Version: buildVersion().Version,
	})
	if err != nil {
		return noRoom(err, home)
	}
	faucet, err := faucetConfig(home, cfg.Faucet)
	if err != nil {
		n.Stop()
		return err
	}
	handler, err := api.New(api.Config{
		Node: apiNode{n}, Store: state, Tracker: tracker, Genesis: doc, Limits: limits(cfg.API), Faucet: faucet,
		CORSOrigins: cfg.API.CORSOrigins, TrustProxy: cfg.API.TrustProxy, Profiling: cfg.API.Profiling, Logger: logger,
	})
	if err != nil {
		n.Stop()
		return err
	}
	server := api.NewServer(cfg.API.Listen, handler)
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			logger.Error("the REST server has ended", "err", err)
			n.Stop()
		}
	}()
	logger.Info("started", "chain", doc.ChainID, "node", n.Status().NodeID, "height", state.Height(), "api", "http://"+listener.Addr().String(), "home", home.Dir)
	announcePlans(state.Latest(), logger)
	go announceReady(env.ctx, n, logger)

	// Answer first, then stop: whoever waits for finality gets the present
	// status instead of a broken connection.
	stopped := make(chan struct{})
	go func() {
		_ = n.Wait()
		close(stopped)
	}()
	select {
	case <-stopped:
	case <-env.ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	_ = server.Shutdown(ctx)
	_ = server.Close()
	n.Stop()
	logger.Info("stopped", "height", state.Height())
	return n.Wait()
}

// profileContention makes the runtime note where goroutines wait for each other: one in a hundred waits for a mutex, and
// other waits by the time that they take, one per millisecond of it.
func profileContention(logger *slog.Logger) {
	runtime.SetMutexProfileFraction(100)
	runtime.SetBlockProfileRate(int(time.Millisecond))
	logger.Info("programs on this machine may take profiles (api.profiling)")
}

// noRoom adds to the error of a full disk what to do about it.
func noRoom(err error, home node.Home) error {
	if errors.Is(err, syscall.ENOSPC) {
		return hint{err, "free space on the disk of " + home.Dir + " and start the node again: it goes on where it was"}
	}
	return err
}
