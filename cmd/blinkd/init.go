package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"blink/app"
	"blink/genesis"
	"blink/node"
)

// initFlags is the command line of blinkd init.
type initFlags struct {
	chainID, moniker, profile string
	genesis, from             string
	peers                     []string
	p2p, rest                 string
	params                    []string
}

func newInitCmd(env *environment) *cobra.Command {
	var f initFlags
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Make the home of a node",
		Long: "Make the home of a node.\n\n" +
			"Without --genesis it is the one validator of a new development network, with a faucet and a funded\n" +
			"operator, whose key is stored in the clear. With --genesis and --peers it joins an existing network as\n" +
			"a full node; anyone may. With --genesis and --from it goes over to a chain that was exported from the one\n" +
			"of another home, whose keys and settings it takes (docs/export.md).",
		Args: cobra.NoArgs,
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if f.from != "" {
			return env.succeed(cmd, f)
		}
		return env.init(f)
	}
	flags := cmd.Flags()
	flags.StringVar(&f.chainID, "chain-id", "blink-dev", "`ID` of the new chain")
	flags.StringVar(&f.moniker, "moniker", "", "`NAME` of the node for people (default: name of the home's folder)")
	flags.StringVar(&f.profile, "profile", "lan", "`PROFILE` of timeouts: lan or wan")
	flags.StringVar(&f.genesis, "genesis", "", "`FILE` with the genesis of the network to join")
	flags.StringVar(&f.from, "from", "", "`DIR` of this node on the old chain, whose keys and settings it keeps")
	flags.StringSliceVar(&f.peers, "peers", nil, "`PEERS` to dial, comma separated, each ID@HOST:PORT")
	flags.StringVar(&f.p2p, "p2p.listen", "127.0.0.1:26656", "`ADDRESS` that the node listens on for peers")
	flags.StringVar(&f.rest, "api.listen", "127.0.0.1:8080", "`ADDRESS` that the REST API listens on")
	addParamFlag(cmd, &f.params)
	cmd.MarkFlagsMutuallyExclusive("param", "genesis")
	return cmd
}

func (env *environment) init(f initFlags) error {
	profile, err := node.ParseProfile(f.profile)
	if err != nil {
		return err
	}
	spec := node.HomeSpec{Config: node.DefaultConfig()}
	if f.genesis != "" {
		if len(f.peers) == 0 {
			return hint{errors.New("--genesis needs --peers"), "name at least one node of the network: --peers ID@HOST:PORT (blinkd status of that node shows its ID)"}
		}
		spec.Genesis, err = loadGenesis(f.genesis)
	} else {
		if len(f.peers) > 0 {
			return hint{errors.New("--peers needs --genesis"), "a network is joined with its genesis file: --genesis FILE (GET /v1/genesis of any of its nodes)"}
		}
		spec, err = env.newNetwork(f)
	}
	if err != nil {
		return err
	}
	spec.Moniker, spec.Profile, spec.Peers = first(f.moniker, filepath.Base(env.home)), profile, f.peers
	spec.P2PListen, spec.Config.API.Listen = f.p2p, f.rest
	return env.made(node.InitHome(node.Home{Dir: env.home}, spec), spec.Genesis)
}

// succeed makes the home of a node that goes over to another chain.
func (env *environment) succeed(cmd *cobra.Command, f initFlags) error {
	if f.genesis == "" {
		return hint{errors.New("--from needs --genesis"), "name the file that blinkd export wrote: --genesis FILE"}
	}
	for _, name := range []string{"chain-id", "moniker", "profile", "peers", "p2p.listen", "api.listen"} {
		if cmd.Flags().Changed(name) {
			return usageError{fmt.Errorf("--%s cannot be given with --from: it stays what it is in %s", name, f.from)}
		}
	}
	doc, err := loadGenesis(f.genesis)
	if err != nil {
		return err
	}
	return env.made(node.SucceedHome(node.Home{Dir: env.home}, node.Home{Dir: f.from}, doc), doc)
}

// loadGenesis reads a genesis document that a chain can start from.
func loadGenesis(path string) (genesis.Document, error) {
	doc, err := genesis.Load(path)
	if err != nil {
		return doc, err
	}
	if err := app.CheckGenesis(doc); err != nil {
		return doc, fmt.Errorf("%s: %w", path, err)
	}
	return doc, nil
}

// made tells how the making of the home ended.
func (env *environment) made(err error, doc genesis.Document) error {
	switch {
	case errors.Is(err, node.ErrHomeExists), errors.Is(err, node.ErrHomePartial):
		return hint{err, "choose another --home, or delete this one if nothing in it is needed"}
	case err != nil:
		return err
	}
	result := struct {
		Home        string `json:"home"`
		ChainID     string `json:"chain_id"`
		GenesisHash string `json:"genesis_hash"`
	}{env.home, doc.ChainID, fmt.Sprintf("%x", doc.Hash())}
	return env.print(func(w io.Writer) {
		fmt.Fprintf(w, "made %s for chain %s (genesis %s)\nstart it with: blinkd start --home %s\n",
			result.Home, result.ChainID, result.GenesisHash, result.Home)
	}, result)
}

// newNetwork is a network of one validator, with the operator's key in the
// keyring.
func (env *environment) newNetwork(f initFlags) (node.HomeSpec, error) {
	if state, err := (node.Home{Dir: env.home}).State(); err != nil || state != node.HomeAbsent {
		return node.HomeSpec{Config: node.DefaultConfig()}, err // InitHome refuses it
	}
	ports := make([]int, 2)
	for i, addr := range []string{f.p2p, f.rest} {
		_, port, err := net.SplitHostPort(addr)
		if err == nil {
			ports[i], err = strconv.Atoi(port)
		}
		if err != nil {
			return node.HomeSpec{}, fmt.Errorf("%s must be an address and port such as 127.0.0.1:%d, was %q",
				[]string{"--p2p.listen", "--api.listen"}[i], []int{26656, 8080}[i], addr)
		}
	}
	params, err := testnetParams(f.params)
	if err != nil {
		return node.HomeSpec{}, err
	}
	seed := make([]byte, 32)
	if _, err := rand.Read(seed); err != nil {
		return node.HomeSpec{}, err
	}
	testnet, err := genesis.NewTestnet(genesis.TestnetSpec{
		ChainID: f.chainID, Validators: 1, Seed: seed, GenesisTime: time.Now(),
		P2PPort: ports[0], RESTPort: ports[1], Faucet: true, Params: params,
	})
	if err != nil {
		return node.HomeSpec{}, err
	}
	if err := keepKey(env.keyring, "operator", testnet.Nodes[0].Operator); err != nil {
		return node.HomeSpec{}, err
	}
	return homeSpec(testnet, 0, homeOptions{}), nil
}
