package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"blink/genesis"
	"blink/lab"
	"blink/node"

	"github.com/spf13/cobra"
)

// localnetFlags is the command line of blinkd localnet.
type localnetFlags struct {
	validators, restPort, p2pPort int
	reset, profiling              bool
	seed, profile, exec           string
	params                        []string
}

func newLocalnetCmd(env *environment) *cobra.Command {
	var f localnetFlags
	cmd := &cobra.Command{
		Use:   "localnet",
		Short: "Run a network of several validators on this machine",
		Long: `Run a network of several validators on this machine, each a process of its own, until Ctrl-C.

The network lives in --home (default ~/.blink/localnet) and goes on where it was when started again; --reset begins a
new one. Free ports are chosen if the usual ones are taken. Demo accounts with coins, alice and bob, have their keys in
<home>/keys, without a passphrase: they are for test networks only.

To see what a fault costs, stop a node with kill PID, as the table shows it, and start it again in another terminal with
blinkd start --home <home>/node1. Blocks need more than two thirds of the voting power: of four equal validators one
may be out. Nodes that were started by hand are stopped by hand.

For scripts, -o json prints one line when all nodes are ready: chain_id, nodes, faucet, accounts, keyring.`,
		Example: `  blinkd localnet
  blinkd localnet --validators 7 --home /tmp/seven
  blinkd localnet --reset --exec 'blinkd bench --duration 20s'
  blinkd localnet --profiling --exec 'blinkd bench --rate 100 --duration 20s --profile profiles'`,
		Args: cobra.NoArgs,
	}
	flags := cmd.Flags()
	flags.IntVar(&f.validators, "validators", 0, "`NUMBER` of validators (default 4, or as many as the network in --home has)")
	flags.BoolVar(&f.reset, "reset", false, "throw away the chain in --home and begin a new one")
	flags.StringVar(&f.seed, "seed", "", "`TEXT` of at least 16 bytes that all keys follow from (default: random)")
	flags.StringVar(&f.profile, "profile", "lan", "`PROFILE` of timeouts for a new network: lan or wan")
	flags.IntVar(&f.restPort, "rest-port", 0, "REST `PORT` of the first node, the others follow (default 8080, or free ones)")
	flags.IntVar(&f.p2pPort, "p2p-port", 0, "peer-to-peer `PORT` of the first node, the others follow (default 26656, or free ones)")
	flags.StringVar(&f.exec, "exec", "", "`COMMAND` for the shell to run once all nodes are ready, with BLINK_NODE and BLINK_KEYRING set;\nthe network stops with it")
	flags.BoolVar(&f.profiling, "profiling", false, "let programs on this machine take profiles of the nodes, as blinkd bench --profile does")
	addParamFlag(cmd, &f.params)
	_ = cmd.RegisterFlagCompletionFunc("profile", cobra.FixedCompletions([]string{"lan", "wan"}, cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(*cobra.Command, []string) error {
		if !cmd.Flags().Changed("home") && os.Getenv("BLINK_HOME") == "" {
			env.home = filepath.Join(env.home, "localnet") // ~/.blink is the home of a single node
		}
		return env.localnet(f)
	}
	return cmd
}

// localnet starts the network and stays until it is told to stop.
func (env *environment) localnet(f localnetFlags) error {
	profile, err := node.ParseProfile(f.profile)
	if err != nil {
		return usageError{fmt.Errorf("--profile: %w", err)}
	}
	params, err := testnetParams(f.params)
	if err != nil {
		return err
	}
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	begun := time.Now()
	fmt.Fprintf(env.stderr, "starting the network in %s\n", env.home)
	net, err := lab.StartLocalnet(env.ctx, lab.LocalnetConfig{
		Home: env.home, Binary: binary, Validators: f.validators, Reset: f.reset, Seed: []byte(f.seed), Params: params,
		RESTPort: f.restPort, P2PPort: f.p2pPort,
		WriteHomes: func(t genesis.Testnet, dir string, dial func(i, j int) string) error {
			return writeHomes(t, dir, homeOptions{profile: profile, dial: dial, unlimited: true})
		},
		StartArgs: func(int) []string { return f.startArgs() },
	})
	if errors.Is(err, context.Canceled) {
		return errors.New("interrupted before the network was ready; no node is left running")
	}
	if err != nil {
		return err
	}
	defer net.Stop()
	if f.exec != "" {
		return env.execWith(net.Network(), f.exec)
	}
	err = env.print(func(w io.Writer) { writeLocalnet(w, net, time.Since(begun)) }, net.Network())
	if err != nil {
		return err
	}
	return env.attend(net)
}

// startArgs is what every node is started with, whatever its blink.toml says.
func (f localnetFlags) startArgs() []string {
	if f.profiling {
		return []string{"--api.profiling=true"}
	}
	return nil
}

// attend reports nodes that end until the user ends the network.
func (env *environment) attend(net *lab.Localnet) error {
	n := len(net.Network().Nodes)
	left := n // those whose end was not yet told: nodes that end at once are told of one by one
	for {
		select {
		case <-env.ctx.Done():
			fmt.Fprintln(env.stderr, "stopping all nodes")
			net.Stop()
			return nil
		case e := <-net.Exits():
			if env.ctx.Err() != nil {
				continue // the stop, not its cause
			}
			fmt.Fprintf(env.stderr, "%s stopped (%s); start it again with: %s start --home %s\n", e.Node.Name, e.Reason, program(), e.Node.Home)
			if e.Code > 0 {
				fmt.Fprintf(env.stderr, "the end of its log, %s:\n  %s\n", e.Node.Log, strings.Join(e.Log, "\n  "))
			}
			left--
			if n > 1 {
				fmt.Fprintln(env.stderr, quorumLeft(n, left))
			}
			if left == 0 {
				return errors.New("no node of this network is running any more")
			}
		}
	}
}

// quorum is how many of n equal validators it takes for more than two thirds of the power.
func quorum(n int) int { return 2*n/3 + 1 }

// quorumLeft says what the network can do with what is left of it.
func quorumLeft(n, left int) string {
	text := fmt.Sprintf("%d of %d nodes started here are running, blocks need %d validators", left, n, quorum(n))
	if left < quorum(n) {
		text += ": the chain waits, without forking, until enough are back"
	}
	return text
}

// execWith runs a shell command with the network in its environment.
func (env *environment) execWith(network lab.Network, command string) error {
	var urls []string
	for _, n := range network.Nodes {
		urls = append(urls, n.REST)
	}
	cmd := exec.CommandContext(env.ctx, "sh", "-c", command)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	cmd.Stdin, cmd.Stdout, cmd.Stderr = env.stdin, env.stdout, env.stderr
	cmd.Env = append(os.Environ(), "BLINK_NODE="+strings.Join(urls, ","), "BLINK_KEYRING="+network.Keyring)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("--exec %q: %w", command, err)
	}
	return nil
}
