//go:build unix

package main

import (
	"crypto/rand"
	"fmt"
	stdnet "net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/genesis"
	"blink/lab"
	"blink/lab/link"
	"blink/node"
)

// Four processes whose connections run through links: with one of them cut off the chain goes on, the cut node stands
// still, and once it hears the others again it is where they are.
func (b builtBinary) testLinks(t *testing.T) {
	network, err := lab.StartLocalnet(t.Context(), lab.LocalnetConfig{
		Home: filepath.Join(t.TempDir(), "net"), Binary: string(b), Validators: 4, Links: true,
		WriteHomes: func(n genesis.Testnet, dir string, dial func(i, j int) string) error {
			return writeHomes(n, dir, homeOptions{profile: node.LAN, dial: dial})
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer network.Stop()
	net, mesh := network.Network(), network.Mesh()
	begun := time.Now()
	eventually(t, "one connection on each link", func() bool { return connected(t, mesh) })
	t.Logf("all links connected %v after the network was ready", time.Since(begun).Round(time.Millisecond))

	key, err := crypto.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	me, bob := wallet{t, key, net.ChainID}, net.Accounts[1].Address
	var gift struct{ Status string }
	ask(t, "POST", net.Faucet.URL, map[string]any{"address": key.Address()}, &gift)
	eventually(t, "the gift at node 3", func() bool { return balanceOf(t, net.Nodes[3], key.Address()) > 0 })
	me.pay(net.Nodes[3], bob, 1*coin.Blink)

	for i := range 3 {
		must(t, mesh.Hold(i, 3))
		must(t, mesh.Hold(3, i))
	}
	cut := heightOf(t, net.Nodes[3])
	before := balanceOf(t, net.Nodes[3], bob)
	for range 3 {
		me.pay(net.Nodes[0], bob, 1*coin.Blink)
	}
	// What was under way when the silence began may have ended a block, not more.
	if h := heightOf(t, net.Nodes[3]); h > cut+1 || balanceOf(t, net.Nodes[3], bob) != before {
		t.Errorf("the cut node went from height %d to %d", cut, h)
	}
	mesh.HealAll()
	begun = time.Now()
	eventually(t, "all four at one height and app hash", func() bool { return agreed(t, net) })
	t.Logf("the cut node had caught up %v after the silence", time.Since(begun).Round(time.Millisecond))
	me.pay(net.Nodes[3], bob, 1*coin.Blink)

	for i := range 3 {
		must(t, mesh.Reset(i, 3))
	}
	me.pay(net.Nodes[0], bob, 1*coin.Blink)
	mesh.HealAll()
	begun = time.Now()
	eventually(t, "one connection on each link again", func() bool { return connected(t, mesh) })
	t.Logf("all links connected again %v after the end of the resets", time.Since(begun).Round(time.Millisecond))
	me.pay(net.Nodes[3], bob, 1*coin.Blink)
	eventually(t, "all four at one height and app hash", func() bool { return agreed(t, net) })
	expectNoWayAround(t, net)
}

// expectNoWayAround checks that no node has another connection to a node than through their link. Node 0 is dialled by
// nobody, node 3 by its three links.
func expectNoWayAround(t *testing.T, net lab.Network) {
	t.Helper()
	sockets, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		t.Logf("connections are not looked at: %v", err)
		return
	}
	for i, n := range net.Nodes {
		_, port, err := stdnet.SplitHostPort(n.P2P)
		must(t, err)
		number, err := strconv.Atoi(port)
		must(t, err)
		// local address, remote address, state 01: established
		inbound := regexp.MustCompile(fmt.Sprintf(`(?m)^ *\d+: [0-9A-F]{8}:%04X [0-9A-F:]+ 01 `, number))
		if got := len(inbound.FindAll(sockets, -1)); got != i {
			t.Errorf("%s has been dialled %d times, want %d", n.Name, got, i)
		}
	}
}

// connected reports whether each link carries exactly one connection, on which both ends have spoken.
func connected(t *testing.T, mesh *link.Mesh) bool {
	t.Helper()
	for _, p := range mesh.Pairs() {
		for _, d := range [][2]int{{p.A, p.B}, {p.B, p.A}} {
			if c, err := mesh.Counters(d[0], d[1]); err != nil || c.Open != 1 || c.Bytes == 0 {
				return false
			}
		}
	}
	return true
}

func heightOf(t *testing.T, n lab.NodeInfo) int64 {
	t.Helper()
	var s struct{ Height int64 }
	ask(t, "GET", n.REST+"/v1/status", nil, &s)
	return s.Height
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
