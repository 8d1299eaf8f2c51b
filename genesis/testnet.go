package genesis

import (
	"crypto/ed25519"
	"fmt"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// What a testnet hands out, each.
const (
	TestnetSelfBond        = 1_000_000 * coin.Blink     // per validator
	TestnetOperatorBalance = 1_000_000 * coin.Blink     // per node, observers too: enough to become a validator
	TestnetFaucetBalance   = 1_000_000_000 * coin.Blink // per node
	TestnetDemoBalance     = 1_000_000 * coin.Blink     // per demo account
)

// TestnetSpec says what testnet to make.
type TestnetSpec struct {
	ChainID     string    // see tx.CheckChainID
	Validators  int       // nodes that vote: at least 1, at most Params.MaxValidators
	Observers   int       // nodes that follow without voting; they come after the validators
	Seed        []byte    // all keys follow from it: at least 16 bytes, secret and random wherever the coins matter
	GenesisTime time.Time // rounded down to whole seconds, in UTC
	Hosts       []string  // one per node, or a single one for all; empty means 127.0.0.1 for all
	P2PPort     int       // of the first node; on a single host the next ones follow, on hosts of their own all have it
	RESTPort    int       // likewise
	Demo        []string  // names of funded demo accounts
	Faucet      bool      // give each node a funded faucet account of its own, so that nonces of two nodes never clash
	Params      Params    // the zero value means TestnetParams
}

// Testnet is all that the nodes of a testnet need. It is plain data: who writes it to homes may change ports first.
type Testnet struct {
	Genesis Document
	Nodes   []TestnetNode // validators first
	Demo    []DemoAccount // in the order of the spec
}

// TestnetNode is one node of a testnet. Observers have keys like validators, and can become one.
type TestnetNode struct {
	Name         string // node0, node1, ...; its moniker, too
	Host         string
	P2PPort      int
	RESTPort     int
	Validator    bool               // in genesis; an observer otherwise
	Operator     crypto.PrivateKey  // owns TestnetOperatorBalance, and the self bond of a validator
	ConsensusKey ed25519.PrivateKey // signs votes
	NodeKey      ed25519.PrivateKey // authenticates the node to its peers
	Faucet       crypto.PrivateKey  // the zero value without faucets
}

// DemoAccount is a funded account to play with.
type DemoAccount struct {
	Name    string
	Key     crypto.PrivateKey
	Balance coin.Amount
}

// NewTestnet makes a testnet. It is a pure function: the same spec gives the same keys and the same genesis, byte for
// byte. It writes nothing.
func NewTestnet(spec TestnetSpec) (Testnet, error) {
	spec = spec.withDefaults()
	if err := spec.Validate(); err != nil {
		return Testnet{}, fmt.Errorf("testnet: %w", err)
	}
	keys := deriver{seed: spec.Seed}
	net := Testnet{Genesis: Document{ChainID: spec.ChainID, GenesisTime: spec.GenesisTime, Params: spec.Params}}
	for i := range spec.Validators + spec.Observers {
		net.add(spec.node(i, &keys), spec.Faucet)
	}
	for _, name := range spec.Demo {
		demo := DemoAccount{Name: name, Key: keys.account("demo/" + name), Balance: TestnetDemoBalance}
		net.Demo = append(net.Demo, demo)
		net.fund(demo.Key, demo.Balance)
	}
	if keys.err != nil {
		return Testnet{}, fmt.Errorf("testnet: %w", keys.err)
	}
	if err := net.Genesis.Validate(); err != nil {
		return Testnet{}, fmt.Errorf("testnet: %w", err)
	}
	return net, nil
}

// add enters a node into the net and its genesis.
func (n *Testnet) add(node TestnetNode, faucet bool) {
	n.Nodes = append(n.Nodes, node)
	n.fund(node.Operator, TestnetOperatorBalance)
	if faucet {
		n.fund(node.Faucet, TestnetFaucetBalance)
	}
	if node.Validator {
		n.Genesis.Validators = append(n.Genesis.Validators, Validator{
			Operator:     node.Operator.Address(),
			ConsensusKey: node.ConsensusKey.Public().(ed25519.PublicKey),
			SelfBond:     TestnetSelfBond,
			Moniker:      node.Name,
			Commission:   tx.Commission{Rate: 500, MaxRate: 2000, MaxDailyChange: 100},
		})
	}
}

func (n *Testnet) fund(key crypto.PrivateKey, balance coin.Amount) {
	n.Genesis.Accounts = append(n.Genesis.Accounts, Account{Address: key.Address(), Balance: balance})
}

// node is the node with this index, validators first.
func (s TestnetSpec) node(i int, keys *deriver) TestnetNode {
	name := fmt.Sprintf("node%d", i)
	node := TestnetNode{
		Name: name, Host: s.Hosts[0], P2PPort: s.P2PPort + i, RESTPort: s.RESTPort + i,
		Validator:    i < s.Validators,
		Operator:     keys.account(name + "/operator"),
		ConsensusKey: keys.ed25519(name + "/consensus"),
		NodeKey:      keys.ed25519(name + "/p2p"),
	}
	if len(s.Hosts) > 1 {
		node.Host, node.P2PPort, node.RESTPort = s.Hosts[i], s.P2PPort, s.RESTPort
	}
	if s.Faucet {
		node.Faucet = keys.account(name + "/faucet")
	}
	return node
}
