package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"blink/genesis"
	"blink/lab"
	"blink/lab/link"
	"blink/node"
)

// newNet is a network of two hosts.
func newNet(t *testing.T, seed string) genesis.Testnet {
	t.Helper()
	net, err := genesis.NewTestnet(genesis.TestnetSpec{
		ChainID: "blink-homes", Validators: 2, Seed: []byte(seed), GenesisTime: time.Unix(1_800_000_000, 0),
		Hosts: []string{"alpha", "beta"}, P2PPort: 26656, RESTPort: 8080, Demo: []string{"alice"}, Faucet: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func TestWriteHomesForNamedHosts(t *testing.T) {
	net, dir := newNet(t, "a seed for tests"), t.TempDir()
	if err := writeHomes(net, dir, homeOptions{profile: node.WAN}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "node0", "config", "config.toml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`laddr = "tcp://0.0.0.0:26656"`,
		`persistent_peers = "` + node.NodeID(net.Nodes[1].NodeKey) + `@beta:26656"`,
		`allow_duplicate_ip = false`, `timeout_propose = "1s"`, `moniker = "node0"`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("config.toml lacks %s", want)
		}
	}
	cfg, err := node.LoadConfig(node.Home{Dir: filepath.Join(dir, "node1")}, nil)
	if err != nil || cfg.API.Listen != "0.0.0.0:8080" {
		t.Errorf("api.listen is %q, %v", cfg.API.Listen, err)
	}
	for _, key := range []string{"keys/alice.json", "node0/keys/operator.json", "node1/config/faucet_key"} {
		if _, err := os.Stat(filepath.Join(dir, key)); err != nil {
			t.Error(err)
		}
	}
}

// Where all clients are on one machine, none is limited; elsewhere each address is.
func TestWriteHomesUnlimited(t *testing.T) {
	for unlimited, want := range map[bool]string{false: "requests_per_second = 2000\n", true: "requests_per_second = -1\n"} {
		testnet, dir := newNet(t, "a seed for tests"), t.TempDir()
		if err := writeHomes(testnet, dir, homeOptions{unlimited: unlimited}); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, "node1", "config", "blink.toml"))
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("unlimited %t: blink.toml lacks %q (%v)", unlimited, want, err)
		}
	}
}

// In a network of links a pair has one connection: the lower number dials the link, the higher one nothing.
func TestWriteHomesWithLinks(t *testing.T) {
	testnet, dir := newNet(t, "a seed for tests"), t.TempDir()
	mesh, err := lab.OpenLinks(testnet)
	if err != nil {
		t.Fatal(err)
	}
	defer mesh.Close()
	if err := writeHomes(testnet, dir, homeOptions{dial: lab.DialThrough(mesh)}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"node0": `persistent_peers = "` + node.NodeID(testnet.Nodes[1].NodeKey) + "@" + mesh.Addr(link.Pair{A: 0, B: 1}) + `"`,
		"node1": `persistent_peers = ""`,
	} {
		text, err := os.ReadFile(filepath.Join(dir, name, "config", "config.toml"))
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: config.toml lacks %s (%v)", name, want, err)
		}
	}
}

// Writing homes may be interrupted anywhere; the next run keeps, finishes or
// writes them again, and refuses only what would mix two networks.
func TestKeepHomes(t *testing.T) {
	net := newNet(t, "a seed for tests")
	marker := func(dir, name string) string { return node.Home{Dir: filepath.Join(dir, name)}.ConfigFile() }
	for _, c := range []struct {
		name    string
		harm    func(t *testing.T, dir string)
		kept    bool
		refused bool
	}{
		{"complete", func(*testing.T, string) {}, true, false},
		{"interrupted between the last files", func(t *testing.T, dir string) { remove(t, marker(dir, "node1")) }, true, false},
		{"interrupted before the last files", func(t *testing.T, dir string) {
			remove(t, marker(dir, "node0"))
			remove(t, marker(dir, "node1"))
		}, false, false},
		{"one is lost", func(t *testing.T, dir string) { remove(t, filepath.Join(dir, "node1")) }, false, true},
		{"of two networks", func(t *testing.T, dir string) {
			remove(t, marker(dir, "node1"))
			home := node.Home{Dir: filepath.Join(dir, "node1")}
			if err := node.WriteHome(home, homeSpec(newNet(t, "another seed for tests"), 1, homeOptions{})); err != nil {
				t.Fatal(err)
			}
		}, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := writeHomes(net, dir, homeOptions{}); err != nil {
				t.Fatal(err)
			}
			c.harm(t, dir)
			kept, err := keepHomes(net, dir, true)
			if kept != c.kept || (err != nil) != c.refused {
				t.Fatalf("kept is %v, %v", kept, err)
			}
			if c.refused {
				return
			}
			if !kept {
				if err := writeHomes(net, dir, homeOptions{}); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := node.LoadConfig(node.Home{Dir: filepath.Join(dir, "node1")}, nil); err != nil {
				t.Fatal(err)
			}
		})
	}
	dir := t.TempDir()
	if err := writeHomes(net, dir, homeOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := keepHomes(net, dir, false); !errors.Is(err, node.ErrHomeExists) {
		t.Fatalf("without --if-missing: %v", err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}
