package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"blink/app"
	"blink/genesis"
	"blink/node"
	"blink/store"
)

// exportFlags is the command line of blinkd export.
type exportFlags struct {
	chainID, genesisTime, out string
	height                    int64
}

func newExportCmd(env *environment) *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the genesis of a chain that goes on from this one's state",
		Long: "Write the genesis of a chain that goes on from this one's state, with everything in it: accounts, validators,\n" +
			"delegations, what is unbonding, rewards, proposals. Its first block has the height after the exported one.\n" +
			"The node must be stopped. All nodes write the same bytes for the same height and chain id. docs/export.md\n" +
			"says how to start the new chain.",
		Example: "  blinkd export --chain-id blink-2 --out genesis.json\n  blinkd init --home ~/.blink-2 --genesis genesis.json --peers ID@HOST:PORT",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return env.export(f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.chainID, "chain-id", "", "`ID` of the new chain; not that of the old one")
	flags.Int64Var(&f.height, "height", 0, "`HEIGHT` of the block whose state is exported (default the last one)")
	flags.StringVar(&f.genesisTime, "genesis-time", "", "`TIME` of the new chain's first block, RFC 3339 (default that of the exported block)")
	flags.StringVar(&f.out, "out", "", "`FILE` to write; it must not exist (default standard output)")
	_ = cmd.MarkFlagRequired("chain-id")
	return cmd
}

func (env *environment) export(f exportFlags) error {
	home := node.Home{Dir: env.home}
	old, err := genesis.Load(home.GenesisFile())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return hint{fmt.Errorf("%s: %w", env.home, node.ErrNoHome), "name the home of the node with --home"}
	case err != nil:
		return err
	case f.chainID == old.ChainID:
		return hint{fmt.Errorf("--chain-id must be another one than that of the old chain, %s", old.ChainID),
			"the id is in every signature: under the same one, votes and transactions would count on both chains"}
	}
	doc, err := exportHome(home, f)
	if err != nil {
		return err
	}
	if err := app.CheckGenesis(doc); err != nil {
		return err
	}
	if f.out == "" {
		_, err := env.stdout.Write(doc.Encode())
		return err
	}
	if err := writeNew(f.out, doc.Encode()); err != nil {
		return err
	}
	result := struct {
		File          string `json:"file"`
		ChainID       string `json:"chain_id"`
		InitialHeight int64  `json:"initial_height"`
		GenesisHash   string `json:"genesis_hash"`
	}{f.out, doc.ChainID, doc.FirstHeight(), fmt.Sprintf("%x", doc.Hash())}
	return env.print(func(w io.Writer) {
		fmt.Fprintf(w, "wrote %s for chain %s, which begins with block %d (genesis %s)\n", result.File, result.ChainID, result.InitialHeight, result.GenesisHash)
	}, result)
}

// exportHome reads the state of a stopped node.
func exportHome(home node.Home, f exportFlags) (doc genesis.Document, err error) {
	const stop = "stop the node first, export, and start it again if it shall go on"
	if _, err := os.Stat(home.Data("blink")); err != nil { // opening would make it
		return doc, fmt.Errorf("%s has no state yet: %w", home.Dir, err)
	}
	state, err := store.Open(store.Options{Dir: home.Data("blink")})
	if errors.Is(err, store.ErrLocked) {
		return doc, hint{fmt.Errorf("%s: %w", home.Dir, node.ErrRunning), stop}
	}
	if err != nil {
		return doc, err
	}
	defer func() { err = errors.Join(err, state.Close()) }()
	height := f.height
	if height == 0 {
		height = state.Height()
	}
	if height <= 0 {
		return doc, fmt.Errorf("%s has no block yet, there is nothing to export", home.Dir)
	}
	view, err := state.At(height)
	switch {
	case errors.Is(err, store.ErrPruned):
		return doc, hint{err, "choose a later --height, or a node that keeps more (store.keep_versions)"}
	case err != nil:
		return doc, err
	}
	at, err := firstTime(home, height, f.genesisTime)
	if errors.Is(err, node.ErrRunning) {
		return doc, hint{err, stop}
	}
	if err != nil {
		return doc, err
	}
	return app.Export(view, f.chainID, height+1, at), nil
}

// firstTime is the time of the new chain's first block: that of the old one's last block, rounded up to what a genesis
// document may hold, or a later one that was asked for.
func firstTime(home node.Home, height int64, asked string) (time.Time, error) {
	last, err := node.BlockTime(home, height)
	if errors.Is(err, node.ErrNoBlock) && asked == "" {
		return last, hint{err, "this node no longer has that block, give the time with --genesis-time"}
	}
	if err != nil && !errors.Is(err, node.ErrNoBlock) {
		return last, err
	}
	if round := last.Truncate(time.Millisecond); round.Before(last) {
		last = round.Add(time.Millisecond)
	}
	if asked == "" {
		return last, nil
	}
	at, err := time.Parse(time.RFC3339, asked)
	if err != nil {
		return last, usageError{fmt.Errorf("--genesis-time must be a time such as 2026-01-02T15:04:05Z, was %q", asked)}
	}
	if at.Before(last) {
		return last, fmt.Errorf("--genesis-time must not be before the exported block, %s, was %s", last.Format(time.RFC3339Nano), asked)
	}
	return at.UTC(), nil
}

// writeNew makes a file and refuses one that exists.
func writeNew(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Close())
}
