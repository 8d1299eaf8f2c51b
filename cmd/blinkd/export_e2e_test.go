//go:build unix

package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"blink/coin"
	"blink/crypto"
	"blink/genesis"
	"blink/lab"
)

// A network of real processes is stopped and exported, and its nodes start another chain from that: with the same
// balances, nonces and validators, from the height after.
func (b builtBinary) testExport(t *testing.T) {
	dir := t.TempDir()
	ports := 6000 + 10*(os.Getpid()%300) // the new chain's nodes take them over
	process, net := b.localnet(t, "--home", filepath.Join(dir, "net"), "--rest-port", strconv.Itoa(ports), "--p2p-port", strconv.Itoa(ports+5))
	key, err := crypto.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	me, bob := wallet{t, key, net.ChainID}, net.Accounts[1].Address
	ask(t, "POST", net.Faucet.URL, map[string]any{"address": key.Address()}, new(any))
	me.pay(net.Nodes[0], bob, 1*coin.Blink)
	eventually(t, "all four at one height and app hash", func() bool { return agreed(t, net) })
	b.refused(t, "stop the node first", "export", "--home", net.Nodes[0].Home, "--chain-id", "blink-next")
	process.stop(syscall.SIGINT)
	b.refused(t, "--chain-id must be another one", "export", "--home", net.Nodes[0].Home, "--chain-id", net.ChainID)
	b.refused(t, "height is not committed yet", "export", "--home", net.Nodes[0].Home, "--chain-id", "blink-next", "--height", "1000000")

	text, doc := b.export(t, net)
	next, nodes := net, make([]*running, len(net.Nodes))
	next.ChainID, next.Nodes = doc.ChainID, append([]lab.NodeInfo(nil), net.Nodes...)
	file := filepath.Join(dir, "genesis.json")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	b.refused(t, "does not add up", "init", "--home", filepath.Join(dir, "bad"), "--from", net.Nodes[0].Home, "--genesis", edited(t, doc))
	for i, n := range net.Nodes {
		next.Nodes[i].Home = filepath.Join(dir, "next", n.Name)
		b.run(t, "init", "--home", next.Nodes[i].Home, "--from", n.Home, "--genesis", file)
		nodes[i] = b.launch(t, "start", "--home", next.Nodes[i].Home)
	}
	for _, n := range next.Nodes {
		eventually(t, n.Name+" has a block", func() bool {
			resp, err := http.Get(n.REST + "/v1/blocks/latest")
			if err != nil {
				return false
			}
			resp.Body.Close()
			return resp.StatusCode == http.StatusOK
		})
	}
	before := balanceOf(t, next.Nodes[3], bob)
	me.chainID = doc.ChainID
	me.pay(next.Nodes[2], bob, 2*coin.Blink)
	eventually(t, "bob's coins on node3", func() bool { return balanceOf(t, next.Nodes[3], bob) == before+2*coin.Blink })
	if want := net.Accounts[1].Balance + 1*coin.Blink; before != want {
		t.Errorf("bob begins the new chain with %s, want %s", before.Human(), want.Human())
	}
	var latest struct{ Height int64 }
	ask(t, "GET", next.Nodes[1].REST+"/v1/blocks/latest", nil, &latest)
	if latest.Height < doc.InitialHeight {
		t.Errorf("the new chain is at height %d, it should begin with %d", latest.Height, doc.InitialHeight)
	}
	ask(t, "GET", fmt.Sprintf("%s/v1/blocks/%d", next.Nodes[1].REST, doc.InitialHeight), nil, &latest)
	eventually(t, "all four at one height and app hash", func() bool { return agreed(t, next) })
	for _, n := range nodes {
		n.stop(syscall.SIGTERM)
	}
}

// export exports the same height at every node, and expects the same bytes of all.
func (b builtBinary) export(t *testing.T, net lab.Network) (text []byte, doc genesis.Document) {
	t.Helper()
	height := int64(1) << 62 // the last one that all have
	for _, n := range net.Nodes {
		doc, err := genesis.Parse(b.run(t, "export", "--home", n.Home, "--chain-id", "blink-next"))
		if err != nil {
			t.Fatal(err)
		}
		height = min(height, doc.InitialHeight-1)
	}
	for _, n := range net.Nodes {
		is := b.run(t, "export", "--home", n.Home, "--chain-id", "blink-next", "--height", strconv.FormatInt(height, 10))
		if text != nil && !bytes.Equal(is, text) {
			t.Fatalf("%s exports\n%s\nand node0\n%s", n.Name, is, text)
		}
		text = is
	}
	doc, err := genesis.Parse(text)
	if err != nil || doc.InitialHeight != height+1 {
		t.Fatalf("initial height %d, want %d: %v", doc.InitialHeight, height+1, err)
	}
	return text, doc
}

// edited is a file with the document in which somebody gave himself a coin.
func edited(t *testing.T, doc genesis.Document) string {
	t.Helper()
	state := *doc.State
	state.Accounts = append([]genesis.AccountState(nil), state.Accounts...)
	state.Accounts[0].Balance++
	doc.State = &state
	file := filepath.Join(t.TempDir(), "genesis.json")
	if err := os.WriteFile(file, doc.Encode(), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// run runs blinkd to its end and returns what it printed.
func (b builtBinary) run(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(string(b), args...)
	out, err := cmd.Output()
	if err != nil {
		var said []byte
		if exit := new(exec.ExitError); errors.As(err, &exit) {
			said = exit.Stderr
		}
		t.Fatalf("blinkd %s: %v\n%s", strings.Join(args, " "), err, said)
	}
	return out
}

// refused runs a command that must fail with a word.
func (b builtBinary) refused(t *testing.T, want string, args ...string) {
	t.Helper()
	if out, err := exec.Command(string(b), args...).CombinedOutput(); err == nil || !strings.Contains(string(out), want) {
		t.Errorf("blinkd %s gives %v, want %q in\n%.2000s", strings.Join(args, " "), err, want, out)
	}
}
