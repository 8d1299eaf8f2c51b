//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/lab"
	"blink/tx"
)

// TestLocalnet runs networks of real processes of the real program, as a user does.
func TestLocalnet(t *testing.T) {
	if testing.Short() {
		t.Skip("starts networks of processes")
	}
	blinkd := build(t, "release")
	t.Run("EndToEnd", blinkd.testEndToEnd)
	t.Run("AllEnd", blinkd.testAllEnd)
	t.Run("NoOrphans", blinkd.testNoOrphans)
	t.Run("Export", blinkd.testExport)
	t.Run("Byzantine", blinkd.testByzantine)
	t.Run("Links", blinkd.testLinks)
	t.Run("History", blinkd.testHistory)
	t.Run("Lab", blinkd.testLab)
	t.Run("LabFailure", blinkd.testLabFailure)
	t.Run("LabInterrupted", blinkd.testLabInterrupted)
}

// builtBinary is the path of the blinkd under test.
type builtBinary string

// build makes blinkd as the Makefile does, but for flags.
func build(t *testing.T, name string, flags ...string) builtBinary {
	t.Helper()
	path := filepath.Join(t.TempDir(), "blinkd-"+name)
	args := append(append([]string{"build"}, flags...), "-o", path, ".")
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %v: %v\n%s", args, err, out)
	}
	return builtBinary(path)
}

// running is a blinkd process under test.
type running struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdout *bufio.Reader
	done   chan error
	mu     sync.Mutex
	stderr bytes.Buffer
}

func (r *running) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stderr.Write(p)
}

func (r *running) said() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stderr.String()
}

// launch starts blinkd; the test kills it at its end if it still runs.
func (b builtBinary) launch(t *testing.T, args ...string) *running {
	t.Helper()
	r := &running{t: t, cmd: exec.Command(string(b), args...), done: make(chan error, 1)}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.stdout, r.cmd.Stderr = bufio.NewReader(out), r
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { r.done <- r.cmd.Wait() }()
	t.Cleanup(func() { _ = r.cmd.Process.Kill() })
	return r
}

// stop sends a signal and expects a clean end.
func (r *running) stop(s syscall.Signal) {
	r.t.Helper()
	_ = r.cmd.Process.Signal(s)
	if err := r.awaitEnd(20 * time.Second); err != nil {
		r.t.Errorf("%v ended with %v; it said:\n%s", r.cmd.Args, err, r.said())
	}
}

// awaitEnd waits for the end of the process and returns how it ended.
func (r *running) awaitEnd(within time.Duration) error {
	r.t.Helper()
	select {
	case err := <-r.done:
		return err
	case <-time.After(within):
		r.t.Fatalf("%v still runs after %s; it said:\n%s", r.cmd.Args, within, r.said())
		return nil
	}
}

// localnet starts a network and returns it when it is ready.
func (b builtBinary) localnet(t *testing.T, args ...string) (*running, lab.Network) {
	t.Helper()
	r := b.launch(t, append([]string{"localnet", "-o", "json"}, args...)...)
	line := make(chan string, 1)
	go func() {
		s, _ := r.stdout.ReadString('\n')
		line <- s
	}()
	var net lab.Network
	select {
	case s := <-line:
		if err := json.Unmarshal([]byte(s), &net); err != nil {
			t.Fatalf("localnet printed %q (%v); stderr:\n%s", s, err, r.said())
		}
	case <-time.After(60 * time.Second):
		t.Fatalf("localnet is not ready; stderr:\n%s", r.said())
	}
	return r, net
}

// ask sends a request and decodes the answer; any status but 2xx fails the test.
func ask(t *testing.T, method, url string, body, out any) {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(b))
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	if resp.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %d %s", method, url, resp.StatusCode, text)
	}
	if err := json.Unmarshal(text, out); err != nil {
		t.Fatalf("%s %s: %v in %s", method, url, err, text)
	}
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !condition(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("still not: %s", what)
		}
	}
}

type wallet struct {
	t       *testing.T
	key     crypto.PrivateKey
	chainID string
}

// pay sends a transfer as JSON, as curl would, and expects it final.
func (w wallet) pay(node lab.NodeInfo, to crypto.Address, amount coin.Amount) {
	w.t.Helper()
	var account struct {
		Pending uint64 `json:"pending_nonce"`
	}
	ask(w.t, "GET", node.REST+"/v1/accounts/"+w.key.Address().String(), nil, &account)
	signed, err := tx.Sign(tx.Body{
		ChainID: w.chainID, Sender: w.key.Address(), Nonce: account.Pending, Fee: 1000,
		ValidUntil: time.Now().Add(time.Minute).Unix(), Msgs: []tx.Msg{tx.Transfer{To: to, Amount: amount}},
	}, w.key)
	if err != nil {
		w.t.Fatal(err)
	}
	var answer struct {
		ID     string
		Status string
		Code   string
		TTF    float64 `json:"ttf_ms"`
	}
	ask(w.t, "POST", node.REST+"/v1/txs?wait=final&timeout=30s", signed, &answer)
	if answer.Status != "final" || answer.Code != "ok" || answer.ID != signed.ID().String() || answer.TTF <= 0 {
		w.t.Fatalf("through %s: %+v", node.Name, answer)
	}
}

