package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// environment is what a command needs of the world. main makes one, run completes it, commands only read it.
type environment struct {
	stdin          io.Reader
	stdout, stderr io.Writer

	ctx            context.Context // cancelled by the first SIGINT or SIGTERM; a second one kills
	output         string          // "text" or "json"
	home           string          // folder of the node, absolute
	keyring        string          // folder of the keys, absolute
	nodes          []string        // base URLs of REST servers to talk to, in order of preference
	passphraseFile string          // file with the passphrase of keys, "" = not given

	keyWorkFactor int  // scrypt work factor of new keys, log2; 0 = crypto's default
	started       bool // the command's own code has begun: errors are no longer usage errors
}

// run executes one command line and returns the exit status: 0 done, 1 failed, 2 wrong usage, 3 a later blinkd
// is needed.
func run(args []string, env *environment) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	env.ctx = ctx

	root := newRootCmd(env)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	if !env.started && !isHint(err) {
		err = hint{usageError{err}, fmt.Sprintf("see %s --help", cmd.CommandPath())}
	}
	return env.fail(err)
}

func newRootCmd(env *environment) *cobra.Command {
	root := &cobra.Command{
		Use:           "blinkd",
		Short:         "A proof-of-stake node that measures time to finality",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetIn(env.stdin)
	root.SetOut(env.stdout)
	root.SetErr(env.stderr)

	flags := root.PersistentFlags()
	flags.StringVarP(&env.output, "output", "o", "text", "`FORMAT` of the result: text or json")
	flags.StringVar(&env.home, "home", "", "`DIR` of the node (env BLINK_HOME, default ~/.blink)")
	flags.StringVar(&env.keyring, "keyring", "", "`DIR` of the keys (env BLINK_KEYRING, default <home>/keys)")
	flags.StringArrayVar(&env.nodes, "node", nil, "`URL` of a node's REST server; repeat it to name others to turn to\nwhen one is down (env BLINK_NODE, comma separated, default http://127.0.0.1:8080)")
	flags.StringVar(&env.passphraseFile, "passphrase-file", "", "`FILE` whose first line is the passphrase of the key (or env BLINK_PASSPHRASE)")
	_ = root.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp))

	root.AddCommand(
		newInitCmd(env),
		newStartCmd(env),
		newExportCmd(env),
		newTestnetCmd(env),
		newLocalnetCmd(env),
		newKeysCmd(env),
		newTxCmd(env),
		newQueryCmd(env),
		newVerifyCmd(env),
		newStatusCmd(env),
		newBenchCmd(env),
		newLabCmd(env),
		newVersionCmd(env),
	)
	prepare(root, env)
	return root
}

// prepare makes every command below cmd complete the environment before it runs, and makes groups refuse words that
// are none of their commands.
func prepare(cmd *cobra.Command, env *environment) {
	for _, sub := range cmd.Commands() {
		prepare(sub, env)
	}
	if own := cmd.RunE; own != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if err := env.complete(); err != nil {
				return err
			}
			env.started = true
			return own(cmd, args)
		}
		return
	}
	cmd.SuggestionsMinimumDistance = 2 // letters that may differ
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		err := fmt.Errorf("unknown command %q for %q", args[0], cmd.CommandPath())
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			return hint{usageError{err}, "did you mean " + strings.Join(near, " or ") + "?"}
		}
		return err
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
}

// complete fills in what neither flag nor environment variable gave, and checks the rest.
func (env *environment) complete() error {
	if env.output != "text" && env.output != "json" {
		return fmt.Errorf("--output must be text or json, was %q", env.output)
	}
	if err := env.completeFolders(); err != nil {
		return err
	}
	if len(env.nodes) == 0 {
		env.nodes = strings.FieldsFunc(os.Getenv("BLINK_NODE"), func(r rune) bool { return r == ',' || r == ' ' })
	}
	if len(env.nodes) == 0 {
		env.nodes = []string{"http://127.0.0.1:8080"}
	}
	return nil
}

func (env *environment) completeFolders() error {
	home := first(env.home, os.Getenv("BLINK_HOME"))
	if home == "" {
		user, err := os.UserHomeDir()
		if err != nil {
			return hint{err, "name the folder of the node with --home"}
		}
		home = filepath.Join(user, ".blink")
	}
	keyring := first(env.keyring, os.Getenv("BLINK_KEYRING"), filepath.Join(home, "keys"))
	var err error
	if env.home, err = filepath.Abs(home); err != nil {
		return err
	}
	env.keyring, err = filepath.Abs(keyring)
	return err
}

// first returns the first of values that is not empty.
func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
