package genesis_test

import (
	"bytes"
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/genesis"
)

var update = flag.Bool("update", false, "write the golden files anew")

func testSpec() genesis.TestnetSpec {
	return genesis.TestnetSpec{
		ChainID:     "blink-test-1",
		Validators:  4,
		Observers:   1,
		Seed:        []byte("0123456789abcdef"),
		GenesisTime: time.Date(2026, 1, 2, 3, 4, 5, 678_901_234, time.FixedZone("far", 3600)),
		P2PPort:     26656,
		RESTPort:    8080,
		Demo:        []string{"alice", "bob"},
		Faucet:      true,
	}
}

func mustTestnet(t *testing.T, spec genesis.TestnetSpec) genesis.Testnet {
	t.Helper()
	net, err := genesis.NewTestnet(spec)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// A seed means the same chain for ever: scripts and other people's notes rely on it.
func TestTestnetIsReproducible(t *testing.T) {
	net := mustTestnet(t, testSpec())
	if again := mustTestnet(t, testSpec()); !reflect.DeepEqual(net, again) {
		t.Error("two calls with one spec differ")
	}
	path := filepath.Join("testdata", "testnet.json")
	if *update {
		if err := os.WriteFile(path, net.Genesis.Encode(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(net.Genesis.Encode(), want) {
		t.Errorf("%s differs from\n%s", path, net.Genesis.Encode())
	}
	const hash = "eec8d8a458ab68e8caaefbadc604833a96a3e15818409cb8945250b22ac3aa39"
	if got := net.Genesis.Hash(); hex.EncodeToString(got[:]) != hash {
		t.Errorf("hash is %x, want %s", got, hash)
	}
	other := testSpec()
	other.Seed = []byte("0123456789abcdeF")
	if mustTestnet(t, other).Genesis.Hash() == net.Genesis.Hash() {
		t.Error("another seed gives the same genesis")
	}
}

func TestTestnetContents(t *testing.T) {
	net := mustTestnet(t, testSpec())
	if len(net.Nodes) != 5 || len(net.Genesis.Validators) != 4 || len(net.Demo) != 2 {
		t.Fatalf("%d nodes, %d validators, %d demo accounts", len(net.Nodes), len(net.Genesis.Validators), len(net.Demo))
	}
	balances := make(map[crypto.Address]coin.Amount)
	for _, a := range net.Genesis.Accounts {
		balances[a.Address] = a.Balance
	}
	secrets := make(map[string]bool)
	for i, n := range net.Nodes {
		if n.Validator != (i < 4) || n.Host != "127.0.0.1" || n.P2PPort != 26656+i || n.RESTPort != 8080+i {
			t.Errorf("node %d is %s:%d/%d, validator %v", i, n.Host, n.P2PPort, n.RESTPort, n.Validator)
		}
		if balances[n.Operator.Address()] != genesis.TestnetOperatorBalance || balances[n.Faucet.Address()] != genesis.TestnetFaucetBalance {
			t.Errorf("node %d: operator or faucet is not funded", i)
		}
		for _, s := range [][]byte{n.Operator.Bytes(), n.Faucet.Bytes(), n.ConsensusKey.Seed(), n.NodeKey.Seed()} {
			secrets[string(s)] = true
		}
	}
	for _, d := range net.Demo {
		secrets[string(d.Key.Bytes())] = true
		if balances[d.Key.Address()] != d.Balance {
			t.Errorf("%s is not funded", d.Name)
		}
	}
	if len(secrets) != 5*4+2 {
		t.Errorf("%d different keys, want 22", len(secrets))
	}
}

func TestTestnetOnNamedHosts(t *testing.T) {
	spec := testSpec()
	spec.Hosts = []string{"node0", "node1", "node2.example.org", "10.0.0.4", "::1"}
	spec.Faucet = false
	for i, n := range mustTestnet(t, spec).Nodes {
		if n.Host != spec.Hosts[i] || n.P2PPort != 26656 || n.RESTPort != 8080 {
			t.Errorf("node %d is %s:%d/%d", i, n.Host, n.P2PPort, n.RESTPort)
		}
		if n.Faucet.Bytes() != nil {
			t.Errorf("node %d has a faucet", i)
		}
	}
}

func TestTestnetSpecIsValidated(t *testing.T) {
	for _, c := range []struct {
		change func(*genesis.TestnetSpec)
		want   string
	}{
		{func(s *genesis.TestnetSpec) { s.ChainID = "" }, "chain_id must be 1 to 50 characters, was 0"},
		{func(s *genesis.TestnetSpec) { s.Validators = 0 }, "validators must be 1 to 100, was 0"},
		{func(s *genesis.TestnetSpec) { s.Validators = 101 }, "validators must be 1 to 100, was 101"},
		{func(s *genesis.TestnetSpec) { s.Observers = -1 }, "observers must be 0 to 1000, was -1"},
		{func(s *genesis.TestnetSpec) { s.Seed = nil }, "seed must be at least 16 bytes, was 0"},
		{func(s *genesis.TestnetSpec) { s.GenesisTime = time.Time{} }, "genesis_time must be after 1970, was 0001-01-01T00:00:00Z"},
		{func(s *genesis.TestnetSpec) { s.Hosts = []string{"a", "b"} }, "hosts must be 1 for all nodes or one for each of 5, was 2"},
		{func(s *genesis.TestnetSpec) { s.Hosts = []string{"a", "b", "c", "d", "a"} }, `hosts[4] must be unique, was "a" as hosts[0]`},
		{func(s *genesis.TestnetSpec) { s.Hosts = []string{"tcp://a"} }, `hosts[0] must be a host name or an IP address, was "tcp://a"`},
		{func(s *genesis.TestnetSpec) { s.P2PPort = 0 }, "p2p_port must be 1 to 65531, was 0"},
		{func(s *genesis.TestnetSpec) { s.RESTPort = 65532 }, "rest_port must be 1 to 65531, was 65532"},
		{func(s *genesis.TestnetSpec) { s.RESTPort = 26660 }, "rest_port must be at least 5 away from p2p_port (26656), was 26660"},
		{func(s *genesis.TestnetSpec) { s.Demo = []string{"../x"} }, "demo[0] must be 1 to 64 of a-z, 0-9"},
		{func(s *genesis.TestnetSpec) { s.Demo = []string{"al", "al"} }, `demo[1] must be unique, was "al" as demo[0]`},
		{func(s *genesis.TestnetSpec) { s.Params = genesis.TestnetParams(); s.Params.JailSeconds = 0 },
			"params.jail_seconds must be 1 to 315360000, was 0"},
	} {
		spec := testSpec()
		c.change(&spec)
		if _, err := genesis.NewTestnet(spec); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
}