func balanceOf(t *testing.T, node lab.NodeInfo, a crypto.Address) coin.Amount {
	t.Helper()
	var account struct{ Balance coin.Amount }
	ask(t, "GET", node.REST+"/v1/accounts/"+a.String(), nil, &account)
	return account.Balance
}

// agreed reports whether all nodes have one height and one app hash.
func agreed(t *testing.T, net lab.Network) bool {
	t.Helper()
	seen := map[string]bool{}
	for _, n := range net.Nodes {
		var s struct {
			Height  int64
			AppHash string `json:"app_hash"`
		}
		ask(t, "GET", n.REST+"/v1/status", nil, &s)
		seen[fmt.Sprint(s.Height, s.AppHash)] = true
	}
	return len(seen) == 1
}

func alive(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

// A whole network of real processes, as a user runs it: coins from the faucet, a transfer by HTTP through one node read
// on another, one of four nodes stopped and started again, all of it stopped and taken up again.
func (b builtBinary) testEndToEnd(t *testing.T) {
	home := filepath.Join(t.TempDir(), "net")
	// The network is taken up again below: its ports must be such that no other test's network chooses them meanwhile.
	ports := 3000 + 10*(os.Getpid()%300)
	process, net := b.localnet(t, "--home", home, "--rest-port", strconv.Itoa(ports), "--p2p-port", strconv.Itoa(ports+5))
	if len(net.Nodes) != 4 || len(net.Accounts) != 2 {
		t.Fatalf("got %d nodes and %d accounts", len(net.Nodes), len(net.Accounts))
	}
	key, err := crypto.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	me, bob := wallet{t, key, net.ChainID}, net.Accounts[1].Address
	before := net.Accounts[1].Balance

	var gift struct{ Status string }
	ask(t, "POST", net.Faucet.URL, map[string]any{"address": key.Address()}, &gift)
	me.pay(net.Nodes[0], bob, 1*coin.Blink)
	eventually(t, "bob's coins on node3", func() bool { return balanceOf(t, net.Nodes[3], bob) == before+1*coin.Blink })

	if err := syscall.Kill(net.Nodes[1].PID, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, "localnet's word about node1", func() bool {
		return strings.Contains(process.said(), "node1 stopped (exit 0); start it again with: ")
	})
	me.pay(net.Nodes[0], bob, 2*coin.Blink)
	me.pay(net.Nodes[2], bob, 3*coin.Blink)

	node1 := b.launch(t, "start", "--home", net.Nodes[1].Home)
	eventually(t, "node1 is back", func() bool {
		resp, err := http.Get(net.Nodes[1].REST + "/v1/ready")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	me.pay(net.Nodes[1], bob, 4*coin.Blink)
	eventually(t, "all four at one height and app hash", func() bool { return agreed(t, net) })
	for _, n := range net.Nodes {
		if got, want := balanceOf(t, n, bob), before+10*coin.Blink; got != want {
			t.Errorf("%s: bob has %s, want %s", n.Name, got.Human(), want.Human())
		}
	}

	process.stop(syscall.SIGINT)
	node1.stop(syscall.SIGTERM)
	for _, n := range net.Nodes {
		if n.Name != "node1" && alive(n.PID) {
			t.Errorf("%s outlived its localnet", n.Name)
		}
	}

	again, net := b.localnet(t, "--home", home)
	if got, want := balanceOf(t, net.Nodes[2], bob), before+10*coin.Blink; got != want {
		t.Errorf("after a restart bob has %s, want %s", got.Human(), want.Human())
	}
	me.pay(net.Nodes[2], bob, 1)
	again.stop(syscall.SIGTERM)
}

// Nodes that end at the same moment are told of one by one, and the localnet ends after the last.
func (b builtBinary) testAllEnd(t *testing.T) {
	process, net := b.localnet(t, "--home", filepath.Join(t.TempDir(), "net"))
	// Paused, it comes to know of all of them at once.
	localnet := process.cmd.Process
	signals := []error{localnet.Signal(syscall.SIGSTOP)}
	for _, n := range net.Nodes {
		signals = append(signals, syscall.Kill(n.PID, syscall.SIGKILL))
	}
	time.Sleep(100 * time.Millisecond) // for them to end
	signals = append(signals, localnet.Signal(syscall.SIGCONT))
	if err := errors.Join(signals...); err != nil {
		t.Fatal(err)
	}
	if err := process.awaitEnd(20 * time.Second); err == nil {
		t.Error("the localnet ended as if nothing had happened")
	}
	for _, n := range net.Nodes {
		if !strings.Contains(process.said(), n.Name+" stopped (ended by signal: killed); start it again with: ") {
			t.Errorf("no word about %s in:\n%s", n.Name, process.said())
		}
	}
}

// A localnet that is killed cannot stop its nodes: on Linux the kernel does.
func (b builtBinary) testNoOrphans(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ties a child's life to its parent's")
	}
	process, net := b.localnet(t, "--validators", "1", "--home", filepath.Join(t.TempDir(), "net"))
	if err := process.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the node has ended with its parent", func() bool { return !alive(net.Nodes[0].PID) })
}
