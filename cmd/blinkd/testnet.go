package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"blink/genesis"
	"blink/node"
)

// testnetFlags is the command line of blinkd testnet.
type testnetFlags struct {
	spec      genesis.TestnetSpec
	seed      string
	profile   string
	bind      string
	out       string
	ifMissing bool
	params    []string
}

// testnetResult is what blinkd testnet prints.
type testnetResult struct {
	ChainID string     `json:"chain_id"`
	Kept    bool       `json:"kept"` // the homes were there already
	Homes   []homeInfo `json:"homes"`
}

type homeInfo struct {
	Name string `json:"name"`
	Home string `json:"home"`
	P2P  string `json:"p2p,omitempty"`
	REST string `json:"rest,omitempty"`
}

func newTestnetCmd(env *environment) *cobra.Command {
	var f testnetFlags
	cmd := &cobra.Command{
		Use:   "testnet",
		Short: "Write the homes of a network of several nodes",
		Long: "Write the homes of a network of several nodes, for containers or several machines:\n" +
			"OUT/node0, OUT/node1 and so on, each complete with genesis, keys and peers.\n" +
			"Copy each to its machine and run: blinkd start --home DIR\n\n" +
			"For a network on this machine, blinkd localnet does all of it.",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return env.testnet(f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.out, "out", "", "`DIR` that gets one folder per node")
	flags.StringVar(&f.spec.ChainID, "chain-id", "blink-testnet", "`ID` of the chain")
	flags.IntVar(&f.spec.Validators, "validators", 4, "nodes that vote")
	flags.IntVar(&f.spec.Observers, "observers", 0, "nodes that follow without voting, after the validators")
	flags.StringSliceVar(&f.spec.Hosts, "hosts", nil, "`HOSTS` of the nodes, comma separated: one per node, one for all with\nconsecutive ports, or a template such as node%d.example (default 127.0.0.1)")
	flags.IntVar(&f.spec.P2PPort, "p2p-port", 26656, "peer-to-peer port of the first node")
	flags.IntVar(&f.spec.RESTPort, "rest-port", 8080, "REST port of the first node")
	flags.StringVar(&f.bind, "bind", "", "IP `ADDRESS` that the nodes listen on (default: loopback hosts on\nthemselves, others on all addresses)")
	flags.StringSliceVar(&f.spec.Demo, "demo", nil, "`NAMES` of funded demo accounts, whose keys go to OUT/keys")
	flags.BoolVar(&f.spec.Faucet, "faucet", true, "give each node a funded faucet")
	flags.StringVar(&f.seed, "seed", "", "`TEXT` that all keys follow from, at least 16 bytes; whoever knows it has\nthe keys (default: random)")
	flags.StringVar(&f.profile, "profile", "lan", "`PROFILE` of timeouts: lan or wan")
	flags.BoolVar(&f.ifMissing, "if-missing", false, "keep homes that are there and succeed")
	addParamFlag(cmd, &f.params)
	_ = cmd.MarkFlagRequired("out")
	return cmd
}

func (env *environment) testnet(f testnetFlags) error {
	profile, err := node.ParseProfile(f.profile)
	if err != nil {
		return err
	}
	if len(f.spec.Hosts) == 1 && strings.Contains(f.spec.Hosts[0], "%d") {
		template := f.spec.Hosts[0]
		f.spec.Hosts = nil
		for i := range f.spec.Validators + f.spec.Observers {
			f.spec.Hosts = append(f.spec.Hosts, strings.ReplaceAll(template, "%d", fmt.Sprint(i)))
		}
	}
	if f.spec.Seed = []byte(f.seed); f.seed == "" {
		f.spec.Seed = make([]byte, 32)
		if _, err := rand.Read(f.spec.Seed); err != nil {
			return err
		}
	}
	if f.spec.Params, err = testnetParams(f.params); err != nil {
		return err
	}
	f.spec.GenesisTime = time.Now()
	net, err := genesis.NewTestnet(f.spec)
	if err != nil {
		return err
	}
	kept, err := keepHomes(net, f.out, f.ifMissing)
	if err != nil {
		return err
	}
	if !kept {
		if err := writeHomes(net, f.out, homeOptions{profile: profile, bind: f.bind}); err != nil {
			return err
		}
	}
	result := testnetResult{ChainID: net.Genesis.ChainID, Kept: kept}
	for _, n := range net.Nodes {
		result.Homes = append(result.Homes, homeInfo{Name: n.Name, Home: homeOf(f.out, n).Dir})
	}
	return env.print(func(w io.Writer) {
		verb := "wrote"
		if kept {
			verb = "kept"
		}
		for _, h := range result.Homes {
			fmt.Fprintf(w, "%s %s\n", verb, h.Home)
		}
	}, result)
}

// keepHomes looks at what is there already. It reports true if every home is
// complete, finishes homes that were interrupted just before their last file,
// and refuses what it cannot explain. False: write all of them.
func keepHomes(net genesis.Testnet, dir string, ifMissing bool) (bool, error) {
	var complete, begun, absent []node.Home
	for _, n := range net.Nodes {
		home := homeOf(dir, n)
		state, err := home.State()
		switch {
		case err != nil:
			return false, err
		case state == node.HomeComplete:
			complete = append(complete, home)
		case state == node.HomePartial:
			begun = append(begun, home)
		default:
			absent = append(absent, home)
		}
	}
	switch {
	case len(complete) > 0 && !ifMissing:
		return false, hint{fmt.Errorf("%s: %w", complete[0].Dir, node.ErrHomeExists), "keep it with --if-missing, or choose another --out"}
	case len(begun) > 0 && !ifMissing:
		return false, hint{fmt.Errorf("%s: %w", begun[0].Dir, node.ErrHomePartial), "finish it with --if-missing, or delete it"}
	case len(complete) == 0:
		return false, nil // none could have been started: writing them (again) loses nothing
	case len(absent) > 0:
		return false, hint{fmt.Errorf("%s is missing, but %s is there: the keys of one network belong together", absent[0].Dir, complete[0].Dir),
			"restore the missing folder, or delete the others to make a new network"}
	}
	// All files but the last of every home are written before any is
	// completed, so a home that was begun only lacks its last one.
	for _, home := range begun {
		if err := sameGenesis(complete[0], home); err != nil {
			return false, err
		}
		i := indexOf(net, home)
		if err := node.CompleteHome(home, homeSpec(net, i, homeOptions{}).Config); err != nil {
			return false, err
		}
	}
	return true, nil
}

func indexOf(net genesis.Testnet, home node.Home) int {
	for i, n := range net.Nodes {
		if n.Name == filepath.Base(home.Dir) {
			return i
		}
	}
	panic("home of no node")
}

func sameGenesis(a, b node.Home) error {
	textA, errA := os.ReadFile(a.GenesisFile())
	textB, errB := os.ReadFile(b.GenesisFile())
	if err := errors.Join(errA, errB); err != nil {
		return err
	}
	if !bytes.Equal(textA, textB) {
		return hint{fmt.Errorf("%s and %s belong to different networks", a.Dir, b.Dir), "delete one of them"}
	}
	return nil
}
